import { type Interval, percentileInterval, resampling, runLength } from '../../core/bootstrap.js';
import { hitRateAt, ndcgAt, reciprocalRankAt } from '../../core/places.js';
import { mixSeeds, seeded } from '../../core/random.js';
import { finish, type Steps } from '../../core/steps.js';
import type { EvaluationLog } from './log.js';
import { judgeProbabilities, type ProbabilityResult, type Resampled } from './probabilities.js';
import { ASKS, type Plan } from './protocol.js';
import { type Answered, type AnswerRecord, readRecord } from './replay.js';

/** What is measured of an order. */
export type Measure = 'hitRate' | 'ndcg' | 'reciprocalRank' | 'diversity';
const MEASURES: readonly Measure[] = ['hitRate', 'ndcg', 'reciprocalRank', 'diversity'];

/** How one ranker did. */
export interface RankerResult {
  readonly name: string;
  /** Each person counts the same: the mean over people of their mean. Of `runs`: the mean over questions. */
  readonly measures: Readonly<Record<Measure, Interval>>;
  /** Share of what is offered that stood among the first k of anybody; in [0, 1]. */
  readonly coverage: number;
  /** HR at 1, 2, … {@link CURVE} places. */
  readonly hitRates: readonly number[];
  /** Null without outcomes enough to calibrate on. */
  readonly probabilities: ProbabilityResult | null;
}

/** One ranker less another, the same people (or runs) resampled for both. */
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
  /** What intervals come from: other people, or other runs of one person's questions. */
  readonly resampled: Resampled;
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
  /**
   * 'people' (default): each person counts the same, and intervals are by resampling people. 'runs', for the log of one: each
   * question counts the same, and intervals are by resampling runs of `⌈n^(1/3)⌉` questions, because each is like the one before.
   */
  readonly resampled?: Resampled;
}

/** Measures of a replay's answers, all of them, in their order. */
export function summarize(
  log: EvaluationLog,
  plan: Plan,
  answers: readonly Answered[],
  options: SummaryOptions,
): Evaluation {
  return finish(summarizing(log, plan, answers, options));
}

/** {@link summarize} in parts. */
export function* summarizing(
  log: EvaluationLog,
  plan: Plan,
  answers: readonly Answered[],
  { names, k = 10, resamples = 1000, seed = 1, against = names.at(-1)!, resampled: by = 'people' }: SummaryOptions,
): Steps<Evaluation> {
  const asked = answers.filter(({ event }) => (plan.asks[event]! & ASKS.item) !== 0);
  const people = new Set(asked.map(({ event }) => log.user[event]!));
  const units = by === 'people' ? byPerson(log, asked, people) : byRun(asked);
  const columns: Float64Array[] = [];
  for (const ranker of names.keys()) {
    columns.push(...unitSums(asked, ranker, k, units));
    yield;
  }
  // One call, so that all share their people.
  const sums = yield* resampling(columns, resamples, seeded(mixSeeds(seed, units.count)));
  const [values, resampled] = [
    meansOf(columns.map((column) => [column.reduce((sum, x) => sum + x, 0)])),
    meansOf(sums),
  ];
  const place = (ranker: number, m: number): number => ranker * MEASURES.length + m;
  const reference = names.indexOf(against);
  const rankers: RankerResult[] = [];
  for (const [r, name] of names.entries()) {
    yield;
    rankers.push({
      name,
      measures: Object.fromEntries(
        MEASURES.map((measure, m) => [measure, percentileInterval(values[place(r, m)]![0]!, resampled[place(r, m)]!)]),
      ) as Record<Measure, Interval>,
      coverage: coverageOf(asked, r, k, plan),
      hitRates: hitRatesOf(asked, r, k, units),
      probabilities: yield* judgeProbabilities(log, plan, answers, r, { k, resamples, seed, resampled: by }),
    });
  }
  return {
    format: 'attune-evaluation',
    version: 1,
    protocol: plan.protocol,
    ...{ k, seed, resamples, resampled: by },
    log: {
      ...{ people: log.users.length, items: log.items.length, events: log.at.length },
      ...{ targets: asked.length, askedPeople: people.size },
      unknownTargets: asked.filter(({ event }) => plan.offered[log.item[event]!] === 0).length,
      outcomes: answers.filter(({ event }) => (plan.asks[event]! & ASKS.outcome) !== 0).length,
    },
    rankers,
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

/** What is drawn or left as one: which unit each question is of, and what it counts for in a mean over units. */
interface Units {
  readonly count: number;
  readonly of: (question: number) => number;
  /** People count the same, however much each was asked; questions in a run count each for themselves. */
  readonly areEqual: boolean;
}

function byPerson({ user }: EvaluationLog, asked: readonly Answered[], people: ReadonlySet<number>): Units {
  const rows = new Map(Array.from(people, (person, i) => [person, i]));
  return { count: people.size, of: (question) => rows.get(user[asked[question]!.event]!)!, areEqual: true };
}

function byRun({ length }: readonly Answered[]): Units {
  const run = runLength(length);
  return { count: Math.ceil(length / run), of: (question) => Math.floor(question / run), areEqual: false };
}

/** For each measure a column of sums by unit and one of how much they count for: means and 1 where units are equal. */
function unitSums(asked: readonly Answered[], ranker: number, k: number, units: Units): Float64Array[] {
  const columns = MEASURES.flatMap(() => [new Float64Array(units.count), new Float64Array(units.count)]);
  for (const [question, { records }] of asked.entries()) {
    const unit = units.of(question);
    valuesOf(readRecord(records, ranker, k), k).forEach((value, m) => {
      if (Number.isNaN(value)) return;
      columns[2 * m]![unit]! += value;
      columns[2 * m + 1]![unit]!++;
    });
  }
  for (let m = 0; units.areEqual && m < columns.length; m += 2) {
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

/** HR at 1, 2, … places. */
function hitRatesOf(asked: readonly Answered[], ranker: number, k: number, units: Units): number[] {
  const counts = new Float64Array(units.count);
  for (const question of asked.keys()) counts[units.of(question)]!++;
  const rates = Array.from({ length: CURVE }, () => 0);
  for (const [question, { records }] of asked.entries()) {
    const place = readRecord(records, ranker, k);
    const share = units.areEqual ? 1 / counts[units.of(question)]! / units.count : 1 / asked.length;
    for (let length = 1; length <= CURVE; length++) rates[length - 1]! += share * hitRateAt(place, length);
  }
  return rates;
}
