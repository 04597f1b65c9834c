import { dotRow, type Vector } from './vector.js';

/** Scores of rows by a linear form: `scanRows`, or what does the same faster. */
export type Scan = typeof scanRows;

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
