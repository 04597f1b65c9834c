import { type Scan, scanRows } from '../core/scan.js';
import type { Vector } from '../core/vector.js';

/** One named part of a score. The terms of an entry sum to its score: the explanation is the arithmetic. */
export interface Term {
  /** 'profile', 'session', 'avoid', 'slider:ID', 'boost:NAME', 'rule:NAME'; with `priors` also 'prior', 'popularity', 'transitions', with `foundation` 'foundation'. */
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
 * Scores candidates, best first: each term is computed by itself in double precision, their sum is the score and gives the
 * order. Equal scores keep the candidates' own order, so no term at all is the neutral order.
 *
 * @param pool the candidates to be scored; all when left out
 */
export function scoreRows(
  candidates: CandidateRows,
  linear: readonly LinearTerm[],
  scalar: readonly ScalarTerm[],
  pool?: readonly number[],
  scan: Scan = scanRows,
): RankedRow[] {
  const { data, offsets } = candidates;
  const some = pool && Int32Array.from(pool, (index) => offsets[index]!);
  const dots = linear.map(({ direction }) =>
    some ? scan(direction, data, some, null) : allDots(candidates, direction, scan),
  );
  const rows = (pool ?? Array.from(offsets.keys())).map((index, i) => {
    const terms: Term[] = [];
    let score = 0;
    for (const [t, { name, label, scale, offset }] of linear.entries()) {
      const value = offsets[index]! < 0 ? 0 : scale * dots[t]![i]! + offset;
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

function allDots({ data, offsets, dots }: CandidateRows, direction: Vector, scan: Scan): Float64Array {
  const known = dots.get(direction);
  if (known !== undefined) return known;
  const found = scan(direction, data, offsets, null);
  dots.set(direction, found);
  return found;
}
