import { addScaled, dotRow } from './vector.js';

/** Most references a table takes: a group too small to be among them has too few rows to be worth one. Judgement. */
export const MOST_REFERENCES = 32;

/** Rows looked at: a group of 4 % of all rows has about ten among them. Judgement. */
const SAMPLE = 256;

/** Rows of the sample that make a group. Judgement. */
const FEWEST = 4;

interface Group {
  readonly leader: number;
  readonly square: number;
  readonly sum: Float64Array;
  members: number;
}

/**
 * Means of the large groups of similar rows, which rows are then coded against (`RowCode`): none for rows that fill the
 * space evenly, one for copies of one row. A leader pass over every (rows / 256)-th row: each joins the nearest leader c with
 * `|x − c|² ≤ |x|² / 2` or leads a group of its own; groups of four or more, largest first, at most 32. O(256² · dim) at worst.
 *
 * @param data row-major, finite
 * @returns row-major references, possibly none
 * @see Hartigan (1975), Clustering Algorithms, ch. 3, for the leader algorithm
 */
export function chooseReferences(data: Float32Array, rows: number, dim: number): Float32Array {
  const groups: Group[] = [];
  const sample = Math.min(rows, SAMPLE);
  for (let s = 0; s < sample; s++) {
    const offset = Math.floor((s * rows) / sample) * dim;
    const row = data.subarray(offset, offset + dim);
    const square = dotRow(row, data, offset);
    if (square === 0) continue;
    let nearest: Group | null = null;
    let least = square / 2;
    for (const group of groups) {
      const distance = square + group.square - 2 * dotRow(row, data, group.leader);
      if (distance > least) continue;
      nearest = group;
      least = distance;
    }
    if (nearest === null) {
      nearest = { leader: offset, square, sum: new Float64Array(dim), members: 0 };
      groups.push(nearest);
    }
    addScaled(nearest.sum, row, 1);
    nearest.members++;
  }
  const large = groups.filter(({ members }) => members >= FEWEST).sort((a, b) => b.members - a.members);
  const kept = large.slice(0, MOST_REFERENCES);
  const references = new Float32Array(kept.length * dim);
  for (const [r, { sum, members }] of kept.entries())
    references.set(
      sum.map((x) => x / members),
      r * dim,
    );
  return references;
}
