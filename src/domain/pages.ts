import { mmrOrder } from '../core/mmr.js';
import { type Exploration, explore } from './exploration.js';
import { poolSize } from './pool.js';
import type { CandidateRows, RankedRow } from './ranking.js';

/** How places are given beyond the order of scores. */
export interface Plan {
  /** Smallest score that gets a place; −Infinity for none. */
  readonly minRelevance: number;
  readonly exploration: Exploration | undefined;
  /** Of the draws, a whole number below 2^32. */
  readonly seed: number;
  /** Sizes of the pages read so far; empty while the ranking is one. */
  readonly pages: readonly number[];
}

/** Nothing beyond it. */
export const PLAIN: Plan = { minRelevance: -Infinity, exploration: undefined, seed: 0, pages: [] };

/**
 * Gives `limit` places to the rows of a pool: those whose score is too small get none, then page after page takes its own from
 * the pool of its size, which is what `limit` up to that page would have: so reading on changes nothing on the pages
 * before, and no row is on two. Diversity and draws move places, never scores.
 *
 * @param pool      best first, of at least `poolSize(limit)` rows, or all there are
 * @param diversity in [0, 1]: maximal marginal relevance inside the pool
 * @returns the places, and the rows of the pool that are too small
 */
export function givePlaces(
  { minRelevance, exploration, seed, pages }: Plan,
  pool: readonly RankedRow[],
  candidates: CandidateRows,
  limit: number,
  diversity: number,
): { readonly placed: readonly RankedRow[]; readonly below: readonly RankedRow[] } {
  const isBelow = ({ score }: RankedRow): boolean => score < minRelevance;
  const left = pool.filter((row) => !isBelow(row));
  const placed: RankedRow[] = [];
  const isPlaced = new Set<number>();
  for (const size of pageSizes(pages, limit)) {
    const from = placed.length;
    const rest = left.slice(0, poolSize(from + size)).filter(({ index }) => !isPlaced.has(index));
    const diverse = diversify(rest, candidates, size, diversity);
    const slots = Math.min(exploration?.slots ?? size, size);
    const page = exploration === undefined ? diverse : explore(diverse, exploration, slots, from, seed);
    for (const row of page.slice(0, size)) {
      isPlaced.add(row.index);
      placed.push(row);
    }
  }
  return { placed, below: pool.filter(isBelow) };
}

/** All rows, the first `slots` of them by maximal marginal relevance. */
function diversify(
  rows: readonly RankedRow[],
  { data, offsets, dim }: CandidateRows,
  slots: number,
  diversity: number,
): readonly RankedRow[] {
  if (diversity === 0) return rows;
  const relevance = Float64Array.from(rows, (row) => row.score);
  const own = Int32Array.from(rows, (row) => offsets[row.index]!);
  return mmrOrder(relevance, data, own, dim, diversity, slots).map((from, to) =>
    from === to || to >= slots ? rows[from]! : { ...rows[from]!, moved: 'diversity' as const },
  );
}

/** Sizes of the pages that `limit` places are: those read, as far as they go, and the rest as one. */
export function pageSizes(pages: readonly number[], limit: number): number[] {
  const sizes: number[] = [];
  let left = limit;
  for (const size of [...pages, Infinity]) {
    if (left > 0) sizes.push(Math.min(size, left));
    left -= size;
  }
  return sizes;
}
