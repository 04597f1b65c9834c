import { percentileInterval, type Interval, resampling, runLength } from '../core/bootstrap.js';
import { seeded } from '../core/random.js';
import type { Steps } from '../core/steps.js';

/** A learned part beside the plain one, on outcomes that neither was made of. */
export interface HeldOut {
  /** Outcomes, or visits, compared. */
  readonly n: number;
  /** Mean loss of each; lower is better. */
  readonly plain: number;
  readonly learned: number;
  /** `plain − learned`, 95 % by resampling runs: the learned part is used while the lower end is above 0. */
  readonly interval: Interval;
}

/** Outcomes of a first decision. Judgement: with fewer, held-out intervals are wider than any gain measured (bench:adapt). */
const FIRST = 200;
/** Outcomes until the next one: as many as there were times this, 100 at least. Judgement. */
const GROWTH = 0.25;
const LEAST_GROWTH = 100;
/** What is learned from, the newest. Judgement: as in calibration, older ones are of another taste. */
const NEWEST = 2000;
/** Part that is trained on, the earlier one. */
const TRAINED = 0.6;
/** For the interval. Judgement. */
const RESAMPLES = 1000;

/** Outcomes after which the decision in force was taken, when there are so many; 0 before the first. */
export function decidedAfter(outcomes: number): number {
  let at = 0;
  for (let next = FIRST; next <= outcomes; next += Math.max(LEAST_GROWTH, Math.floor(GROWTH * next))) at = next;
  return at;
}

/** What is decided on: by the outcomes up to the last decision, the newest of them, in the order in which they became known. */
export function decisive<V>(outcomes: readonly V[]): readonly V[] {
  const at = decidedAfter(outcomes.length);
  return outcomes.slice(Math.max(0, at - NEWEST), at);
}

/** Where the part ends that is trained on: what comes later is the judge. */
export function trainedPart(count: number): number {
  return Math.floor(TRAINED * count);
}

/**
 * Compares losses of the same outcomes, in their order; runs of outcomes are resampled as one, because neighbours are of one visit
 * and one mood. The same losses give the same interval.
 */
export function* contest(plain: readonly number[], learned: readonly number[]): Steps<HeldOut> {
  const n = plain.length;
  const length = runLength(n);
  const runs = Math.ceil(n / length);
  const [gains, counts] = [new Float64Array(runs), new Float64Array(runs)];
  plain.forEach((loss, i) => {
    gains[Math.floor(i / length)]! += loss - learned[i]!;
    counts[Math.floor(i / length)]!++;
  });
  const [gained, counted] = yield* resampling([gains, counts], RESAMPLES, seeded(n));
  const mean = (losses: readonly number[]): number => losses.reduce((sum, loss) => sum + loss, 0) / n;
  const value = mean(plain) - mean(learned);
  const interval = percentileInterval(
    value,
    gained!.map((gain, b) => gain / counted![b]!),
  );
  return { n, plain: mean(plain), learned: mean(learned), interval };
}
