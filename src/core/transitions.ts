/**
 * What people go on to after an item: the three things that follow count, the nearest most. Items are numbers from 0.
 */
export interface TransitionCounts {
  /** By item, by successor: `Σ 1/gap` over the times it followed 1, 2 or 3 places later. */
  readonly successors: Map<number, Map<number, number>>;
  /** How often each item occurred. */
  readonly occurrences: Map<number, number>;
}

/** Successors of an item with the share of its occurrences they followed on, in any order. */
export type SuccessorsOf = (item: number) => Iterable<readonly [successor: number, share: number]>;

/** Places after an item that count. As in the reference of SPEC §8. */
const WINDOW = 3;
/** Occurrences added to an item's, so that one alone proves nothing. As in the reference. */
const DOUBT = 5;
/** Last items that speak, and how much of its voice each one before another loses. As in the reference. */
export const LAST = 5;
const FADING = 0.8;

export function noTransitions(): TransitionCounts {
  return { successors: new Map(), occurrences: new Map() };
}

/** Counts an item after the ones before it, of one person, oldest first; they stay as they were. O(1). */
export function countTransition(
  { successors, occurrences }: TransitionCounts,
  before: readonly number[],
  item: number,
): void {
  occurrences.set(item, (occurrences.get(item) ?? 0) + 1);
  for (let gap = 1; gap <= Math.min(WINDOW, before.length); gap++) {
    const from = before[before.length - gap]!;
    let row = successors.get(from);
    if (row === undefined) successors.set(from, (row = new Map()));
    row.set(item, (row.get(item) ?? 0) + 1 / gap);
  }
}

/** `count / (occurrences + 5)` of everything that ever followed an item. */
export function* sharesOf({ successors, occurrences }: TransitionCounts, item: number): Generator<[number, number]> {
  const times = (occurrences.get(item) ?? 0) + DOUBT;
  for (const [successor, count] of successors.get(item) ?? []) yield [successor, count / times];
}

/** `0.8^k · share(after the item k before the last)` over the last five items of a history: each successor as often as it follows. */
export function* transitionsAfter(
  successorsOf: SuccessorsOf,
  history: readonly number[],
): Generator<[successor: number, value: number]> {
  for (let back = 0; back < Math.min(LAST, history.length); back++) {
    const fading = FADING ** back;
    for (const [item, share] of successorsOf(history[history.length - 1 - back]!)) yield [item, fading * share];
  }
}

/** Adds them up in the scores. */
export function addTransitions(successorsOf: SuccessorsOf, history: readonly number[], scores: Float64Array): void {
  for (const [item, value] of transitionsAfter(successorsOf, history)) scores[item] = scores[item]! + value;
}
