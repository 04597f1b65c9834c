import { type Interval, percentileInterval, resampledSums } from '../../core/bootstrap.js';
import { hitRateAt, ndcgAt, reciprocalRankAt } from '../../core/places.js';
import { mixSeeds, seeded } from '../../core/random.js';
import type { EvaluationLog } from './log.js';
import { judgeProbabilities, type ProbabilityResult } from './probabilities.js';
import { ASKS, type Plan } from './protocol.js';
import { type Answered, type AnswerRecord, readRecord } from './replay.js';

/** What is measured of an order. */
export type Measure = 'hitRate' | 'ndcg' | 'reciprocalRank' | 'diversity';
const MEASURES: readonly Measure[] = ['hitRate', 'ndcg', 'reciprocalRank', 'diversity'];

/** How one ranker did. */
export interface RankerResult {
  readonly name: string;
  /** Each person counts the same: the mean over people of their mean. The interval is by resampling people. */
  readonly measures: Readonly<Record<Measure, Interval>>;
  /** Share of what is offered that stood among the first k of anybody; in [0, 1]. */
  readonly coverage: number;
  /** HR at 1, 2, … {@link CURVE} places. */
  readonly hitRates: readonly number[];
  /** Null without outcomes enough to calibrate on. */
  readonly probabilities: ProbabilityResult | null;
}

/** One ranker less another, the same people resampled for both. */
export interface Comparison {
  readonly ranker: string;
  readonly against: string;
  readonly differences: Readonly<Record<Exclude<Measure, 'diversity'>, Interval>>;
}

/** All that a replay showed, as plain data. */
export interface Evaluation {
  readonly format: 'attune-evaluation';
  readonly version: 1;
  readonly protocol: Plan['protocol'];
  readonly k: number;
  readonly seed: number;
  readonly resamples: number;
  /** Of the log; `targets` is what was asked, `askedPeople` of how many people, `outcomes` what probabilities are judged by. */
  readonly log: {
    readonly people: number;
    readonly items: number;
    readonly events: number;
    readonly targets: number;
    readonly askedPeople: number;
    /** Targets on items that were not offered yet: missed by all. */
    readonly unknownTargets: number;
    readonly outcomes: number;
  };
  readonly rankers: readonly RankerResult[];
  readonly comparisons: readonly Comparison[];
}

/** Longest list that hit rates are drawn for. */
const CURVE = 100;

/** What is done with answers. */
export interface SummaryOptions {
  readonly names: readonly string[];
  /** As the replay had it. */
  readonly k?: number;
  /** Default 1000. */
  readonly resamples?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Whom all others are compared with; default the last. */
  readonly against?: string;
}

/** Measures of a replay's answers, all of them, in their order. */
export function summarize(
  log: EvaluationLog,
  plan: Plan,
  answers: readonly Answered[],
  options: SummaryOptions,
): Evaluation {
  const { names, k = 10, resamples = 1000, seed = 1, against = names.at(-1)! } = options;
  const asked = answers.filter(({ event }) => (plan.asks[event]! & ASKS.item) !== 0);
  const people = [...new Set(asked.map(({ event }) => log.user[event]!))];
  const rows = new Map(people.map((user, i) => [user, i]));
  const personOf = (event: number): number => rows.get(log.user[event]!)!;
  const columns = names.flatMap((_, ranker) => personMeans(asked, ranker, k, personOf, people.length));
  const sums = resampledSums(columns, resamples, seeded(mixSeeds(seed, people.length))); // one call, so that all share their people
  const [values, resampled] = [
    meansOf(columns.map((column) => [column.reduce((sum, x) => sum + x, 0)])),
    meansOf(sums),
  ];
  const place = (ranker: number, m: number): number => ranker * MEASURES.length + m;
  const reference = names.indexOf(against);
  return {
    format: 'attune-evaluation',
    version: 1,
    protocol: plan.protocol,
    ...{ k, seed, resamples },
    log: {
      ...{ people: log.users.length, items: log.items.length, events: log.at.length },
      ...{ targets: asked.length, askedPeople: people.length },
      unknownTargets: asked.filter(({ event }) => plan.offered[log.item[event]!] === 0).length,
      outcomes: answers.filter(({ event }) => (plan.asks[event]! & ASKS.outcome) !== 0).length,
    },
    rankers: names.map((name, r) => ({
      name,
      measures: Object.fromEntries(
        MEASURES.map((measure, m) => [measure, percentileInterval(values[place(r, m)]![0]!, resampled[place(r, m)]!)]),
      ) as Record<Measure, Interval>,
      coverage: coverageOf(asked, r, k, plan),
      hitRates: hitRatesOf(asked, r, k, personOf),
      probabilities: judgeProbabilities(log, plan, answers, r, k, resamples, seed),
    })),
    comparisons: names
      .map((ranker, r) => ({ ranker, r }))
      .filter(({ r }) => r !== reference)
      .map(({ ranker, r }) => ({
        ranker,
        against,
        differences: Object.fromEntries(
          MEASURES.slice(0, 3).map((measure, m) => {
            const less = (of: readonly ArrayLike<number>[], b: number): number =>
              of[place(r, m)]![b]! - of[place(reference, m)]![b]!;
            const gaps = Float64Array.from({ length: resamples }, (_, b) => less(resampled, b));
            return [measure, percentileInterval(less(values, 0), gaps)];
          }),
        ) as Comparison['differences'],
      })),
  };
}

/** For each measure a column of means by person and one of whether there is such a mean. */
function personMeans(
  asked: readonly Answered[],
  ranker: number,
  k: number,
  personOf: (event: number) => number,
  people: number,
): Float64Array[] {
  const columns = MEASURES.flatMap(() => [new Float64Array(people), new Float64Array(people)]);
  for (const { event, records } of asked) {
    const record = readRecord(records, ranker, k);
    const person = personOf(event);
    valuesOf(record, k).forEach((value, m) => {
      if (Number.isNaN(value)) return;
      columns[2 * m]![person]! += value;
      columns[2 * m + 1]![person]!++;
    });
  }
  for (let m = 0; m < columns.length; m += 2) {
    const [sums, counts] = [columns[m]!, columns[m + 1]!];
    counts.forEach((count, i) => {
      sums[i] = count === 0 ? 0 : sums[i]! / count;
      counts[i] = Math.min(1, count);
    });
  }
  return columns;
}

/** Means of columns that come with their counts, one by one. */
function meansOf(columns: readonly ArrayLike<number>[]): Float64Array[] {
  return Array.from({ length: columns.length / 2 }, (_, m) =>
    Float64Array.from(columns[2 * m]!, (sum, b) => sum / columns[2 * m + 1]![b]!),
  );
}

function valuesOf(record: AnswerRecord, k: number): readonly number[] {
  return [hitRateAt(record, k), ndcgAt(record, k), reciprocalRankAt(record), record.diversity];
}

function coverageOf(asked: readonly Answered[], ranker: number, k: number, { offered }: Plan): number {
  const shown = new Set(asked.flatMap(({ records }) => [...readRecord(records, ranker, k).top]));
  shown.delete(-1);
  return shown.size / offered.reduce((sum, one) => sum + one, 0);
}

/** HR at 1, 2, … places, each person counting the same. */
function hitRatesOf(
  asked: readonly Answered[],
  ranker: number,
  k: number,
  personOf: (event: number) => number,
): number[] {
  const counts: number[] = [];
  for (const { event } of asked) counts[personOf(event)] = (counts[personOf(event)] ?? 0) + 1;
  const people = counts.length;
  const rates = Array.from({ length: CURVE }, () => 0);
  for (const { event, records } of asked) {
    const place = readRecord(records, ranker, k);
    const share = 1 / counts[personOf(event)]! / people;
    for (let length = 1; length <= CURVE; length++) rates[length - 1]! += share * hitRateAt(place, length);
  }
  return rates;
}
