import { gaussian, mixSeeds, type Random, seeded } from '../src/core/random.js';
import { sigmoid } from '../src/core/special.js';
import { type Spread, spreadOf } from '../src/core/statistics.js';
import { addScaled, dot, normalize, type Vector } from '../src/core/vector.js';
import { contextWeights, FEATURE_NAMES } from '../src/domain/context.js';
import type { GateContext } from '../src/domain/gate-context.js';
import { createIdMaker } from '../src/domain/id.js';
import { type Interaction, KIND_PRESETS } from '../src/domain/interaction.js';
import type { TaughtUnder } from '../src/domain/lesson.js';
import {
  centredDirection,
  emptyProfile,
  type ProfileRules,
  type ProfileVectors,
  readProfile,
  updateProfile,
} from '../src/domain/profile.js';
import { createWorld, matchOf, type World } from '../src/lab/world.js';
import { scoreEmbedding } from '../src/sdk/score.js';
import type { SliderReader } from '../src/sdk/read-sliders.js';

/** Invented people for bench/adapt.ts and tests: what they do depends on what the world is made to depend on, and on nothing else. */

const DAY = 86_400_000;
const START = Date.UTC(2025, 8, 1);
const LIST = 10;

const RULES: ProfileRules = {
  kinds: KIND_PRESETS.feed,
  temperature: 1,
  longHalfLifeMs: 14 * DAY,
  sessionHalfLifeMs: DAY / 4,
};

/** Items, what the product makes of them, and the truth. */
export interface Place {
  readonly world: World;
  readonly rows: readonly Float32Array[];
  readonly under: TaughtUnder;
}

/** What a person's chance to act is made of at a moment. */
interface Moment {
  readonly item: number;
  readonly context: GateContext;
  readonly features: readonly number[];
  /** Cosine of the item to what rankings compare with. */
  readonly closeness: number;
}

/** Log-odds to act, of one person. */
export type Truth = (place: Place, random: Random) => (moment: Moment) => number;

/** @param embed how an item's row is made; the world's own when left out */
export function makePlace(
  seed: number,
  sliders: number,
  dim: number,
  embed?: (world: World, i: number) => Float32Array,
): Place {
  const world = createWorld({ seed, sliders, dim, items: 300, people: 1 });
  const rows = world.items.map(({ embedding }, i) => embed?.(world, i) ?? embedding);
  const data = new Float32Array(rows.length * dim);
  rows.forEach((row, i) => data.set(row, i * dim));
  const offsets = Int32Array.from(rows, (_, i) => i * dim);
  const mean = new Float64Array(dim);
  for (const row of rows) addScaled(mean, row, 1 / rows.length);
  const spreads = new WeakMap<Vector, Spread>();
  const spread = (direction: Vector): Spread => {
    const known = spreads.get(direction);
    if (known !== undefined) return known;
    const found = spreadOf(direction, data, offsets, { mean: 0, sd: 1 / Math.sqrt(dim), count: 0 });
    spreads.set(direction, found);
    return found;
  };
  const axes = world.sliders.map(({ definition: { id, low, high }, axis }) => ({
    slider: { id, label: id, poles: [low, high] as const, version: '1' },
    axis,
  }));
  const reader: SliderReader = { texts: [], axes: () => axes, spread, mean: () => mean, states: () => [] };
  const plain = contextWeights({}, {});
  const byId = new Map(world.items.map(({ id }, i) => [id, rows[i]!]));
  const under: TaughtUnder = {
    modelVersion: 'world',
    rules: RULES,
    embeddingOf: ({ itemId }) => byId.get(itemId),
    features: (embedding, person, at) =>
      scoreEmbedding(embedding, plain, person, { modelVersion: 'world', sliders: reader, standardize: true }, at).map(
        ({ features }) => features,
      ),
    bases: () => plain,
    direction: (person) => directionOf(person, mean),
  };
  return { world, rows, under };
}

/** The sum of a default ranking's linear terms. */
function directionOf({ long, session, negative }: ProfileVectors, mean: Float64Array): Float64Array {
  const sum = centredDirection(long, mean).slice();
  addScaled(sum, centredDirection(session, mean), 0.5);
  addScaled(sum, negative.direction, -0.5);
  return sum;
}

/** What was asked of the truth at an impression, and after which. */
export interface Asked extends Moment {
  readonly id: string;
  readonly logit: number;
}

/** A person's log of so many impressions, and the truth behind each. */
export function drawLog(
  place: Place,
  truth: Truth,
  count: number,
  seed: number,
): { events: Interaction[]; asked: Asked[] } {
  const { rows, under, world } = place;
  const random = seeded(mixSeeds(seed, 7));
  const logitOf = truth(place, seeded(mixSeeds(seed, 8)));
  const makeId = createIdMaker(random);
  const events: Interaction[] = [];
  const asked: Asked[] = [];
  const devices = ['phone', 'desktop'];
  let state = emptyProfile('world', rows[0]!.length, RULES);
  let person: ProfileVectors | undefined;
  let towards: Float64Array | undefined;
  let at = START;
  while (asked.length < count) {
    at += Math.ceil(-0.5 * DAY * Math.log(1 - random()));
    const hour = Math.floor((at % DAY) / 3_600_000);
    const context = {
      hour,
      weekday: new Date(at).getUTCDay(),
      device: devices[Math.floor(random() * 2)]!,
      segment: random() < 0.5 ? 'member' : 'guest',
    };
    const list = new Set<number>();
    while (list.size < LIST) list.add(Math.floor(random() * rows.length));
    let sessionLength = 0;
    for (const item of list) {
      const row = rows[item]!;
      const noted = { ...context, sessionLength: sessionLength++ };
      const features = under.features(row, person, at);
      const moment: Moment = {
        item,
        context: noted,
        features: FEATURE_NAMES.map((name) => features[0]![name]),
        closeness: towards === undefined ? 0 : dot(towards, row),
      };
      const logit = logitOf(moment);
      const id = makeId(at);
      events.push({ id, kind: 'impression', itemId: world.items[item]!.id, at, context: noted });
      asked.push({ ...moment, id, logit });
      at += 3000;
      const acted = random() < sigmoid(logit);
      if (!acted && random() >= 0.1) continue;
      const act: Interaction = { id: makeId(at), kind: acted ? 'click' : 'skip', itemId: world.items[item]!.id, at };
      events.push(act);
      state = updateProfile(state, [{ interaction: act, embedding: row }], RULES, at);
      person = readProfile(state, RULES, at);
      towards = normalize(directionOf(person, meanOf(rows)));
      at += 20_000;
    }
  }
  return { events, asked };
}

const means = new WeakMap<readonly Float32Array[], Float64Array>();
function meanOf(rows: readonly Float32Array[]): Float64Array {
  const known = means.get(rows);
  if (known !== undefined) return known;
  const mean = new Float64Array(rows[0]!.length);
  for (const row of rows) addScaled(mean, row, 1 / rows.length);
  means.set(rows, mean);
  return mean;
}

/** Log-odds of a mean rate, and what a standard deviation of the score is worth. */
const [BASE, SLOPE] = [Math.log(0.25 / 0.75), 1.5];

/** Weighted features as log-odds: about one standard deviation of plain scores is worth 1.5. */
function byWeights(weights: readonly number[], features: readonly number[]): number {
  const raw = features.reduce((sum, feature, k) => sum + weights[k]! * feature, 0);
  return BASE + SLOPE * ((raw - 0.15) / 0.14);
}

const PLAIN = FEATURE_NAMES.map((name) => contextWeights({}, {})[name]);

function weighted(factors: readonly number[]): number[] {
  const made = PLAIN.map((weight, k) => weight * factors[k]!);
  const total = made.reduce((sum, weight) => sum + weight, 0);
  return made.map((weight) => weight / total);
}

/** What there is to be learned, from nothing on. */
export const TRUTHS: Readonly<Record<string, Truth>> = {
  /** One chance for everything. */
  flat: () => () => BASE,
  /** The plain score is the truth: no weights are better. */
  plain:
    () =>
    ({ features }) =>
      byWeights(PLAIN, features),
  /** What rankings compare with is the truth: no adapter is better. */
  close:
    () =>
    ({ closeness }) =>
      BASE + 1.5 * 3 * closeness,
  /** The lab's own: how well an item's positions suit a taste. No context. */
  taste: (_place, random) => {
    let wanted: number[] | undefined;
    return ({ item }) => {
      const { positions } = _place.world.items[item]!;
      wanted ??= positions.map(() => 2 * random() - 1);
      return BASE + SLOPE * matchOf(wanted, positions);
    };
  },
  /** Other weights on a phone. */
  device: (_place, random) => byContext(random, 4, ({ device }) => (device === 'phone' ? 1 : -1)),
  /** Other weights in the evening, going over by the cosine of the hour. */
  hour: (_place, random) => byContext(random, 4, ({ hour }) => Math.cos((2 * Math.PI * (hour! - 20)) / 24)),
  /** Other weights at work, from 9 to 17 on weekdays: steps, which sines only come close to. */
  'work hours': (_place, random) =>
    byContext(random, 4, ({ hour, weekday }) => (hour! >= 9 && hour! < 17 && weekday! > 0 && weekday! < 6 ? 1 : -1)),
  /** Other weights for members, half as strong. */
  segment: (_place, random) => byContext(random, 2, ({ segment }) => (segment === 'member' ? 1 : -1)),
  /** Late in a visit it is what is near that counts. */
  'session length': (_place, random) => byContext(random, 4, ({ sessionLength }) => (sessionLength! > 4 ? 1 : -1)),
};

/** Weights multiplied by `by^side`, each feature's direction its person's own. */
function byContext(random: Random, by: number, side: (context: GateContext) => number): (moment: Moment) => number {
  const sign = random() < 0.5 ? 1 : -1;
  const signs = [0, sign, -sign, 0];
  return ({ context, features }) => byWeights(weighted(signs.map((own) => by ** (own * side(context)))), features);
}

/** Items whose positions are small beside what many items share: eight directions of any length, and noise. */
export function hidden(strength: number): (world: World, i: number) => Float32Array {
  return (world, i) => {
    const random = seeded(mixSeeds(world.seed, 5, i));
    const row = new Float64Array(world.dim);
    world.sliders.forEach(({ axis }, s) => addScaled(row, axis, strength * world.items[i]!.positions[s]!));
    const topics = seeded(mixSeeds(world.seed, 6));
    for (let topic = 0; topic < 8; topic++) {
      const direction = normalize(Float64Array.from(row, () => gaussian(topics)));
      addScaled(row, direction, gaussian(random) / Math.sqrt(8));
    }
    addScaled(
      row,
      Float64Array.from(row, () => gaussian(random)),
      0.3 / Math.sqrt(row.length),
    );
    return Float32Array.from(normalize(row));
  };
}
