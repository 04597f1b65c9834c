import { dotRow, type Vector } from './vector.js';

/**
 * Scores rows by the folded linear form `q · x + bias[i]`.
 *
 * @param q       length `dim`
 * @param data    row-major embeddings
 * @param offsets start of each row in `data`; -1 marks a row nothing is known about, which scores `bias[i]` alone
 * @param bias    one number a row, or null for none
 * @returns one score a row. O(rows · dim).
 */
export function scanRows(q: Vector, data: Float32Array, offsets: Int32Array, bias: Float64Array | null): Float64Array {
  const scores = new Float64Array(offsets.length);
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i]!;
    scores[i] = (offset < 0 ? 0 : dotRow(q, data, offset)) + (bias === null ? 0 : bias[i]!);
  }
  return scores;
}

/** Indices of the `k` largest scores, best first; equal scores keep their order. O(n log n). */
export function topIndices(scores: Float64Array, k: number): number[] {
  const order = Array.from(scores.keys());
  order.sort((a, b) => scores[b]! - scores[a]! || a - b);
  return k < order.length ? order.slice(0, k) : order;
}
