import type { Random } from './random.js';
import { finish, type Steps } from './steps.js';

/** A number and what it might have been with other people, or at other times: an interval by resampling them. */
export interface Interval {
  readonly value: number;
  /** 2.5 % and 97.5 % quantiles of the resamples, unless it says otherwise. */
  readonly low: number;
  readonly high: number;
}

/** Resamples between two pauses. Judgement: some ms for a thousand units and fifty columns. */
const AT_ONCE = 32;

/**
 * Sums of columns over people drawn with replacement, as many as there are; the same people for all columns of a resample, so
 * that differences between columns are paired. O(resamples · people · columns).
 *
 * @param columns one number a person each, all of one length
 * @returns by column, one sum a resample
 * @see Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 13
 */
export function resampledSums(columns: readonly Float64Array[], resamples: number, random: Random): Float64Array[] {
  return finish(resampling(columns, resamples, random));
}

/** {@link resampledSums} in parts of some resamples each. */
export function* resampling(
  columns: readonly Float64Array[],
  resamples: number,
  random: Random,
): Steps<Float64Array[]> {
  const people = columns[0]?.length ?? 0;
  const sums = columns.map(() => new Float64Array(resamples));
  const times = new Float64Array(people);
  for (let b = 0; b < resamples; b++) {
    times.fill(0);
    for (let draw = 0; draw < people; draw++) times[Math.floor(random() * people)]!++;
    columns.forEach((column, c) => {
      let sum = 0;
      for (let i = 0; i < people; i++) sum += times[i]! * column[i]!;
      sums[c]![b] = sum;
    });
    if (b % AT_ONCE === AT_ONCE - 1) yield;
  }
  return sums;
}

/**
 * How many results in a row are drawn as one where each depends on those before it, such as one person's: `⌈n^(1/3)⌉`.
 *
 * @see Carlstein (1986), The use of subseries values; Hall, Horowitz & Jing (1995) for the order of the length
 */
export function runLength(count: number): number {
  return Math.ceil(Math.cbrt(count) - 1e-9); // a cube's root may come out above it
}

/** The middle 95 %, or another share, of resampled values, between order statistics as NumPy's `quantile` does; NaN counts for nothing. */
export function percentileInterval(value: number, resampled: ArrayLike<number>, share = 0.95): Interval {
  const sorted = Float64Array.from(resampled)
    .filter((x) => !Number.isNaN(x))
    .sort();
  return { value, low: quantile(sorted, (1 - share) / 2), high: quantile(sorted, (1 + share) / 2) };
}

/** @param sorted ascending; NaN of none */
function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)]!;
  return sorted.length === 0 ? NaN : below + (place % 1) * ((sorted[Math.ceil(place)] ?? below) - below);
}
