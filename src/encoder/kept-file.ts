import { AttuneError } from '../errors.js';
import { fetchFile } from './fetch-file.js';
import { MODEL_CACHE } from './lite-release.js';
import type { OnProgress } from './protocol.js';

/** A file of a model or of the runtime. */
export interface FileSource {
  readonly url: string;
  /** SHA-256 in hex it must have; undefined: the one it was first seen with. */
  readonly sha256: string | undefined;
  /** What to do when it can't be had, or isn't what it should be. */
  readonly wayOut: string;
}

/** What is needed of a `Cache`. */
export type FileCache = Pick<Cache, 'match' | 'put' | 'delete'>;

/** Where model files are kept, or undefined where the browser refuses: they are then fetched each time. */
export async function openModelCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(MODEL_CACHE);
  } catch {
    return undefined;
  }
}

/**
 * A file's bytes, checked: from `cache` if a good copy is there, else fetched, once more past the HTTP cache if what
 * came is not what was expected, and kept. A file without a known hash is trusted when first seen; its hash is kept
 * beside it, and another one is refused as long as that lies there.
 *
 * Without `crypto.subtle` (plain http on a foreign host) no hash can be checked.
 *
 * @throws AttuneError `encoder/unavailable` when it can't be had, `model/corrupt` when it is not the expected file
 */
export async function openFile(
  { url, sha256, wayOut }: FileSource,
  cache: FileCache | undefined,
  onProgress: OnProgress,
): Promise<ArrayBuffer> {
  const expected = sha256 ?? (await readNote(cache, url, 'sha256'));
  const kept = await readKept(cache, url);
  if (kept !== undefined) {
    const hash = await hashOf(kept);
    if (hash === undefined || expected === undefined || hash === expected) return kept;
    await cache?.delete(url).catch(() => false);
  }
  for (const mode of ['default', 'reload'] as const) {
    const bytes = await fetchFile(url, mode, wayOut, onProgress);
    const hash = await hashOf(bytes);
    if (hash !== undefined && expected !== undefined && hash !== expected) continue;
    await keep(cache, url, bytes);
    if (hash !== undefined && sha256 === undefined) await keepNote(cache, url, 'sha256', hash);
    return bytes;
  }
  const known = sha256 === undefined ? 'the file first seen here' : 'the expected file';
  throw new AttuneError('model/corrupt', `${url} is not ${known} (SHA-256). ${wayOut}`);
}

/** Drops all that is kept below `folder`, hashes included, so that the next load starts anew. */
export async function dropFiles(cache: Cache | undefined, folder: string): Promise<void> {
  const keys = (await cache?.keys().catch(() => [])) ?? [];
  for (const { url } of keys) if (url.startsWith(folder)) await cache?.delete(url).catch(() => false);
}

/** A small text kept under a name beside a file or folder, or undefined. */
export async function readNote(
  cache: FileCache | undefined,
  beside: string,
  name: string,
): Promise<string | undefined> {
  const kept = await readKept(cache, noteKey(beside, name));
  return kept && new TextDecoder().decode(kept);
}

export async function keepNote(
  cache: FileCache | undefined,
  beside: string,
  name: string,
  note: string,
): Promise<void> {
  await keep(cache, noteKey(beside, name), note);
}

async function readKept(cache: FileCache | undefined, key: string): Promise<ArrayBuffer | undefined> {
  try {
    return await (await cache?.match(key))?.arrayBuffer();
  } catch {
    return undefined; // a cache that can't be read is one that holds nothing
  }
}

async function keep(cache: FileCache | undefined, key: string, body: ArrayBuffer | string): Promise<void> {
  try {
    await cache?.put(key, new Response(body, { headers: { 'content-type': 'application/octet-stream' } }));
  } catch {
    // A full disk or a refused cache costs a download next time, nothing now.
  }
}

function noteKey(beside: string, name: string): string {
  return `${beside}?attune=${encodeURIComponent(name)}`;
}

async function hashOf(bytes: ArrayBuffer): Promise<string | undefined> {
  if (globalThis.crypto?.subtle === undefined) return undefined;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
