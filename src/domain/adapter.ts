import { adagradStep } from '../core/adagrad.js';
import { adapt, type Adapter, identityAdapter, tripletLoss } from '../core/adapter.js';
import { type Random, seeded, shuffled } from '../core/random.js';
import type { Steps } from '../core/steps.js';
import { addScaled, dot } from '../core/vector.js';
import { contest, type HeldOut, trainedPart } from './contest.js';
import type { Lesson } from './lesson.js';

/** How an adapter is trained. */
export interface AdapterSettings {
  readonly rank: number;
  /** Times that all triplets are gone through. */
  readonly epochs: number;
  readonly rate: number;
  /** What a difference of 1 between two cosines is worth in log-odds. */
  readonly steepness: number;
  /** Pull to no change, a triplet. */
  readonly penalty: number;
}

/** Measured in bench:adapt. */
export const ADAPTER: AdapterSettings = { rank: 4, epochs: 10, rate: 0.02, steepness: 8, penalty: 0.002 };

/** Passed items that one liked is compared with in training. Judgement: more are the same few again. */
const PASSED = 4;
/** Triplets behind one step, and between two pauses. */
const BATCH = 16;

/** An item that was liked, one of the same visit that was not, and what they were compared with. */
export interface Triplet {
  readonly anchor: Float32Array;
  readonly liked: Float32Array;
  readonly passed: Float32Array;
}

/** A lesson of which all is known that a triplet needs. */
type Compared = Lesson & { readonly item: Float32Array; readonly anchor: Float32Array };

function visitsOf(lessons: readonly Lesson[]): Compared[][] {
  const visits = new Map<number, Compared[]>();
  for (const lesson of lessons) {
    if (lesson.item === undefined || lesson.anchor === undefined) continue;
    const visit = visits.get(lesson.visit);
    if (visit === undefined) visits.set(lesson.visit, [lesson as Compared]);
    else visit.push(lesson as Compared);
  }
  return [...visits.values()];
}

/** Each liked item with up to {@link PASSED} of those passed over in the same visit, drawn without replacement. */
export function tripletsOf(lessons: readonly Lesson[], random: Random): Triplet[] {
  return visitsOf(lessons).flatMap((visit) => {
    const passed = visit.filter(({ y }) => y === 0);
    return visit
      .filter(({ y }) => y === 1)
      .flatMap(({ anchor, item }) =>
        shuffled(passed, random)
          .slice(0, PASSED)
          .map((other) => ({ anchor, liked: item, passed: other.item })),
      );
  });
}

/** An adapter through lessons, by AdaGrad over triplets in a random order. Undefined without triplets. One batch between two pauses. */
export function* trainAdapter(
  lessons: readonly Lesson[],
  seed: number,
  { rank, epochs, rate, steepness, penalty }: AdapterSettings = ADAPTER,
): Steps<Adapter | undefined> {
  const random = seeded(seed);
  const triplets = tripletsOf(lessons, random);
  const [any] = triplets;
  if (any === undefined) return undefined;
  const first = new Float64Array(any.liked.length);
  for (const { liked, passed } of triplets) {
    addScaled(first, liked, 1);
    addScaled(first, passed, -1);
  }
  const adapter = identityAdapter(first, rank, random);
  const { up, down } = adapter;
  const zeros = (): Float64Array => new Float64Array(up.length);
  const [gradient, squares] = [
    { up: zeros(), down: zeros() },
    { up: zeros(), down: zeros() },
  ];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffled(triplets, random);
    for (let from = 0; from < order.length; from += BATCH) {
      const batch = order.slice(from, from + BATCH);
      gradient.up.fill(0);
      gradient.down.fill(0);
      for (const { anchor, liked, passed } of batch) tripletLoss(adapter, anchor, liked, passed, steepness, gradient);
      addScaled(gradient.up, up, penalty * batch.length);
      addScaled(gradient.down, down, penalty * batch.length);
      adagradStep(up, gradient.up, squares.up, rate);
      adagradStep(down, gradient.down, squares.down, rate);
      yield;
    }
  }
  return adapter;
}

/** What the log says of an adapter: one trained on the earlier part, judged on the later one, and one trained on all. */
export interface AdapterVerdict {
  readonly heldOut: HeldOut;
  readonly adapter: Adapter;
}

/** Puts an adapter to the test: pairs of the later part's visits in the wrong order. Undefined where there are too few to compare. */
export function* judgeAdapter(
  lessons: readonly Lesson[],
  seed: number,
  settings: AdapterSettings = ADAPTER,
): Steps<AdapterVerdict | undefined> {
  const known = lessons.filter(({ item, anchor }) => item !== undefined && anchor !== undefined);
  const cut = trainedPart(known.length);
  const later = known.slice(cut);
  const adapter = yield* trainAdapter(known.slice(0, cut), seed, settings);
  if (adapter === undefined) return undefined;
  const plain = yield* misordered(later, undefined);
  const heldOut = yield* contest(plain, yield* misordered(later, adapter), 1);
  return heldOut && { heldOut, adapter: (yield* trainAdapter(known, seed, settings)) ?? adapter };
}

/**
 * By visit with something liked and something passed over, in the order of visits: the share of its pairs of both whose order
 * contradicts the outcome, equal scores half. 1 − AUC of the visit's list. One visit between two pauses.
 */
export function* misordered(lessons: readonly Lesson[], adapter: Adapter | undefined): Steps<number[]> {
  const shares: number[] = [];
  for (const visit of visitsOf(lessons)) {
    yield;
    const rows = visit.map(({ item }) => (adapter === undefined ? item : adapt(adapter, item)));
    let [wrong, pairs] = [0, 0];
    for (const [i, { y, anchor }] of visit.entries()) {
      if (y === 0) continue;
      const own = dot(anchor, rows[i]!);
      for (const [j, other] of visit.entries()) {
        if (other.y === 1) continue;
        const rival = dot(anchor, rows[j]!);
        wrong += rival > own ? 1 : rival === own ? 0.5 : 0;
        pairs++;
      }
    }
    if (pairs > 0) shares.push(wrong / pairs);
  }
  return shares;
}
