/**
 * `attune/core`: what runs without a browser, for Node scripts and tests: the lite encoder from its bytes and the
 * in-memory store, to pass to `createAttune` as `encoder` and `store`.
 */
import { openLite } from './encoder/lite.js';
import { LITE } from './encoder/lite-release.js';
import type { Encoder, Store } from './domain/ports.js';
import { createMemoryStore } from './storage/memory.js';

export { KIND_PRESETS } from './domain/interaction.js';
export { BASE_WEIGHTS } from './domain/score.js';

/**
 * The lite encoder from the bytes of `models/lite/lite.attune`, on the calling thread.
 *
 * @throws AttuneError `model/corrupt`
 */
export function liteEncoder(bytes: ArrayBuffer): Encoder {
  const { modelVersion, dim, encode } = openLite(bytes, LITE.modelVersion);
  return {
    modelVersion,
    dim,
    async encode(texts, { signal } = {}) {
      signal?.throwIfAborted();
      return encode(texts);
    },
    close() {},
  };
}

/** An empty log in memory. */
export function memoryStore(): Store {
  return createMemoryStore(() => crypto.randomUUID());
}
