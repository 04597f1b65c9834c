import { gaussian, mixSeeds, type Random, seeded } from '../core/random.js';
import { invalid } from '../errors.js';
import { trueProbability, type World, type WorldItem, type WorldPerson } from './world.js';

/** How people meet items. */
export interface SessionOptions {
  /** Sessions to draw, whole, ≥ 0; default 20. */
  readonly count?: number;
  /** Items in a list, whole, ≥ 1; default 10. */
  readonly length?: number;
  /**
   * Chance that the person looks at each place of the list, in (0, 1], by position; places beyond its end have its last.
   * Default 1 everywhere; `positionBias(η)` makes the usual one.
   */
  readonly examination?: readonly number[];
  /** The list shown, best first. Default: items at random, each at most once. */
  readonly list?: (
    items: readonly WorldItem[],
    person: WorldPerson,
    random: Random,
    at: number,
  ) => readonly WorldItem[];
}

/** An item shown at a place, and what came of it. */
export interface Impression {
  readonly item: WorldItem;
  /** When it was shown, epoch ms. */
  readonly at: number;
  /** From 0. */
  readonly position: number;
  readonly dwellMs: number;
  /** Known chance that the place was looked at: the propensity by which an outcome here is to be divided. */
  readonly examination: number;
  /** True probability that this impression is acted on: `examination` times the person's for the item. */
  readonly probability: number;
  /** Its outcome: a positive act within half an hour, or not. */
  readonly y: 0 | 1;
  /** What the person did: a positive kind if `y` is 1, now and then a skip else. */
  readonly act: { readonly kind: string; readonly at: number; readonly dwellMs: number } | null;
}

/** A visit: one list from its top down. */
export interface Session {
  readonly person: WorldPerson;
  readonly at: number;
  readonly impressions: readonly Impression[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Mean time between two visits. Judgement. */
const BETWEEN_MS = 0.8 * DAY_MS;
/** Median stay with an item that is only seen, and with one acted on; spread e^±0.7. Judgement. */
const STAY_MS = { seen: 3000, acted: 40_000 };
/** Kinds of positive acts by how often they occur. Judgement. */
const ACTS = [
  ['click', 0.5],
  ['read', 0.3],
  ['save', 0.15],
  ['share', 0.05],
] as const;
/** Chance that what is not acted on is skipped in so many words. Judgement. */
const SKIPPED = 0.1;

/** Chances of being looked at that fall with the place: `(position + 1)^(−η)`. @see Joachims, Swaminathan & Schnabel (2017) */
export function positionBias(eta: number, length: number): number[] {
  return Array.from({ length }, (_, position) => (position + 1) ** -eta);
}

/**
 * A person's visits, oldest first, one at a time as they are asked for. Every person has a stream of their own: the same world
 * and options give the same visits, whoever else is drawn.
 *
 * @throws AttuneError `input/invalid` naming the option
 */
export function* drawSessions(world: World, person: WorldPerson, options: SessionOptions = {}): Generator<Session> {
  const { count = 20, length = 10, examination = [1] } = options;
  const place = world.people.findIndex(({ id }) => id === person.id);
  if (place < 0) throw invalid('person', person.id, 'Pass one of the world’s people.');
  if (!Number.isInteger(count) || count < 0) throw invalid('count', count, 'It is a whole number of 0 or more.');
  if (!Number.isInteger(length) || length < 1) throw invalid('length', length, 'It is a whole number of 1 or more.');
  if (examination.length === 0 || !examination.every((chance) => chance > 0 && chance <= 1)) {
    throw invalid('examination', examination, 'It lists chances above 0, at most 1, one a position.');
  }
  const random = seeded(mixSeeds(world.seed, 4, place));
  const list = options.list ?? ((items) => pick(items, length, random));
  let at = world.startAt;
  for (let visit = 0; visit < count; visit++) {
    at += Math.ceil(-BETWEEN_MS * Math.log(1 - random()));
    const impressions: Impression[] = [];
    let now = at;
    for (const [position, item] of list(world.items, person, random, at).slice(0, length).entries()) {
      const chance = examination[Math.min(position, examination.length - 1)]!;
      const impression = drawImpression(world, person, item, now, position, chance, random);
      impressions.push(impression);
      now += impression.dwellMs;
    }
    yield { person, at, impressions };
    at = now;
  }
}

function drawImpression(
  world: World,
  person: WorldPerson,
  item: WorldItem,
  at: number,
  position: number,
  examination: number,
  random: Random,
): Impression {
  const probability = examination * trueProbability(world, person, item, at);
  const y = random() < probability ? 1 : 0;
  const dwellMs = Math.round(STAY_MS[y === 1 ? 'acted' : 'seen'] * Math.exp(0.7 * gaussian(random)));
  const kind = y === 1 ? drawAct(random) : random() < SKIPPED ? 'skip' : undefined;
  const act = kind === undefined ? null : { kind, at: at + Math.min(1000, dwellMs), dwellMs };
  return { item, at, position, dwellMs, examination, probability, y, act };
}

function drawAct(random: Random): string {
  let left = random();
  return ACTS.find(([, share]) => (left -= share) < 0)?.[0] ?? ACTS[0][0];
}

/** `length` different items, all sets and orders alike. */
function pick(items: readonly WorldItem[], length: number, random: Random): WorldItem[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(length, items.length)) chosen.add(Math.floor(random() * items.length));
  return Array.from(chosen, (i) => items[i]!);
}
