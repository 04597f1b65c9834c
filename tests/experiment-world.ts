import { gaussian, mixSeeds, seeded } from '../src/core/random.js';
import { type Experiment, assign } from '../src/domain/experiment.js';
import type { Interaction } from '../src/domain/interaction.js';
import { creditOf, interleave } from '../src/lab/experiments/interleave.js';
import { type Metric, type Study } from '../src/lab/experiments/study.js';
import { meanNoted, timesDone } from '../src/lab/experiments/values.js';
import { interactionsOf } from '../src/lab/log.js';
import { drawSessions, positionBias } from '../src/lab/sessions.js';
import { matchOf, type World, type WorldItem, type WorldPerson } from '../src/lab/world.js';

/** People of a world in experiments whose effect is planted: two rankings that know more or less of a person's taste. */

const LENGTH = 6;
const ab: Experiment = { id: 'ranking', arms: ['now', 'next'] };
export const mixed: Experiment = { id: 'mixed', arms: ['mixed'] };
const ACTS = ['click', 'read', 'save', 'share'];
const DAY = 86_400_000;

export const acts: Metric = {
  name: 'acts',
  value: timesDone(ACTS),
  range: [0, LENGTH],
  wanted: 'more',
  deviation: 1.2,
};
const latency: Metric = {
  ...{ name: 'latency', value: meanNoted('latencyMs'), range: [0, 1000], wanted: 'less' },
  ...{ deviation: 40, tolerance: 50 },
};
export const study: Study = { experiment: ab, windowMs: DAY, goal: acts, guardrails: [latency], people: 1000 };

/** A ranking by how well items suit the person, as far as `noise`, in standard deviations of that, lets it know. */
function rankedBy(world: World, person: WorldPerson, noise: number, seed: number): WorldItem[] {
  const random = seeded(mixSeeds(seed, world.people.indexOf(person)));
  const { positions } = person.periods[0]!;
  const scored = world.items.map(
    (item) => [matchOf(positions, item.positions) + noise * gaussian(random), item] as const,
  );
  return scored.sort(([a], [b]) => b - a).map(([, item]) => item);
}

/** What one person's device logs of one visit, seeing `list`. */
function visit(world: World, person: WorldPerson, list: readonly WorldItem[]): Interaction[] {
  const options = { count: 1, length: LENGTH, examination: positionBias(0.5, LENGTH), list: () => list };
  return interactionsOf(drawSessions(world, person, options), seeded(mixSeeds(7, world.people.indexOf(person))));
}

function exposure(experiment: Experiment, at: number, noted: Interaction['metadata']): Interaction {
  const metadata = { experiment: experiment.id, ...noted };
  return { id: '', kind: 'exposure', itemId: `experiment:${experiment.id}`, at, weight: 0, metadata };
}

/** One person's log in the A/B test; `noise` and latency by arm. */
export function abLog(
  world: World,
  person: WorldPerson,
  arms: Readonly<Record<string, { readonly noise: number; readonly latencyMs: number }>>,
): Interaction[] {
  const arm = assign(ab, person.id)!;
  const { noise, latencyMs } = arms[arm]!;
  const log = visit(world, person, rankedBy(world, person, noise, 1));
  const spread = 40 * gaussian(seeded(world.people.indexOf(person)));
  return [exposure(ab, log[0]!.at, { arm, latencyMs: Math.max(0, latencyMs + spread) }), ...log];
}

/** One person's log with one list mixed of the two rankings. */
export function mixedLog(world: World, person: WorldPerson, noiseA: number, noiseB: number): Interaction[] {
  const [a, b] = [rankedBy(world, person, noiseA, 1), rankedBy(world, person, noiseB, 2)];
  const list = mixSeeds(world.seed, world.people.indexOf(person));
  const places = interleave(a, b, { seed: list, limit: LENGTH });
  const log = visit(
    world,
    person,
    places.map(({ entry }) => entry),
  );
  const credited = log.map((each) =>
    each.kind === 'impression' ? each : { ...each, metadata: creditOf(mixed, list, places, each.itemId) },
  );
  return [exposure(mixed, log[0]!.at, { arm: 'mixed', list }), ...credited];
}
