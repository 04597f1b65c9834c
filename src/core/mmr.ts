import { dotRow } from './vector.js';

/**
 * Order by maximal marginal relevance: each slot takes the candidate with the largest
 * `(1 - diversity) · relevance - diversity · (largest cosine to anything already placed)`.
 *
 * @see Carbonell and Goldstein, 1998.
 * @param relevance one number a candidate, rescaled here to [0, 1] so that it compares with a cosine
 * @param data      row-major unit-length embeddings
 * @param offsets   start of each candidate's row, or -1 when nothing is known of it (similar to nothing)
 * @param dim       numbers a row
 * @param diversity in [0, 1]; 0 keeps the order by relevance
 * @param slots     how many places to fill; the rest follow by relevance
 * @returns candidate indices in their new order. O(slots · candidates · dim).
 */
export function mmrOrder(
  relevance: Float64Array,
  data: Float32Array,
  offsets: Int32Array,
  dim: number,
  diversity: number,
  slots: number,
): number[] {
  const left = Array.from(relevance.keys()).sort((a, b) => relevance[b]! - relevance[a]! || a - b);
  if (diversity === 0 || left.length < 2) return left;
  const high = relevance[left[0]!]!;
  const span = high - relevance[left.at(-1)!]! || 1;
  const closest = new Float64Array(relevance.length);
  const placed: number[] = [];
  while (left.length > 0 && placed.length < slots) {
    let best = 0;
    let bestValue = -Infinity;
    for (let p = 0; p < left.length; p++) {
      const i = left[p]!;
      const value = (1 - diversity) * (1 - (high - relevance[i]!) / span) - diversity * closest[i]!;
      if (value > bestValue) {
        bestValue = value;
        best = p;
      }
    }
    const [chosen] = left.splice(best, 1);
    placed.push(chosen!);
    const offset = offsets[chosen!]!;
    if (offset < 0) continue;
    const row = data.subarray(offset, offset + dim);
    for (const i of left) {
      const other = offsets[i]!;
      if (other >= 0) closest[i] = Math.max(closest[i]!, dotRow(row, data, other));
    }
  }
  return [...placed, ...left];
}
