import { scanRows, topIndices } from '../core/scan.js';
import { addScaled, dotRow, type Vector } from '../core/vector.js';

/** One named part of a score. The terms of an entry sum to its score: the explanation is the arithmetic. */
export interface Term {
  /** 'profile', 'session', 'avoid', 'slider:ID', 'boost:NAME' or 'rule:NAME'. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** Any real; above 0 lifts the item. */
  readonly value: number;
}

/** One place of a ranking. */
export interface RankedItem<T> {
  /** The caller's own object. */
  readonly item: T;
  readonly id: string;
  /** `Σ terms[].value`. */
  readonly score: number;
  /** Place in this ranking, from 0. */
  readonly position: number;
  readonly terms: readonly Term[];
  /** Why the item doesn't stand where its score alone would put it. */
  readonly moved?: Moved;
  /** How probable it was that this item stands in this place, in (0, 1]; 1 where nothing is left to chance. */
  readonly propensity: number;
}

/** What moves places, and never scores: avoiding near-copies, or a draw. */
export type Moved = 'diversity' | 'exploration';

/** What a ranking leaves out, and why. */
export interface HiddenItem<T> {
  /** The caller's own object. */
  readonly item: T;
  readonly id: string;
  readonly because: HiddenBecause;
}

/** The person's "less like this", what they acted on before, too low a score, or the site's own filter. */
export type HiddenBecause = 'less-like-this' | 'seen' | 'minRelevance' | 'filter';

/** A linear term: `value(x) = scale · (direction · x) + offset` for an item's embedding x. */
export interface LinearTerm {
  readonly name: string;
  readonly label: string;
  readonly direction: Vector;
  readonly scale: number;
  readonly offset: number;
}

/** A scalar term: one value a candidate, in candidate order. */
export interface ScalarTerm {
  readonly name: string;
  readonly label: string;
  readonly values: Float64Array;
}

/** Candidates as the scan sees them. */
export interface CandidateRows {
  readonly data: Float32Array;
  /** Start of each candidate's row, or -1 when nothing is known of it: linear terms are then 0. */
  readonly offsets: Int32Array;
  readonly dim: number;
  /** `direction · x` of every candidate, by direction, filled as needed: a drag changes scales, not directions. */
  readonly dots: WeakMap<Vector, Float64Array>;
}

/** Order, scores and term values of the best `limit` candidates. `index` points into the candidates. */
export interface RankedRow {
  readonly index: number;
  readonly score: number;
  readonly terms: readonly Term[];
  readonly moved?: Moved;
  readonly propensity?: number;
}

/**
 * Scores candidates, best first: the linear terms fold into one `q`, the scalar ones into `bias`, one scan picks a pool of
 * `size` (everyone, where there are no more), whose terms are then computed one by one in double precision; that sum is the
 * score and gives the order. Equal scores keep the candidates' own order, so no term at all is the neutral order.
 */
export function scoreRows(
  candidates: CandidateRows,
  linear: readonly LinearTerm[],
  scalar: readonly ScalarTerm[],
  size: number,
): RankedRow[] {
  const { data, offsets } = candidates;
  const pool = poolOf(candidates, linear, scalar, size);
  const dots = linear.map(({ direction }) => (pool === null ? allDots(candidates, direction) : null));
  const rows = (pool ?? Array.from(offsets.keys())).map((index) => {
    const offset = offsets[index]!;
    const terms: Term[] = [];
    let score = 0;
    for (const [t, { name, label, direction, scale, offset: base }] of linear.entries()) {
      const value = offset < 0 ? 0 : scale * (dots[t]?.[index] ?? dotRow(direction, data, offset)) + base;
      score += value;
      terms.push({ name, label, value });
    }
    for (const { name, label, values } of scalar) {
      score += values[index]!;
      terms.push({ name, label, value: values[index]! });
    }
    return { index, score, terms };
  });
  return rows.sort((a, b) => b.score - a.score || a.index - b.index);
}

/** How many rows have their terms computed for so many places (SPEC §5). */
export function poolSize(limit: number): number {
  return Math.max(200, 5 * limit);
}

/** The best `size` candidates by one scan of the folded form, or null when that would be all of them. */
function poolOf(
  { data, offsets, dim }: CandidateRows,
  linear: readonly LinearTerm[],
  scalar: readonly ScalarTerm[],
  size: number,
): number[] | null {
  if (offsets.length <= size) return null;
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
  return topIndices(scanRows(q, data, offsets, bias), size);
}

function allDots({ data, offsets, dots }: CandidateRows, direction: Vector): Float64Array {
  const known = dots.get(direction);
  if (known !== undefined) return known;
  const found = scanRows(direction, data, offsets, null);
  dots.set(direction, found);
  return found;
}
