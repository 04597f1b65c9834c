import { askSite, type ItemRecord } from '../domain/item.js';
import type { ScalarTerm, Term } from '../domain/ranking.js';
import { type CheckedRule, checkRules, type Rule } from '../domain/rule.js';
import { invalid } from '../errors.js';
import { objectOf } from './options.js';
import type { RankOptions } from './types.js';

/** What a site wishes for itself, as named terms: boosts and rules. Loaded where there are any. */

/**
 * One scalar term a boost of this call and one a rule, in candidate order. A rule of this call stands in for the one of
 * the same name that stands for all calls.
 *
 * @param now epoch ms
 * @throws AttuneError `input/invalid` for a boost or a rule that makes no sense
 */
export function wishTerms<T>(
  standing: readonly Rule<T>[] = [],
  { boosts = {}, rules: added = [] }: Pick<RankOptions<T>, 'boosts' | 'rules'>,
  items: readonly T[],
  records: readonly ItemRecord[],
  now: number,
): ScalarTerm[] {
  const boosted = Object.entries(objectOf('boosts', boosts)).map(([name, boost]) => ({
    name: `boost:${name}`,
    label: name,
    values: Float64Array.from(items, (item) => boostValue(name, boost, item)),
  }));
  const rules = new Map([...checkRules(standing), ...checkRules(added)].map((rule) => [rule.name, rule]));
  const ruled = [...rules.values()].map((rule) => ({
    ...named(rule),
    values: Float64Array.from(items, (item, i) => valueOf(rule, item, records[i]!, now)),
  }));
  return [...boosted, ...ruled];
}

/** The terms of the rules that pick this item out. */
export function ruleTermsOf<T>(standing: readonly Rule<T>[] = [], item: T, record: ItemRecord, now: number): Term[] {
  return checkRules(standing)
    .map((rule) => ({ ...named(rule), value: valueOf(rule, item, record, now) }))
    .filter(({ value }) => value !== 0);
}

function named<T>({ name }: CheckedRule<T>): Pick<Term, 'name' | 'label'> {
  return { name: `rule:${name}`, label: name };
}

function valueOf<T>(rule: CheckedRule<T>, item: T, record: ItemRecord, now: number): number {
  return rule.matches(item, record) ? rule.effectAt(now) : 0;
}

function boostValue<T>(name: string, boost: unknown, item: T): number {
  if (typeof boost !== 'function') throw invalid(`boosts.${name}`, boost, 'Pass a function of an item to a number.');
  const value = askSite(`boosts.${name}`, () => boost(item));
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw invalid(`boosts.${name} of an item`, value, 'It must be a finite number, 0 for no opinion.');
  }
  return value;
}
