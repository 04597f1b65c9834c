/**
 * `attune/core`: what runs without a browser, for Node scripts and tests: the lite encoder from its bytes and the
 * in-memory store, to pass to `createAttune` as `encoder` and `store`; calibration from outcomes, and its measures.
 */
import { openLite } from './encoder/lite.js';
import { LITE } from './encoder/lite-release.js';
import type { Encoder, Store } from './domain/ports.js';
import { createMemoryStore } from './storage/memory.js';

export { KIND_PRESETS } from './domain/interaction.js';
export { BASE_WEIGHTS } from './domain/features.js';
export {
  type CalibrationDecision,
  type CalibrationState,
  type Cause,
  observeOutcome,
  startCalibration,
} from './domain/calibration.js';
export type { Outcome } from './domain/outcome.js';
export type { Watch } from './domain/watch.js';
export {
  brier,
  type CalibrationError,
  debiasedEce,
  logLoss,
  reliability,
  type ReliabilityPoint,
} from './core/metrics.js';

/**
 * The lite encoder from the bytes of `models/lite/lite.attune`, on the calling thread; or one of another static table,
 * written by `training/lite/convert.py`.
 *
 * @param version of another table: embeddings of two versions are never compared
 * @throws AttuneError `model/corrupt`
 */
export function liteEncoder(bytes: ArrayBuffer, version: string = LITE.modelVersion): Encoder {
  const { modelVersion, dim, encode } = openLite(bytes, version);
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
