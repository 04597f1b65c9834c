import { priorShare } from '../domain/prior-share.js';
import type { ProfileVectors } from '../domain/profile.js';
import type { Embeddings } from './model.js';
import type { Profile, SliderState } from './types.js';

/** What is known, as the site reads it: frozen, and nobody's but the reader's. */
export function readableProfile(
  vectors: ProfileVectors | undefined,
  sliders: readonly SliderState[],
  { modelVersion, table }: Embeddings,
): Profile {
  const evidence = vectors?.evidence ?? 0;
  return Object.freeze({
    embedding: Float32Array.from(vectors?.long.direction ?? new Float64Array(table?.dim ?? 0)),
    interactionCount: vectors?.interactionCount ?? 0,
    lastUpdated: vectors === undefined || vectors.newestAt === -Infinity ? null : vectors.newestAt,
    modelVersion,
    sliders,
    evidence,
    priorShare: priorShare(evidence),
  });
}
