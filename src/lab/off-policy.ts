import type { Interval } from '../core/bootstrap.js';
import { invalid } from '../errors.js';

/** One place of a list that was shown, and what came of it. */
export interface LoggedChoice {
  /** Any number, such as 1 for a click and 0 for none. */
  readonly reward: number;
  /** How probable it was that this item stood in this place, in (0, 1]: `propensity` of a ranking's entries and impressions. */
  readonly propensity: number;
  /** How probable the way of ranking to be judged would have made it, in [0, 1]; for one without chance 1 or 0. */
  readonly chance: number;
}

/** What another way of ranking would have earned a place, from what was shown by this one. */
export interface OffPolicyValue {
  /**
   * `Σ w·r / n`, `w = chance / propensity`: right on average, wherever everything that the other way shows had some chance to be
   * shown (Horvitz & Thompson 1952).
   */
  readonly ips: Interval;
  /** `Σ w·r / Σ w`: steadier, within the range of rewards, a little off for few choices (Swaminathan & Joachims 2015). */
  readonly snips: Interval;
  /** `(Σ w)² / Σ w²`: to how many choices of its own those of the log come. */
  readonly effective: number;
  /** Mean weight: about 1 where propensities are right and the other way's choices are all among the possible ones. */
  readonly meanWeight: number;
}

/** Two-sided 95 % quantile of the normal distribution. */
const Z95 = 1.959963984540054;

/**
 * Inverse propensity scoring, plain and self-normalized, with 95 % intervals by their standard errors; NaN where no choice could
 * have been the other way's. Choices are taken as independent: for many of one person take each person's mean as a reward.
 *
 * @throws AttuneError `input/invalid` for a propensity or a chance outside its range
 */
export function offPolicyValue(choices: readonly LoggedChoice[]): OffPolicyValue {
  const weights = choices.map(({ propensity, chance, reward }) => {
    if (!(propensity > 0 && propensity <= 1)) throw invalid('propensity', propensity, 'It lies above 0, at most at 1.');
    if (!(chance >= 0 && chance <= 1)) throw invalid('chance', chance, 'It lies from 0 to 1.');
    if (!Number.isFinite(reward)) throw invalid('reward', reward, 'It is a finite number.');
    return chance / propensity;
  });
  const n = choices.length;
  const sum = (of: (choice: LoggedChoice, weight: number) => number): number =>
    choices.reduce((total, choice, i) => total + of(choice, weights[i]!), 0);
  const total = sum((_, w) => w);
  const ips = sum(({ reward }, w) => w * reward) / n;
  const snips = sum(({ reward }, w) => w * reward) / total;
  const deviation = Math.sqrt(sum(({ reward }, w) => (w * reward - ips) ** 2) / (n - 1) / n);
  const selfDeviation = Math.sqrt(sum(({ reward }, w) => (w * (reward - snips)) ** 2)) / total;
  return {
    ips: around(ips, deviation),
    snips: around(snips, selfDeviation),
    effective: total ** 2 / sum((_, w) => w * w),
    meanWeight: total / n,
  };
}

function around(value: number, deviation: number): Interval {
  return { value, low: value - Z95 * deviation, high: value + Z95 * deviation };
}
