import type { Scan } from '../core/scan.js';
import { bestOf } from '../core/topk.js';
import { addScaled } from '../core/vector.js';
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
  const { data, offsets, dim } = candidates;
  if (offsets.length <= size) return scoreRows(candidates, linear, scalar, undefined, scan);
  const q = new Float64Array(dim);
  let constant = 0;
  for (const term of linear) {
    addScaled(q, term.direction, term.scale);
    constant += term.offset;
  }
  const bias = new Float64Array(offsets.length);
  for (let i = 0; i < bias.length; i++) {
    let sum = offsets[i]! < 0 ? 0 : constant;
    for (const term of scalar) sum += term.values[i]!;
    bias[i] = sum;
  }
  const scores = scan(q, data, offsets, bias);
  const pool = bestOf(scores, Int32Array.from(scores.keys()), scores.length, size);
  return scoreRows(candidates, linear, scalar, pool, scan);
}
