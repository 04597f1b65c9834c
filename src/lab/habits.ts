import { mixSeeds, type Random, seeded, shuffled } from '../core/random.js';
import { createIdMaker } from '../domain/id.js';
import type { Interaction } from '../domain/interaction.js';
import { invalid } from '../errors.js';
import type { World } from './world.js';

/** People whose next kind of action follows from what they did before. */
export interface HabitOptions {
  /** Kinds that everybody has; default six positive ones. */
  readonly kinds?: readonly string[];
  /** Rules there are; each person lives by one. Whole, ≥ 1; default 4. */
  readonly habits?: number;
  /** Share of actions that follow the rule, in [0, 1]; the others are of any kind. Default 0.9. */
  readonly certainty?: number;
  /** Actions a person, whole, ≥ 1; default 60. */
  readonly length?: number;
}

/** What a person did, and what could be known of it beforehand. */
export interface Habitual {
  readonly person: string;
  /** Oldest first; items at random. */
  readonly interactions: readonly Interaction[];
  /** An interaction: the true probabilities of its kind, by kind, given all kinds before it and not the person's habit. */
  readonly chances: readonly Float64Array[];
}

const KINDS = ['view', 'read', 'click', 'save', 'share', 'purchase'];
/** Mean time between two actions, ms. Judgement. */
const BETWEEN_MS = 600_000;

/**
 * Logs whose best forecast is known. By a habit the next kind follows from the last one, in one of two ways, which the one
 * before it tells: every kind is about as frequent as any other, and who knows the last alone, or not the person, is often wrong.
 * The first two are of any kind.
 *
 * The chances are exact: `Σ P(habit | kinds before) · P(kind | habit, last two)`. On average no forecast beats their largest.
 *
 * @throws AttuneError `input/invalid` naming the option
 */
export function* drawHabits(
  world: World,
  { kinds = KINDS, habits = 4, certainty = 0.9, length = 60 }: HabitOptions = {},
): Generator<Habitual> {
  if (kinds.length < 2) throw invalid('kinds', kinds, 'Name two or more.');
  if (!Number.isInteger(habits) || habits < 1) throw invalid('habits', habits, 'It is a whole number of 1 or more.');
  if (!(certainty >= 0 && certainty <= 1)) throw invalid('certainty', certainty, 'It lies between 0 and 1.');
  if (!Number.isInteger(length) || length < 1) throw invalid('length', length, 'It is a whole number of 1 or more.');
  const rules = Array.from({ length: habits }, (_, h) => drawRule(kinds.length, seeded(mixSeeds(world.seed, 5, h))));
  for (const [p, { id }] of world.people.entries()) {
    const random = seeded(mixSeeds(world.seed, 6, p));
    const rule = rules[Math.floor(random() * habits)]!;
    const makeId = createIdMaker(random);
    const beliefs = new Float64Array(habits).fill(1 / habits);
    const done: number[] = [];
    const interactions: Interaction[] = [];
    const chances: Float64Array[] = [];
    let at = world.startAt;
    for (let n = 0; n < length; n++) {
      at += Math.ceil(-BETWEEN_MS * Math.log(1 - random()));
      const chance = forecast(rules, beliefs, done, certainty, kinds.length);
      const byRule = n >= 2 && random() < certainty ? rule(done[n - 1]!, done[n - 2]!) : undefined;
      const kind = byRule ?? Math.floor(random() * kinds.length);
      learn(rules, beliefs, done, certainty, kinds.length, kind);
      done.push(kind);
      chances.push(chance);
      const item = world.items[Math.floor(random() * world.items.length)]!;
      interactions.push({ id: makeId(at), kind: kinds[kind]!, itemId: item.id, at });
    }
    yield { person: id, interactions, chances };
  }
}

/** The next kind by the last and the one before it. */
type Rule = (last: number, before: number) => number;

/** A step around a circle of kinds in random order, or another one after half of the kinds. */
function drawRule(size: number, random: Random): Rule {
  const numbers = Array.from({ length: size }, (_, i) => i);
  const [circle, halves, steps] = [shuffled(numbers, random), shuffled(numbers, random), shuffled(numbers, random)];
  return (last, before) => {
    const step = steps[halves.indexOf(before) < size / 2 ? 0 : 1]!;
    return circle[(circle.indexOf(last) + step) % size]!;
  };
}

/** Chance that a kind follows by a rule, others included. */
function chanceOf(rule: Rule, done: readonly number[], certainty: number, size: number, kind: number): number {
  if (done.length < 2) return 1 / size;
  return (1 - certainty) / size + (rule(done.at(-1)!, done.at(-2)!) === kind ? certainty : 0);
}

function forecast(
  rules: readonly Rule[],
  beliefs: Float64Array,
  done: readonly number[],
  certainty: number,
  size: number,
): Float64Array {
  return Float64Array.from({ length: size }, (_, kind) =>
    rules.reduce((sum, rule, h) => sum + beliefs[h]! * chanceOf(rule, done, certainty, size, kind), 0),
  );
}

/** Bayes' rule, in place. */
function learn(
  rules: readonly Rule[],
  beliefs: Float64Array,
  done: readonly number[],
  certainty: number,
  size: number,
  kind: number,
): void {
  rules.forEach((rule, h) => (beliefs[h]! *= chanceOf(rule, done, certainty, size, kind)));
  const sum = beliefs.reduce((total, belief) => total + belief, 0);
  beliefs.forEach((belief, h) => (beliefs[h] = belief / sum));
}
