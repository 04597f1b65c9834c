import type { Catalogue, Ranking } from '../index.js';

/** What a list is made of: the site's own array, or a catalogue, which has no order of its own. */
export type Listed<T> = readonly T[] | Catalogue<T>;

/** What was ranked, and from which items. */
export interface Shown<T> {
  readonly ranking: Ranking<T>;
  /** Of all that were ranked, shown or not; empty for a catalogue. */
  readonly keys: ReadonlySet<unknown>;
  /** Of those that fill the places of what was taken out since, by a newer ranking. */
  readonly behind?: readonly unknown[];
}

/** Stands for an item for as long as the page has it: its own id if it has one, else the object itself. */
export type KeyOf<T> = (item: T) => unknown;

/** As Attune's own default reads ids. */
export function defaultKey(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const { id, slug, url } = item as { readonly id?: unknown; readonly slug?: unknown; readonly url?: unknown };
  return id ?? slug ?? url ?? item;
}

/** Keys of a list, in its order; a catalogue stands for itself. */
export function keysOf<T>(items: Listed<T>, keyOf: KeyOf<T>): readonly unknown[] {
  return isArray(items) ? items.map(keyOf) : [items];
}

export function isArray<T>(items: Listed<T>): items is readonly T[] {
  return Array.isArray(items);
}

/** True when two lists have the same entries in the same places. */
export function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, i) => Object.is(each, b[i]));
}

/**
 * The items to show: in the order shown before, as the site has them now, without those it took out, and with those it added
 * behind. Undefined where nothing of what was shown is left, or there was nothing.
 */
export function keepOrder<T>(shown: Shown<T> | undefined, items: Listed<T>, keyOf: KeyOf<T>): readonly T[] | undefined {
  if (shown === undefined) return undefined;
  const { ranking, keys, behind = [] } = shown;
  if (!isArray(items)) return keys.size === 0 ? ranking.map(({ item }) => item) : undefined;
  const now = new Map(items.map((item) => [keyOf(item), item]));
  const kept = [...ranking.map(({ item }) => keyOf(item)), ...behind].filter((key) => now.has(key));
  if (kept.length === 0 && items.length > 0 && ![...now.keys()].some((key) => keys.has(key))) return undefined;
  const added = [...now].filter(([key]) => !keys.has(key)).map(([, item]) => item);
  return [...kept.map((key) => now.get(key)!), ...added];
}
