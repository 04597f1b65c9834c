import { askSite, type ItemRecord } from '../domain/item.js';
import type { ScalarTerm, Term } from '../domain/ranking.js';
import { checkRules, type Rule } from '../domain/rule.js';
import { invalid } from '../errors.js';
import { objectOf } from './options.js';
import type { RankOptions } from './types.js';

/** What a site wishes for itself, as named terms: boosts and rules. Loaded where there are any. */

/** One of them. An item's value is `factor · readOf(item)`. */
export interface Wish<T> extends Pick<Term, 'name' | 'label'> {
  /** The site's own function or rule: as long as it is the same, so is what it says of an item. */
  readonly given: object;
  /** What it says of an item, any finite number. @throws AttuneError `input/invalid` when the site's function fails */
  readonly readOf: (item: T, recordOf: () => ItemRecord) => number;
  /** What that is worth now. */
  readonly factor: number;
}

/**
 * The boosts of this call, and the rules. A rule of this call stands in for the one of the same name that stands for all
 * calls.
 *
 * @param now epoch ms
 * @throws AttuneError `input/invalid` for a boost or a rule that makes no sense
 */
export function wishesOf<T>(
  standing: readonly Rule<T>[] = [],
  { boosts = {}, rules: added = [] }: Pick<RankOptions<T>, 'boosts' | 'rules'>,
  now: number,
): Wish<T>[] {
  const boosted = Object.entries(objectOf('boosts', boosts)).map(([name, boost]) => {
    if (typeof boost !== 'function') throw invalid(`boosts.${name}`, boost, 'Pass a function of an item to a number.');
    const readOf = (item: T): number => boostValue(name, boost, item);
    return { name: `boost:${name}`, label: name, given: boost, readOf, factor: 1 };
  });
  const rules = new Map([...ruleWishes(standing, now), ...ruleWishes(added, now)].map((wish) => [wish.name, wish]));
  return [...boosted, ...rules.values()];
}

/** One scalar term a wish, in candidate order. @throws AttuneError `input/invalid` for a wish that makes no sense */
export function wishTerms<T>(
  standing: readonly Rule<T>[] | undefined,
  options: Pick<RankOptions<T>, 'boosts' | 'rules'>,
  items: readonly T[],
  records: readonly ItemRecord[],
  now: number,
): ScalarTerm[] {
  return wishesOf(standing, options, now).map((wish) => ({
    name: wish.name,
    label: wish.label,
    values: Float64Array.from(items, (item, i) => valueOf(wish, item, records[i]!)),
  }));
}

/** The terms of the rules that pick this item out. */
export function ruleTermsOf<T>(standing: readonly Rule<T>[] = [], item: T, record: ItemRecord, now: number): Term[] {
  return ruleWishes(standing, now)
    .map((wish) => ({ name: wish.name, label: wish.label, value: valueOf(wish, item, record) }))
    .filter(({ value }) => value !== 0);
}

function ruleWishes<T>(rules: readonly Rule<T>[], now: number): Wish<T>[] {
  return checkRules(rules).map(({ name, matches, effectAt }, i) => ({
    name: `rule:${name}`,
    label: name,
    given: rules[i]!,
    readOf: (item, recordOf) => (matches(item, recordOf()) ? 1 : 0),
    factor: effectAt(now),
  }));
}

function valueOf<T>({ readOf, factor }: Wish<T>, item: T, record: ItemRecord): number {
  const read = readOf(item, () => record);
  return read === 0 ? 0 : factor * read;
}

function boostValue<T>(name: string, boost: (item: T) => unknown, item: T): number {
  const value = askSite(`boosts.${name}`, () => boost(item));
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw invalid(`boosts.${name} of an item`, value, 'It must be a finite number, 0 for no opinion.');
  }
  return value;
}
