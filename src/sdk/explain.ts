import { invalid } from '../errors.js';
import {
  contributionsTo,
  type EmbeddedInteraction,
  type ProfileRules,
  type ProfileVectors,
} from '../domain/profile.js';
import { isAction } from '../domain/interaction.js';
import { reweighed } from '../domain/interests.js';
import type { LinearTerm, RankedItem, Term } from '../domain/ranking.js';
import { dot } from '../core/vector.js';
import { embedEvents } from './embed-events.js';
import { type InterestParts, interestsOf } from './interests.js';
import type { ItemTexts } from './texts.js';
import type { Learner } from './learn.js';
import type { Log } from './log.js';
import type { Model } from './model.js';
import { callOptions } from './options.js';
import type { Ranker } from './rank.js';
import { type Directions, interestsBehind, winnerOf } from './rank-interests.js';
import { readInteractions } from './read-log.js';
import type { SliderReader } from './read-sliders.js';
import type { Standing } from './standing.js';
import type { Explanation, Reason } from './explanation-types.js';
import type { Attune, Ranking } from './types.js';

/** How many interactions are named behind one term. */
const REASONS = 3;

/** Which taste each term is made of. */
const TASTES = { profile: 'long', session: 'session', avoid: 'negative' } as const;

/** The log's side of an explanation: every interaction, as stored, with its embedding and its item's title. */
interface ExplainedLog {
  readonly entries: readonly EmbeddedInteraction[];
  readonly titles: ReadonlyMap<string, string>;
  /** By what the person's word on their interests multiplies a liking's weight; 1 when left out. */
  readonly factor?: ((entry: EmbeddedInteraction) => number) | undefined;
}

/** What an explanation is made from. */
interface ExplainParts<T> extends InterestParts {
  readonly ranker: Ranker<T>;
  readonly model: Model;
  readonly texts: ItemTexts;
  readonly learner: Learner;
  readonly sliders: SliderReader;
  readonly rules: ProfileRules;
  readonly standing: Standing;
  readonly intake: { settled(): Promise<void> };
}

/**
 * Why an item of a ranking stands where it does: under the model in use, also where another one ranked it.
 *
 * @throws AttuneError `input/invalid` when the ranking has no such item
 */
export async function explain<T>(
  parts: ExplainParts<T>,
  ...[ranking, id, given]: Parameters<Attune<T>['explain']>
): Promise<Explanation> {
  const { ranker, model, texts, learner, sliders, rules, standing, intake } = parts;
  const { signal } = callOptions(given);
  const [candidates] = ranker.madeFrom(ranking);
  entryOf(ranking, id);
  const { text } = candidates.records.find((candidate) => candidate.id === id)!;
  const anew = { ...candidates, basis: undefined };
  const renewed = (): Ranking<T> => ranker.build(anew, { limit: candidates.items.length });
  await intake.settled();
  const explained = await explainedLog(standing.log, texts, model, text, signal);
  const entry = entryOf(ranking.modelVersion === model.modelVersion ? ranking : renewed(), id);
  const isBound = entry === entryOf(ranking, id) && candidates.basis !== undefined;
  const { learned, mean } = isBound ? candidates.basis! : { learned: learner.vectors(), mean: sliders.mean() };
  const profile = learner.vectors();
  const tastes = learned && profile && { ...learned, negative: profile.negative }; // refusals act at once
  const { selection } = candidates;
  const linear = ranker.terms(isBound ? candidates : { selection });
  const behind = interestsBehind((isBound ? candidates : anew).basis?.rows);
  const factor = interestsOf(parts).current()?.factor;
  return explainEntry(entry, model.get(text), linear, { ...explained, factor }, tastes, mean, rules, behind);
}

/**
 * Terms of one entry, largest effect first, each with the interactions that brought most of it. The terms are the
 * entry's own, so they sum to its score; a reason's value is the part of the term that interaction brought.
 */
function explainEntry<T>(
  entry: RankedItem<T>,
  x: Float32Array | undefined,
  linear: readonly LinearTerm[],
  log: ExplainedLog,
  profile: ProfileVectors | undefined,
  mean: Float64Array,
  rules: ProfileRules,
  behind: Directions | undefined,
): Explanation {
  const best =
    behind &&
    x &&
    winnerOf(
      behind,
      behind.directions.map((direction) => dot(direction, x)),
    );
  const winner = best === undefined ? undefined : behind!.interests[best];
  const because = ({ name }: Term): Reason[] => {
    const term = linear.find((candidate) => candidate.name === name);
    if (term === undefined || x === undefined || profile === undefined) return [];
    if (name === 'profile' && winner !== undefined) {
      const own = log.entries.filter(({ interaction }) => winner.interactionIds.has(interaction.id));
      const weighed = own.map((each) => reweighed(each, log.factor?.(each)));
      const parts = contributionsTo(x, weighed, rules, { sum: winner.sum, direction: mean }, mean, 1);
      return reasonsOf(own, parts, term.scale * winner.strength, log.titles);
    }
    const source = TASTES[name as keyof typeof TASTES];
    if (source === undefined) return [];
    const centre = name === 'avoid' ? mean.map(() => 0) : mean;
    // A list keeps the taste it was ranked by: what came since has no part in it.
    const entries = name === 'avoid' ? log.entries : log.entries.slice(0, profile.interactionCount);
    const weighed = name === 'avoid' ? entries : entries.map((each) => reweighed(each, log.factor?.(each)));
    const parts = contributionsTo(x, weighed, rules, profile[source], centre, name === 'avoid' ? -1 : 1);
    return reasonsOf(entries, parts, term.scale, log.titles);
  };
  const interest = winner && { id: winner.id, name: winner.name };
  const terms = entry.terms
    .map((term) => ({
      ...term,
      because: because(term),
      ...(term.name === 'profile' && interest !== undefined && { interest }),
    }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  return { id: entry.id, score: entry.score, terms };
}

/** The interactions that brought most of a term, each with its part. */
function reasonsOf(
  entries: readonly EmbeddedInteraction[],
  parts: readonly number[],
  scale: number,
  titles: ReadonlyMap<string, string>,
): Reason[] {
  return entries
    .map(({ interaction }, i) => ({
      interaction,
      title: titles.get(interaction.itemId) ?? interaction.itemId,
      value: scale * parts[i]!,
    }))
    .filter(({ value }) => value !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, REASONS);
}

/** Every interaction of a log with its embedding and its item's title, after making `text` resident too. */
async function explainedLog(
  log: Log,
  texts: ItemTexts,
  model: Model,
  text: string,
  signal: AbortSignal | undefined,
): Promise<ExplainedLog> {
  const under = model.modelVersion;
  const interactions = (await readInteractions(log)).filter(isAction);
  const items = await log.items([...new Set(interactions.map(({ itemId }) => itemId))]);
  const [entries] = await Promise.all([embedEvents(interactions, items, texts, signal), model.ensure([text], signal)]);
  if (under !== model.modelVersion) return explainedLog(log, texts, model, text, signal); // two versions never meet
  return { entries, titles: new Map(items.map((item) => [item.id, texts.title(item)])) };
}

/** @throws AttuneError `input/invalid` when the ranking has no such entry */
export function entryOf<T>(ranking: readonly RankedItem<T>[], id: string): RankedItem<T> {
  const entry = ranking.find((candidate) => candidate.id === id);
  if (entry === undefined) throw invalid('id', id, 'Name an item of this ranking.');
  return entry;
}
