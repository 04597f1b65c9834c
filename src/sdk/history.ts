import { decay } from '../core/decay.js';
import { byTime, interactionWeight, isAction } from '../domain/interaction.js';
import { emptyProfile, type EmbeddedInteraction, readProfile, updateProfile } from '../domain/profile.js';
import { invalid } from '../errors.js';
import { embedEvents } from './embed-events.js';
import type { HistoryPoint } from './history-types.js';
import type { Intake } from './intake.js';
import { type FoundInterests, type InterestParts, interestsOf } from './interests.js';
import { callOptions } from './options.js';
import { readInteractions } from './read-log.js';
import type { SliderReader } from './read-sliders.js';
import type { Attune } from './types.js';

/** What a history is made from. */
export interface HistoryParts extends InterestParts {
  readonly intake: Pick<Intake<never>, 'settled'>;
  readonly sliders: SliderReader;
}

/** Instants of a history, unless told. Judgement: a line over a panel's width. */
const POINTS = 12;
const MOST_POINTS = 100;

/** See {@link Attune}: O(interactions · dim + points), with the page's other tasks between two points. */
export async function history(
  parts: HistoryParts,
  ...[given]: Parameters<Attune<never>['history']>
): Promise<readonly HistoryPoint[]> {
  const { points = POINTS, signal } = callOptions(given);
  if (!Number.isInteger(points) || points < 2 || points > MOST_POINTS) {
    throw invalid('points', points, `It is a whole number from 2 to ${MOST_POINTS}.`);
  }
  const { standing, intake, model, texts, sliders, rules, now } = parts;
  signal?.throwIfAborted();
  await standing.opened;
  await intake.settled();
  if (standing.privacy === 'off') return [];
  const { log } = standing;
  const acts = (await readInteractions(log)).filter(isAction).sort(byTime);
  if (acts.length === 0) return [];
  await model.ensure(sliders.texts, signal);
  const items = await log.items([...new Set(acts.map(({ itemId }) => itemId))]);
  const entries = await embedEvents(acts, items, texts, signal, 'background');
  const { interests } = await interestsOf(parts).read();
  const under = model.modelVersion;
  const instants = instantsOf(Math.min(acts[0]!.at, now()), now(), points);
  let state = emptyProfile(under, model.table?.dim ?? 0, rules);
  let next = 0;
  const told: HistoryPoint[] = [];
  for (const [i, at] of instants.entries()) {
    if (i > 0) await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    if (log !== standing.log || under !== model.modelVersion) return history(parts, given);
    const from = next;
    const until = i === instants.length - 1 ? Infinity : at; // what is dated later counts as done now
    while (next < entries.length && entries[next]!.interaction.at <= until) next++;
    state = updateProfile(state, entries.slice(from, next), rules, at);
    const vectors = readProfile(state, rules, at);
    told.push({
      at,
      interactionCount: vectors.interactionCount,
      evidence: vectors.evidence,
      sliders: sliders.states(vectors, new Map()).map(({ id, label, inferred }) => ({ id, label, inferred })),
      interests: sharesAt(interests, entries.slice(0, next), parts, at),
    });
  }
  return told;
}

/** Evenly from the first to the last, whole milliseconds, each once. */
function instantsOf(first: number, last: number, points: number): number[] {
  const all = Array.from({ length: points }, (_, i) => Math.round(first + ((last - first) * i) / (points - 1)));
  return [...new Set(all)];
}

/** `Σ w·2^(−age/h)` of the likings of each interest's items by that of all of them. */
function sharesAt(
  interests: FoundInterests['interests'],
  entries: readonly EmbeddedInteraction[],
  { rules }: Pick<HistoryParts, 'rules'>,
  at: number,
): HistoryPoint['interests'] {
  const owner = new Map(interests.flatMap(({ itemIds }, i) => itemIds.map((id) => [id, i] as const)));
  const totals = interests.map(() => 0);
  for (const { interaction } of entries) {
    const own = owner.get(interaction.itemId);
    const weight = interactionWeight(interaction, rules.kinds, rules.temperature);
    if (own === undefined || weight <= 0) continue;
    totals[own]! += weight * decay(at - interaction.at, rules.longHalfLifeMs / rules.temperature);
  }
  const all = totals.reduce((sum, total) => sum + total, 0) || 1;
  return interests.map(({ id, name }, i) => ({ id, name, share: totals[i]! / all }));
}
