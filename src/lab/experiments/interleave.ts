import { drawAt } from '../../core/draw.js';
import { invalid } from '../../errors.js';

/** Which ranking an entry of a mixed list is from; null where both have it alike, or only one could give any. */
export type Team = 'a' | 'b' | null;

/** A place of a mixed list. */
export interface Interleaved<E> {
  readonly entry: E;
  readonly team: Team;
}

/** How lists are mixed. */
export interface InterleaveOptions {
  /** A whole number from 0 below 2^32, another one for every list: it draws the picks, and names the list. */
  readonly seed: number;
  /** Places, whole, ≥ 1. Default all. */
  readonly limit?: number;
}

/**
 * Two rankings as one list, by team draft: round by round a coin says who picks first, and each picks its best that is not
 * there yet. So both are shown to the same person at once, and which of them gets more of what is clicked needs far fewer people
 * than to show each to other people. Entries come from the ranking that picked them.
 *
 * Where both begin alike, that part counts for neither: a coin alone says whose it would be. Nor does a round in which, by
 * either coin, one of them would have nothing left to pick.
 *
 * @param a, b  best first, each id once in each
 * @throws AttuneError `input/invalid`
 * @see Radlinski, Kurup & Joachims (2008), "How does clickthrough data reflect retrieval quality?", algorithm 2; for
 *   common beginnings Chapelle, Joachims, Radlinski & Yue (2012), "Large-scale validation and analysis of interleaved
 *   search evaluation", §3.2
 */
export function interleave<E extends { readonly id: string }>(
  a: readonly E[],
  b: readonly E[],
  { seed, limit = Infinity }: InterleaveOptions,
): Interleaved<E>[] {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw invalid('seed', seed, 'It is a whole number from 0, below 2^32.');
  }
  if (!(limit === Infinity || Number.isInteger(limit)) || limit < 1) {
    throw invalid('limit', limit, 'It is a whole number of 1 or more.');
  }
  for (const list of [a, b]) {
    if (new Set(list.map(({ id }) => id)).size < list.length) throw invalid('ranking', list, 'It has each id once.');
  }
  const mixed: Interleaved<E>[] = [];
  const there = new Set<string>();
  const [leftOfA, leftOfB] = [leftOf(a, there), leftOf(b, there)];
  const put = (entry: E, team: Team): void => {
    there.add(entry.id);
    if (mixed.length < limit) mixed.push({ entry, team });
  };
  while (mixed.length < limit && a[mixed.length] !== undefined && a[mixed.length]!.id === b[mixed.length]?.id) {
    put(a[mixed.length]!, null);
  }
  for (let round = 0; mixed.length < limit; round++) {
    const [[bestOfA, nextOfA], [bestOfB, nextOfB]] = [leftOfA(), leftOfB()];
    if (bestOfA === undefined && bestOfB === undefined) break;
    const isSame = bestOfA?.id === bestOfB?.id;
    const isFair = [bestOfA, bestOfB, ...(isSame ? [nextOfA, nextOfB] : [])].every((entry) => entry !== undefined);
    for (const team of drawAt(seed, round, 0) < 0.5 ? (['a', 'b'] as const) : (['b', 'a'] as const)) {
      const [entry] = team === 'a' ? leftOfA() : leftOfB();
      if (entry !== undefined) put(entry, isFair ? team : null);
    }
  }
  return mixed;
}

/** The first two of a list that are not `there` yet, at each call. */
function leftOf<E extends { readonly id: string }>(
  list: readonly E[],
  there: ReadonlySet<string>,
): () => readonly [E | undefined, E | undefined] {
  let place = 0;
  return () => {
    while (place < list.length && there.has(list[place]!.id)) place++;
    let next = place + 1;
    while (next < list.length && there.has(list[next]!.id)) next++;
    return [list[place], list[next]];
  };
}

/**
 * What to note with an act on an entry of a mixed list, as `details.metadata` of `track`: then `countLists` finds whose it was.
 *
 * @param list the seed the list was mixed with
 * @throws AttuneError `input/invalid` for an id that is not in the list
 */
export function creditOf<E extends { readonly id: string }>(
  experiment: { readonly id: string },
  list: number,
  mixed: readonly Interleaved<E>[],
  id: string,
): Readonly<Record<string, string | number>> {
  const place = mixed.find(({ entry }) => entry.id === id);
  if (place === undefined) throw invalid('id', id, 'It is not in this list.');
  return { experiment: experiment.id, list, ...(place.team !== null && { team: place.team }) };
}
