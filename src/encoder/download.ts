import { AttuneError } from '../errors.js';
import { MODEL_CACHE } from './lite-release.js';
import type { OnProgress } from './protocol.js';

/**
 * Fetches a model file, checked against its SHA-256: from the Cache API if a good copy is there, else from `url`,
 * once more past the HTTP cache if what came was damaged.
 *
 * Without `crypto.subtle` (plain http on a foreign host) the hash can't be checked; the format still is.
 *
 * @throws AttuneError `encoder/unavailable` when it can't be had, `model/corrupt` when it is not the expected file
 */
export async function downloadModel(
  url: string,
  sha256: string,
  useCache: boolean,
  onProgress: OnProgress,
): Promise<ArrayBuffer> {
  const cache = useCache ? await openCache() : undefined;
  const kept = await cache?.match(url);
  if (kept) {
    const bytes = await kept.arrayBuffer();
    if (await matches(bytes, sha256)) return bytes;
    await cache?.delete(url);
  }
  for (const mode of ['default', 'reload'] as const) {
    const bytes = await fetchBytes(url, mode, onProgress);
    if (!(await matches(bytes, sha256))) continue;
    try {
      await cache?.put(url, new Response(bytes, { headers: { 'content-type': 'application/octet-stream' } }));
    } catch {
      // A full disk or a refused cache costs a download next time, nothing now.
    }
    return bytes;
  }
  throw new AttuneError(
    'model/corrupt',
    `${url} is not the expected file (SHA-256). Copy dist/models again, unchanged.`,
  );
}

async function fetchBytes(url: string, cache: RequestCache, onProgress: OnProgress): Promise<ArrayBuffer> {
  try {
    const response = await fetch(url, { cache, credentials: 'same-origin' });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const totalBytes = Number(response.headers.get('content-length') ?? 0) || 0;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let loadedBytes = 0;
    for (const reader = response.body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      loadedBytes += value.byteLength;
      onProgress({ file: url, loadedBytes, totalBytes });
    }
    return await new Blob(parts).arrayBuffer();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AttuneError(
      'encoder/unavailable',
      `${url} could not be fetched (${reason}). Serve Attune's models folder there, or set \`assetBase\`.`,
      { cause },
    );
  }
}

async function matches(bytes: ArrayBuffer, sha256: string): Promise<boolean> {
  if (globalThis.crypto?.subtle === undefined) return true;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') === sha256;
}

async function openCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(MODEL_CACHE);
  } catch {
    return undefined; // refused by the browser's settings: the model is fetched each time
  }
}
