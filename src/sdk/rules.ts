import type { ItemRecord } from '../domain/item.js';
import type { ScalarTerm, Term } from '../domain/ranking.js';
import { type CheckedRule, checkRules, type Rule } from '../domain/rule.js';

/** A site's penalties and boosts as named terms. Loaded where there are any. */

/**
 * One scalar term a rule, in candidate order. A rule of this call stands in for the one of the same name that stands
 * for all calls.
 *
 * @param now epoch ms
 * @throws AttuneError `input/invalid` for a rule that makes no sense
 */
export function ruleTerms<T>(
  standing: readonly Rule<T>[] = [],
  added: readonly Rule<T>[] = [],
  items: readonly T[],
  records: readonly ItemRecord[],
  now: number,
): ScalarTerm[] {
  const rules = new Map([...checkRules(standing), ...checkRules(added)].map((rule) => [rule.name, rule]));
  return [...rules.values()].map((rule) => ({
    ...named(rule),
    values: Float64Array.from(items, (item, i) => valueOf(rule, item, records[i]!, now)),
  }));
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
