/** Rows that may be among the best, each with a lower and an upper bound of its score. Grows; order means nothing. */
export interface Candidates {
  count: number;
  rows: Int32Array;
  upper: Float64Array;
  lower: Float64Array;
}

export function createCandidates(room: number): Candidates {
  return { count: 0, rows: new Int32Array(room), upper: new Float64Array(room), lower: new Float64Array(room) };
}

/** Makes room for `more` candidates. O(1) each on average. */
export function makeRoomFor(candidates: Candidates, more: number): void {
  const { rows, upper, lower, count } = candidates;
  if (count + more <= rows.length) return;
  Object.assign(candidates, createCandidates(Math.max(count + more, 2 * rows.length)), { count });
  candidates.rows.set(rows);
  candidates.upper.set(upper);
  candidates.lower.set(lower);
}

/** Adds a candidate where there is room. */
export function addCandidate(candidates: Candidates, row: number, upper: number, lower: number): void {
  const at = candidates.count++;
  candidates.rows[at] = row;
  candidates.upper[at] = upper;
  candidates.lower[at] = lower;
}

/** Lets two candidates change places. */
export function swapCandidates({ rows, upper, lower }: Candidates, i: number, j: number): void {
  const [row, high, low] = [rows[i]!, upper[i]!, lower[i]!];
  rows[i] = rows[j]!;
  upper[i] = upper[j]!;
  lower[i] = lower[j]!;
  rows[j] = row;
  upper[j] = high;
  lower[j] = low;
}
