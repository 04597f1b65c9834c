import type { Encoder } from '../domain/ports.js';
import type { World } from './world.js';

/**
 * The world's own embeddings as an encoder: texts of its items and its sliders' poles as they were made, anything else unknown
 * (all zeros). With it the whole SDK runs on a geometry that is known exactly, without a model.
 */
export function worldEncoder({ seed, dim, items, sliders }: World): Encoder {
  const rows = new Map<string, Float32Array>(items.map(({ text, embedding }) => [text, embedding]));
  for (const { definition, poles } of sliders) rows.set(definition.low, poles[0]).set(definition.high, poles[1]);
  return {
    modelVersion: `world-${seed}-${dim}`,
    dim,
    async encode(texts, { signal } = {}) {
      signal?.throwIfAborted();
      const data = new Float32Array(texts.length * dim);
      texts.forEach((text, i) => data.set(rows.get(text) ?? [], i * dim));
      return { data, rows: texts.length, dim, truncated: 0 };
    },
    close() {},
  };
}
