import type { Scan } from '../core/scan.js';
import { bestOf, kthLargest } from '../core/topk.js';
import { addScaled, norm } from '../core/vector.js';
import { type CandidateRows, type LinearTerm, type RankedRow, type ScalarTerm, scoreRows } from './ranking.js';

/** How many rows have their terms computed for so many places (SPEC §5). */
export function poolSize(limit: number): number {
  return Math.max(200, 5 * limit);
}

/**
 * What `scoreRows` gives of the best `size` candidates (of everyone, where there are no more): the linear terms fold into one
 * `q`, the scalar ones into `bias`, and one scan picks them.
 */
export function scorePool(
  candidates: CandidateRows,
  linear: readonly LinearTerm[],
  scalar: readonly ScalarTerm[],
  size: number,
  scan: Scan,
): RankedRow[] {
  if (candidates.offsets.length <= size) return scoreRows(candidates, linear, scalar, undefined, scan);
  const { scores } = fold(candidates, linear, scalar, scan);
  const pool = bestOf(scores, Int32Array.from(scores.keys()), scores.length, size);
  return scoreRows(candidates, linear, scalar, pool, scan);
}

/**
 * Rounding of a folded score against the sum of its terms, as a part of what terms reach: 1,024 products and some tens of sums
 * round by less than 2e-13 of it (Higham, "Accuracy and Stability of Numerical Algorithms", §3.1), a hundredth of this.
 */
const ROUNDING = 2e-11;

/**
 * The first `count` rows, at least, of what `scoreRows` gives of everyone, to the bit: terms are computed for those alone whose
 * folded score is not below the `count`-th by more than it can be wrong. Where those are more than the pool, the pool it is.
 *
 */
export function scoreBest(
  candidates: CandidateRows,
  linear: readonly LinearTerm[],
  scalar: readonly ScalarTerm[],
  count: number,
  scan: Scan,
): RankedRow[] {
  const all = candidates.offsets.length;
  if (all <= count) return scoreRows(candidates, linear, scalar, undefined, scan);
  const { scores, reach } = fold(candidates, linear, scalar, scan);
  const least = kthLargest(scores.slice(), all, Math.max(1, count)) - ROUNDING * reach;
  let near: number[] = [];
  for (let i = 0; i < all; i++) if (!(scores[i]! < least)) near.push(i);
  const most = poolSize(count);
  if (near.length > most) near = bestOf(scores, Int32Array.from(scores.keys()), all, most);
  return scoreRows(candidates, linear, scalar, near, scan);
}

/** Every candidate's score by one scan, and the most that its terms add up to, whatever their signs. */
function fold(
  { data, offsets, dim }: CandidateRows,
  linear: readonly LinearTerm[],
  scalar: readonly ScalarTerm[],
  scan: Scan,
): { readonly scores: Float64Array; readonly reach: number } {
  const q = new Float64Array(dim);
  let [constant, reach, most] = [0, 0, 0];
  for (const { direction, scale, offset } of linear) {
    addScaled(q, direction, scale);
    constant += offset;
    reach += Math.abs(scale) * norm(direction) + Math.abs(offset);
  }
  const bias = new Float64Array(offsets.length);
  for (let i = 0; i < bias.length; i++) {
    let [sum, size] = [offsets[i]! < 0 ? 0 : constant, 0];
    for (const { values } of scalar) {
      sum += values[i]!;
      size += Math.abs(values[i]!);
    }
    bias[i] = sum;
    if (size > most) most = size;
  }
  return { scores: scan(q, data, offsets, bias), reach: reach + most };
}
