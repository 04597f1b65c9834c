import { checkExperiment, type Experiment } from '../../domain/experiment.js';
import type { Interaction } from '../../domain/interaction.js';
import { invalid } from '../../errors.js';

/** What an experiment is to find out, fixed before it begins. */
export interface Study {
  readonly experiment: Experiment;
  /**
   * How long after a person first met their arm what they do counts, ms: above 0. A person counts once, when it is over, so
   * that no figure of theirs depends on when one looks. At most 80 days, because exposures are kept for 90.
   */
  readonly windowMs: number;
  /** What the decision rests on. */
  readonly goal: Metric;
  /** What must not get worse meanwhile. */
  readonly guardrails?: readonly Metric[];
  /** How many people are planned for, over all arms: the test is sharpest about there, and holds everywhere. ≥ 10. */
  readonly people: number;
  /** Chance of a false decision for the goal, and again for the guardrails, over all looks together, in (0, ½); default 0.05. */
  readonly alpha?: number;
}

/** A whole number about a person. */
export interface Metric {
  readonly name: string;
  /**
   * The number, from what is logged of one person from their first exposure until their window closed, oldest first; rounded,
   * and brought into `range`. `didAny`, `timesDone`, `perHundred` and `meanNoted` make usual ones.
   */
  readonly value: (events: readonly Interaction[]) => number;
  /** Least and largest, whole numbers: no person's weighs more than this. */
  readonly range: readonly [number, number];
  readonly wanted: 'more' | 'less';
  /**
   * Standard deviation that is expected among people, > 0; default two fifths of a range of 0 to 1, else a quarter of the
   * range. A wrong guess costs people, never the test's promise.
   */
  readonly deviation?: number;
  /** As a guardrail: how much worse, in its own unit, is put up with, ≥ 0; default 0. */
  readonly tolerance?: number;
}

const DAY_MS = 86_400_000;

/** @throws AttuneError `input/invalid` naming the wrong field and what it takes */
export function checkStudy(study: Study): void {
  if (study === null || typeof study !== 'object') {
    throw invalid('study', study, 'Pass an object with experiment, windowMs, goal and people.');
  }
  const { experiment, windowMs, people, alpha = 0.05 } = study;
  checkExperiment(experiment);
  if (!(windowMs > 0 && windowMs <= 80 * DAY_MS))
    throw invalid('windowMs', windowMs, 'It is above 0, at most 80 days.');
  if (!(people >= 10 && people < Infinity)) throw invalid('people', people, 'It is a number of 10 or more.');
  if (!(alpha > 0 && alpha < 0.5)) throw invalid('alpha', alpha, 'It lies above 0, below 0.5.');
  const metrics = metricsOf(study);
  for (const metric of metrics) checkMetric(metric);
  if (new Set(metrics.map(({ name }) => name)).size < metrics.length) {
    throw invalid('metrics', metrics.map(({ name }) => name).join(', '), 'Each has a name of its own.');
  }
}

/** The goal, then the guardrails. */
export function metricsOf({ goal, guardrails = [] }: Study): readonly Metric[] {
  return [goal, ...guardrails];
}

function checkMetric(metric: Metric): void {
  const { name, value, range, wanted, tolerance = 0 } = metric ?? {};
  if (typeof name !== 'string' || name === '') throw invalid('metric', name, 'It has a name.');
  if (typeof value !== 'function') throw invalid(`${name}.value`, value, 'Pass a function, such as didAny([…]).');
  const [low, high] = Array.isArray(range) ? range : [NaN, NaN];
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || !(low < high)) {
    throw invalid(`${name}.range`, range, 'It is two whole numbers, the smaller first.');
  }
  if (wanted !== 'more' && wanted !== 'less') throw invalid(`${name}.wanted`, wanted, "It is 'more' or 'less'.");
  const deviation = deviationOf(metric);
  if (!(deviation > 0 && deviation < Infinity)) throw invalid(`${name}.deviation`, deviation, 'It is above 0.');
  if (!(tolerance >= 0 && tolerance < Infinity)) throw invalid(`${name}.tolerance`, tolerance, 'It is 0 or more.');
}

/** Of 0 and 1, as where a fifth of people are 1; and of more, as where most are within half of the range. Judgement. */
const SHARE_OF_RANGE = { binary: 0.4, more: 0.25 };

/** Expected standard deviation of one person's number. */
export function deviationOf({ range: [low, high], deviation }: Metric): number {
  return deviation ?? (high - low) * SHARE_OF_RANGE[high - low === 1 ? 'binary' : 'more'];
}
