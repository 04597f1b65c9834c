import { type Interval, percentileInterval, resampling } from '../core/bootstrap.js';
import { seeded } from '../core/random.js';
import type { Steps } from '../core/steps.js';

/** A learned part beside the plain one, on outcomes that neither was made of. */
export interface HeldOut {
  /** Outcomes, or visits, compared. */
  readonly n: number;
  /** Mean loss of each; lower is better. */
  readonly plain: number;
  readonly learned: number;
  /** `plain − learned`, 99 % by resampling: the learned part is used while the lower end is above 0. */
  readonly interval: Interval;
}

/** Outcomes of a first decision. Judgement: with fewer, held-out intervals are wider than any gain measured (bench:adapt). */
const FIRST = 200;
/** Outcomes until the next one: as many as there were times this, 100 at least. Judgement. */
const GROWTH = 0.25;
const LEAST_GROWTH = 100;
/** What is learned from, the newest. Judgement: as in calibration, older ones are of another taste. */
export const NEWEST = 2000;
/** Part that is trained on, the earlier one. */
const TRAINED = 0.6;
/** For the interval. Judgement. */
const RESAMPLES = 2000;
/**
 * One in two hundred of those to whom nothing is gained would get a learned part at each decision. With 95 % one adapter in twenty was
 * taken up where it harms, and cost all people together .003 of NDCG (bench:adapt, seeds to choose by).
 */
const COVERAGE = 0.99;
/** Units that an interval takes at least: of fewer it comes out too short. Judgement: with 20 an end is passed by 1 % instead of ½. */
const FEWEST = 20;

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
 * Compares losses of the same outcomes, or visits, in their order; `length` neighbours are resampled as one. The same losses give the
 * same interval. Undefined where there are too few to tell.
 */
export function* contest(
  plain: readonly number[],
  learned: readonly number[],
  length: number,
): Steps<HeldOut | undefined> {
  const n = plain.length;
  const runs = Math.ceil(n / length);
  if (runs < FEWEST) return undefined;
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
    COVERAGE,
  );
  return { n, plain: mean(plain), learned: mean(learned), interval };
}
