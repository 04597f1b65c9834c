import { AttuneError } from '../errors.js';
import type { OnProgress } from './protocol.js';

/** Attempts in a row that bring no further byte, and attempts in all, before a download is given up. Judgement. */
const FRUITLESS_ATTEMPTS = 3;
const ATTEMPTS = 20;

/** Before the next attempt, doubled for each fruitless one, ms; and how long a server may send nothing. Judgement. */
const FIRST_PAUSE_MS = 250;
const STALL_MS = 30_000;

/** What of a file has arrived, and of which version of it. */
interface Arrived {
  parts: Uint8Array<ArrayBuffer>[];
  loadedBytes: number;
  /** 0 when the server doesn't say, or says it of compressed bytes. */
  totalBytes: number;
  etag: string | null;
}

/** A failure that another attempt would only repeat. */
class Refusal extends Error {}

/**
 * The bytes of a file. A broken download goes on where it broke if the server can (`Range`, the same ETag and length),
 * else from the start, a bounded number of times; one that stalls counts as broken.
 *
 * @param wayOut what the reader of the error can do
 * @throws AttuneError `encoder/unavailable` when it can't be had, or a web page comes in its place
 */
export async function fetchFile(
  url: string,
  mode: RequestCache,
  wayOut: string,
  onProgress: OnProgress,
): Promise<ArrayBuffer> {
  const arrived = nothing();
  let furthest = 0;
  let fruitless = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      await goOn(url, mode, arrived, onProgress);
      const bytes = await new Blob(arrived.parts).arrayBuffer();
      if (isWebPage(bytes)) throw new Refusal('a web page came instead');
      return bytes;
    } catch (cause) {
      fruitless = arrived.loadedBytes > furthest ? 0 : fruitless + 1;
      furthest = Math.max(furthest, arrived.loadedBytes);
      if (cause instanceof Refusal || fruitless >= FRUITLESS_ATTEMPTS || attempt >= ATTEMPTS) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new AttuneError('encoder/unavailable', `${url} could not be fetched (${reason}). ${wayOut}`, { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** fruitless));
    }
  }
}

/** One attempt: adds to `arrived` until the file is whole. */
async function goOn(url: string, mode: RequestCache, arrived: Arrived, onProgress: OnProgress): Promise<void> {
  const stall = new AbortController();
  const waitFor = (): ReturnType<typeof setTimeout> =>
    setTimeout(() => stall.abort(new Error(`nothing came for ${STALL_MS / 1000} s`)), STALL_MS);
  let timer = waitFor();
  try {
    const from = arrived.totalBytes > 0 ? arrived.loadedBytes : 0;
    const init: RequestInit = { cache: mode, signal: stall.signal };
    const response = await fetch(
      url,
      from > 0 ? { ...init, cache: 'no-store', headers: { range: `bytes=${from}-` } } : init,
    );
    if (response.status === 416) Object.assign(arrived, nothing()); // the file has become shorter
    checkStatus(response);
    if (from === 0 || !continues(response, arrived)) {
      Object.assign(arrived, nothing());
      if (response.status !== 200) throw new Error(`HTTP ${response.status}, which is not what is missing`);
      arrived.etag = response.headers.get('etag');
      arrived.totalBytes = response.headers.has('content-encoding') ? 0 : lengthOf(response);
    }
    for (const reader = response.body!.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = waitFor();
      arrived.parts.push(value);
      arrived.loadedBytes += value.byteLength;
      if (arrived.loadedBytes > arrived.totalBytes) arrived.totalBytes = 0; // it was the length before unpacking
      onProgress({ file: url, loadedBytes: arrived.loadedBytes, totalBytes: arrived.totalBytes });
    }
    // Another origin's compressed file doesn't say that it is: its length means nothing here.
    if (response.type === 'basic' && arrived.loadedBytes < arrived.totalBytes) throw new Error('it ended early');
  } finally {
    clearTimeout(timer);
    stall.abort(); // nothing of an answer that was left in the middle is waited for
  }
}

function checkStatus({ ok, status, headers, body }: Response): void {
  const passing = status >= 500 || status === 408 || status === 416 || status === 429;
  if (!ok) throw passing ? new Error(`HTTP ${status}`) : new Refusal(`HTTP ${status}`);
  if (headers.get('content-type')?.startsWith('text/html')) throw new Refusal('a web page came instead');
  if (body === null) throw new Refusal('it is empty');
}

/** Whether the answer is the rest of what has arrived. `Content-Length` and `Content-Type` alone are always readable across origins. */
function continues(response: Response, { loadedBytes, totalBytes, etag }: Arrived): boolean {
  const range = response.headers.get('content-range');
  return (
    response.status === 206 &&
    response.headers.get('etag') === etag &&
    loadedBytes + lengthOf(response) === totalBytes &&
    (range === null || range.startsWith(`bytes ${loadedBytes}-`))
  );
}

function lengthOf(response: Response): number {
  return Number(response.headers.get('content-length') ?? 0) || 0;
}

/** No file of a model starts with `<`: JSON, ONNX and WebAssembly can't. */
function isWebPage(bytes: ArrayBuffer): boolean {
  return new TextDecoder().decode(bytes.slice(0, 64)).trimStart().startsWith('<');
}

function nothing(): Arrived {
  return { parts: [], loadedBytes: 0, totalBytes: 0, etag: null };
}
