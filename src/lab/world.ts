import { gaussian, mixSeeds, type Random, seeded, shuffled } from '../core/random.js';
import { sigmoid } from '../core/special.js';
import { addScaled, dot, normalize } from '../core/vector.js';
import type { SliderDefinition } from '../domain/slider.js';
import { invalid } from '../errors.js';
import { actProbability, checkCurve, isChance, logit, type OutcomeCurve } from './curve.js';
import { AXES, type AxisWords, THINGS } from './vocabulary.js';

/**
 * `lab` is synthetic people and what is measured on them: everything seeded and pure, without page, clock or chance of its
 * own. A world holds items and people whose tastes and probabilities are known, so that a result can be compared with the
 * truth instead of with another result.
 */

/** What a world is made of. Whole numbers have limits that their errors name. */
export interface WorldOptions {
  readonly seed: number;
  /** 1 to 20,000; default 200. */
  readonly items?: number;
  /** 1 to 10,000; default 20. */
  readonly people?: number;
  /** 1 to 6; default 5. */
  readonly sliders?: number;
  /** Numbers an embedding, from `sliders + 1` to 1,024; default 32. */
  readonly dim?: number;
  /** Length of what an embedding holds besides its positions and what all items share, ≥ 0; default 0.5. */
  readonly noise?: number;
  /** Default logistic, 0.2 at a match of 0, slope 1.5. */
  readonly curve?: OutcomeCurve;
  /** Mean probability of acting over all items, for every person: log-odds are shifted for it. Default: as the curve has it. */
  readonly rate?: number;
  /** When the first sessions begin, epoch ms. Default 1 September 2025. */
  readonly startAt?: number;
  /** From this instant on, epoch ms, everybody has another taste. */
  readonly driftAt?: number;
  /** From this instant on everybody's mean probability is `rate`. */
  readonly rateChange?: { readonly at: number; readonly rate: number };
}

/** An item whose place on every axis is known. */
export interface WorldItem {
  readonly id: string;
  readonly title: string;
  /** Leans to the poles by its words, as far as its positions do. */
  readonly text: string;
  /** By slider, in [−1, 1]. */
  readonly positions: readonly number[];
  /** Unit length. */
  readonly embedding: Float32Array;
}

/** A person whose taste is known. */
export interface WorldPerson {
  readonly id: string;
  /** Oldest first; the first is from `-Infinity` on. */
  readonly periods: readonly TastePeriod[];
}

/** What holds of a person from an instant on. */
export interface TastePeriod {
  readonly from: number;
  /** By slider, in [−1, 1]: what the person wants, and how much it matters to them. */
  readonly positions: readonly number[];
  /** Added to the curve's log-odds, so that the mean probability is the world's `rate`; 0 without one. */
  readonly shift: number;
}

/** A slider with the embeddings of its poles and its axis. */
export interface WorldSlider {
  readonly definition: SliderDefinition & { readonly low: string; readonly high: string };
  /** Unit length; `normalize(high − low)` of the poles' embeddings. */
  readonly axis: Float32Array;
  readonly poles: readonly [Float32Array, Float32Array];
}

/** Plain data: the same options give the same world everywhere. */
export interface World {
  readonly seed: number;
  readonly startAt: number;
  readonly dim: number;
  readonly curve: OutcomeCurve;
  readonly sliders: readonly WorldSlider[];
  readonly items: readonly WorldItem[];
  readonly people: readonly WorldPerson[];
}

/** Most mentions of an axis in a text, by an item at its very end. Judgement: more would read as spam. */
const MENTIONS = 3;

/**
 * A world: items uniform on every axis, people uniform in taste, probabilities by `curve` of the match between them.
 *
 * @throws AttuneError `input/invalid` naming the option
 */
export function createWorld(options: WorldOptions): World {
  const {
    seed,
    items = 200,
    people = 20,
    sliders = 5,
    dim = 32,
    noise = 0.5,
    curve = { kind: 'logistic', base: 0.2, slope: 1.5 },
    startAt = Date.UTC(2025, 8, 1),
  } = options;
  within('seed', seed, -(2 ** 53), 2 ** 53);
  within('items', items, 1, 20_000);
  within('people', people, 1, 10_000);
  within('sliders', sliders, 1, AXES.length);
  within('dim', dim, sliders + 1, 1024);
  if (!(noise >= 0 && noise < Infinity)) throw invalid('noise', noise, 'It is a finite number of 0 or more.');
  checkCurve(curve);
  for (const rate of [options.rate, options.rateChange?.rate]) {
    if (rate !== undefined && !isChance(rate)) throw invalid('rate', rate, 'It lies strictly between 0 and 1.');
  }
  const directions = orthonormal(sliders + 1, dim, seeded(mixSeeds(seed, 1)));
  const axes = AXES.slice(0, sliders);
  const made = Array.from({ length: items }, (_, i) =>
    makeItem(i, axes, directions, noise, seeded(mixSeeds(seed, 2, i))),
  );
  return {
    seed,
    startAt,
    dim,
    curve,
    sliders: axes.map((words, s) => makeSlider(words, directions[s]!, directions[sliders]!)),
    items: made,
    people: Array.from({ length: people }, (_, p) => ({
      id: `person-${p}`,
      periods: makePeriods(options, curve, made, seeded(mixSeeds(seed, 3, p))),
    })),
  };
}

/**
 * How well an item suits a taste: `3/√S · Σ vₛ·zₛ` over S sliders, which has mean 0 and standard deviation 1 over all people
 * and items.
 */
export function matchOf(taste: readonly number[], positions: readonly number[]): number {
  let sum = 0;
  for (let s = 0; s < taste.length; s++) sum += taste[s]! * positions[s]!;
  return (3 / Math.sqrt(taste.length)) * sum;
}

/** What holds of a person at an instant, epoch ms. */
export function periodAt(person: WorldPerson, at: number): TastePeriod {
  return person.periods.findLast(({ from }) => from <= at) ?? person.periods[0]!;
}

/** True probability that the person acts positively on an item they look at, strictly between 0 and 1. */
export function trueProbability(
  world: World,
  person: WorldPerson,
  item: WorldItem,
  at: number = world.startAt,
): number {
  const { positions, shift } = periodAt(person, at);
  const probability = actProbability(world.curve, matchOf(positions, item.positions));
  return shift === 0 ? probability : sigmoid(logit(probability) + shift);
}

function makeItem(
  i: number,
  axes: readonly AxisWords[],
  directions: readonly Float64Array[],
  noise: number,
  random: Random,
): WorldItem {
  const positions = axes.map(() => 2 * random() - 1);
  const words = axes.flatMap(({ lowWords, highWords }, s) => {
    const pole = positions[s]! < 0 ? lowWords : highWords;
    return shuffled(pole, random).slice(0, Math.round(MENTIONS * Math.abs(positions[s]!)));
  });
  const thing = THINGS[Math.floor(random() * THINGS.length)]!;
  const title = `${thing[0]!.toUpperCase()}${thing.slice(1)} ${i + 1}`;
  const row = directions.at(-1)!.slice();
  positions.forEach((position, s) => addScaled(row, directions[s]!, position));
  const scale = noise / Math.sqrt(row.length);
  addScaled(
    row,
    Float64Array.from(row, () => gaussian(random)),
    scale,
  );
  return {
    id: `item-${i}`,
    title,
    text: [title, ...shuffled(words, random)].join(', '),
    positions,
    embedding: Float32Array.from(normalize(row)),
  };
}

/** Poles on both sides of what all texts share, so that the axis of a slider is exactly the direction. */
function makeSlider({ id, label, low, high }: AxisWords, direction: Float64Array, shared: Float64Array): WorldSlider {
  const pole = (sign: 1 | -1): Float32Array => {
    const row = shared.slice();
    addScaled(row, direction, sign);
    return Float32Array.from(normalize(row));
  };
  return { definition: { id, label, low, high }, axis: Float32Array.from(direction), poles: [pole(-1), pole(1)] };
}

function makePeriods(
  { rate, driftAt = Infinity, rateChange }: WorldOptions,
  curve: OutcomeCurve,
  items: readonly WorldItem[],
  random: Random,
): TastePeriod[] {
  const drawn = (): number[] => items[0]!.positions.map(() => 2 * random() - 1);
  const [before, after] = [drawn(), drawn()];
  const starts = [...new Set([-Infinity, driftAt, rateChange?.at ?? Infinity])].filter((at) => at < Infinity);
  return starts
    .sort((a, b) => a - b)
    .map((from) => {
      const positions = from >= driftAt ? after : before;
      const wanted = rateChange !== undefined && from >= rateChange.at ? rateChange.rate : rate;
      return { from, positions, shift: wanted === undefined ? 0 : shiftTo(wanted, curve, positions, items) };
    });
}

/** Halvings of the bracket: 2⁻⁵⁰ of 80 moves no probability by 1e-13. */
const HALVINGS = 50;

/** What log-odds must be shifted by so that the mean probability over items is `rate`. */
function shiftTo(rate: number, curve: OutcomeCurve, positions: readonly number[], items: readonly WorldItem[]): number {
  const logits = items.map((item) => logit(actProbability(curve, matchOf(positions, item.positions))));
  let [low, high] = [-40, 40];
  for (let step = 0; step < HALVINGS; step++) {
    const shift = (low + high) / 2;
    const mean = logits.reduce((sum, x) => sum + sigmoid(x + shift), 0) / logits.length;
    if (mean < rate) low = shift;
    else high = shift;
  }
  return (low + high) / 2;
}

/** `count` unit vectors at right angles in random directions, by Gram and Schmidt. */
function orthonormal(count: number, dim: number, random: Random): Float64Array[] {
  const rows: Float64Array[] = [];
  while (rows.length < count) {
    const row = Float64Array.from({ length: dim }, () => gaussian(random));
    for (const other of rows) addScaled(row, other, -dot(row, other));
    rows.push(normalize(row));
  }
  return rows;
}

/** @throws AttuneError `input/invalid` */
function within(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw invalid(name, value, `It is a whole number from ${least} to ${most}.`);
  }
}
