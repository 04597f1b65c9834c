import { decay } from '../core/decay.js';
import { invalid } from '../errors.js';
import { askSite, type ItemRecord } from './item.js';
import { wordsOf } from './words.js';

/**
 * A site's own penalty or boost for the items that a phrase, a tag or a function of the site's picks out. It says
 * nothing about the person: it is a named term beside what is known of them.
 */
export type Rule<T> = {
  /** For people; no two rules have the same. Its term is `rule:NAME`. */
  readonly name: string;
  /** Added to the score of such items: above 0 lifts them, below 0 lowers them. */
  readonly effect: number;
  /** The effect halves every so many ms from `since` on, > 0. Default: it stays. */
  readonly halfLifeMs?: number;
  /** Epoch ms; with `halfLifeMs` only. Before it the effect is whole. */
  readonly since?: number;
} & (
  | {
      /** Whole words, one after the other, in an item's title or text; case and punctuation make no difference. */
      readonly phrase: string;
      readonly tag?: never;
      readonly when?: never;
    }
  | {
      /** One of the texts in an item's `tags`, but for case. */
      readonly tag: string;
      readonly phrase?: never;
      readonly when?: never;
    }
  | { readonly when: (item: T) => boolean; readonly phrase?: never; readonly tag?: never }
);

/** A checked rule. */
export interface CheckedRule<T> {
  readonly name: string;
  /** What the rule picks out. @throws AttuneError `input/invalid` when the site's function throws or gives no boolean */
  readonly matches: (item: T, record: ItemRecord) => boolean;
  /** What it adds at `now`, epoch ms. */
  readonly effectAt: (now: number) => number;
}

/** How a rule may pick out items. */
const CONDITIONS = ['phrase', 'tag', 'when'] as const;

/** @throws AttuneError `input/invalid` naming the rule and what is wrong with it */
export function checkRules<T>(rules: readonly Rule<T>[]): CheckedRule<T>[] {
  if (!Array.isArray(rules)) throw invalid('rules', rules, "Pass a list of { name, phrase: '…', effect: -1 }.");
  const names = new Set<string>();
  return rules.map((given: Rule<T>) => {
    const rule = checkRule(given);
    if (names.has(rule.name)) throw invalid('rule name', rule.name, 'Give every rule a name of its own.');
    names.add(rule.name);
    return rule;
  });
}

function checkRule<T>(given: Rule<T>): CheckedRule<T> {
  if (given === null || typeof given !== 'object') throw invalid('rule', given, 'Pass { name, effect } and a phrase.');
  const { name, effect, halfLifeMs, since } = given;
  if (typeof name !== 'string' || name.trim() === '') throw invalid('rule name', name, 'Pass a non-empty text.');
  const of = `of rule ${JSON.stringify(name)}`;
  if (typeof effect !== 'number' || !Number.isFinite(effect)) {
    throw invalid(`effect ${of}`, effect, 'It is a finite number: below 0 for a penalty, above 0 for a boost.');
  }
  if ((halfLifeMs === undefined) !== (since === undefined)) {
    throw invalid(`\`halfLifeMs\` or \`since\` ${of}`, undefined, 'A rule that fades has both, another neither.');
  }
  if (halfLifeMs !== undefined && !(typeof halfLifeMs === 'number' && halfLifeMs > 0 && halfLifeMs < Infinity)) {
    throw invalid(`halfLifeMs ${of}`, halfLifeMs, 'It is a finite number of ms above 0.');
  }
  if (since !== undefined && !Number.isFinite(since)) throw invalid(`since ${of}`, since, 'It is an epoch in ms.');
  return {
    name,
    matches: conditionOf(given, of),
    effectAt: (now) => (halfLifeMs === undefined ? effect : effect * decay(now - since!, halfLifeMs)),
  };
}

function conditionOf<T>(given: Rule<T>, of: string): CheckedRule<T>['matches'] {
  const { phrase, tag, when } = given as { readonly [name in (typeof CONDITIONS)[number]]?: unknown };
  const count = [phrase, tag, when].filter((condition) => condition !== undefined).length;
  if (count !== 1) throw invalid(`conditions ${of}`, count, `Give one of ${CONDITIONS.join(', ')}.`);
  if (when !== undefined) return whenCondition(when, of);
  const words = wordsOf(typeof phrase === 'string' ? phrase : typeof tag === 'string' ? tag : '');
  if (words.trim() === '') {
    throw invalid(`${phrase === undefined ? 'tag' : 'phrase'} ${of}`, phrase ?? tag, 'Pass a text with a word in it.');
  }
  return phrase === undefined
    ? (item) => tagsOf(item).some((each) => wordsOf(each) === words)
    : (_, { title, text }) => wordsOf(text).includes(words) || wordsOf(title).includes(words);
}

function whenCondition<T>(when: unknown, of: string): CheckedRule<T>['matches'] {
  if (typeof when !== 'function') throw invalid(`when ${of}`, when, 'Pass a function of an item to true or false.');
  return (item) => {
    const result = askSite(`when ${of}`, () => (when as (item: T) => unknown)(item));
    if (typeof result !== 'boolean') throw invalid(`what \`when\` ${of} returned`, result, 'It must be a boolean.');
    return result;
  };
}

function tagsOf(item: unknown): readonly string[] {
  const tags = item !== null && typeof item === 'object' ? (item as { readonly tags?: unknown }).tags : undefined;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}
