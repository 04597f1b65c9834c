import type { Interval } from '../../core/bootstrap.js';
import { WINDOW_MS } from '../../domain/attribution.js';
import { type Experiment, isExposure } from '../../domain/experiment.js';
import { type Interaction, isAction, KIND_PRESETS } from '../../domain/interaction.js';
import { invalid } from '../../errors.js';
import { betaMixture, edgeOf, logLikelihood, softness } from './mixtures.js';

/** Mixed lists that were shown, and which ranking won them: whole numbers, and nothing that tells who, what or when. */
export interface ListCounts {
  readonly experiment: string;
  /** All that were shown, also those that neither won. */
  readonly lists: number;
  readonly a: number;
  readonly b: number;
}

/**
 * What one person's log, or a part of it, says of mixed lists: a list is won by the team of which more items were acted on
 * within 30 min after it was shown, each once; acts that repel don't count. Lists whose half hour is not over are left out,
 * so that what is counted never changes. O(log).
 *
 * @param interactions with exposures that note `list`, and acts that note `creditOf`
 * @param now epoch ms
 */
export function countLists(experiment: Experiment, interactions: readonly Interaction[], now: number): ListCounts {
  const shown = new Map<unknown, { at: number; a: Set<string>; b: Set<string> }>();
  for (const each of interactions) {
    const list = each.metadata?.['list'];
    if (!isExposure(experiment, each) || list === undefined) continue;
    const known = shown.get(list)?.at ?? Infinity;
    shown.set(list, { at: Math.min(known, each.at), a: new Set(), b: new Set() });
  }
  for (const { kind, itemId, at, metadata } of interactions) {
    const list = shown.get(metadata?.['list']);
    const team = metadata?.['team'];
    if (list === undefined || metadata!['experiment'] !== experiment.id || !attracts(kind)) continue;
    if ((team === 'a' || team === 'b') && at >= list.at && at <= list.at + WINDOW_MS) list[team].add(itemId);
  }
  const over = [...shown.values()].filter(({ at }) => at + WINDOW_MS < now);
  const won = (by: 'a' | 'b', from: 'a' | 'b'): number => over.filter((list) => list[by].size > list[from].size).length;
  return { experiment: experiment.id, lists: over.length, a: won('a', 'b'), b: won('b', 'a') };
}

function attracts(kind: string): boolean {
  return isAction({ kind }) && !((Object.hasOwn(KIND_PRESETS.feed, kind) ? KIND_PRESETS.feed[kind]! : 1) < 0);
}

/** What several counts come to together. @throws AttuneError `input/invalid` for those of different experiments */
export function sumLists(counts: readonly ListCounts[]): ListCounts {
  const [first] = counts;
  if (first === undefined) throw invalid('counts', counts, 'Pass one or more.');
  for (const each of counts) checkLists(each, first.experiment);
  const added = (name: 'lists' | 'a' | 'b'): number => counts.reduce((sum, each) => sum + each[name], 0);
  return { experiment: first.experiment, lists: added('lists'), a: added('a'), b: added('b') };
}

function checkLists(counts: ListCounts, experiment: string): void {
  if (counts?.experiment !== experiment) throw invalid('counts', counts?.experiment, `They are all of ${experiment}.`);
  const { lists, a, b } = counts;
  if (![lists, a, b].every((x) => Number.isSafeInteger(x) && x >= 0) || a + b > lists) {
    throw invalid('counts', [lists, a, b], 'Pass what countLists or sumLists gave.');
  }
}

/** Which of two rankings is liked better, by lists mixed of them. */
export interface Preference {
  readonly decision: 'continue' | 'a' | 'b';
  /**
   * Share of the lists won by either that `b` won, ½ where none is better, with the shares that are not ruled out: of all looks
   * together, a share of at most `alpha` ever rules out the true one.
   */
  readonly share: Interval;
  /** Probability, at most, of ever seeing as much while none is better, however often one looks. */
  readonly pValue: number;
}

/** Planned where nobody says otherwise: what a site of some hundred visits a day sees in a few. Judgement. */
const PLANNED = 500;

/**
 * Which ranking is better, by what is known so far. May be asked at any time and as often as one likes: if none is, each list
 * that is won is won by a coin, and the probability of ever deciding is at most `alpha`. Exact from the first list on, for one
 * person's lists as for many people's.
 *
 * @param options.lists how many won lists are planned for: the test is sharpest about there, and holds everywhere
 * @throws AttuneError `input/invalid`
 */
export function judgeLists(
  counts: ListCounts,
  options: { readonly alpha?: number; readonly lists?: number } = {},
): Preference {
  const { alpha = 0.05, lists = PLANNED } = options;
  checkLists(counts, counts?.experiment);
  if (!(alpha > 0 && alpha < 0.5)) throw invalid('alpha', alpha, 'It lies above 0, below 0.5.');
  if (!(lists >= 1 && lists < Infinity)) throw invalid('lists', lists, 'It is 1 or more.');
  const { a, b } = counts;
  const against = betaMixture(b, a, 0.5, Math.max(1, softness(lists, alpha))); // of a fair coin, as soft as the normal one
  const most = logLikelihood(b, a, 0.5) + against + Math.log(alpha);
  const holds = (p: number): boolean => logLikelihood(b, a, p) > most; // the same mixture against other coins
  const value = a + b === 0 ? 0.5 : b / (a + b);
  const share = { value, low: edgeOf(value, 0, holds), high: edgeOf(value, 1, holds) };
  return {
    decision: share.low > 0.5 ? 'b' : share.high < 0.5 ? 'a' : 'continue',
    share,
    pValue: Math.min(1, Math.exp(-against)),
  };
}
