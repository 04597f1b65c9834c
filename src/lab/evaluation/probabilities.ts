import { type Interval, percentileInterval, resampling, runLength } from '../../core/bootstrap.js';
import { debiasedEce, logLossOf, reliability, type ReliabilityPoint } from '../../core/metrics.js';
import { mixSeeds, seeded } from '../../core/random.js';
import type { Steps } from '../../core/steps.js';
import { type CalibrationState, observeOutcome, startCalibration } from '../../domain/calibration.js';
import { probabilityAt } from '../../domain/calibrator.js';
import type { EvaluationLog } from './log.js';
import { ASKS, type Plan } from './protocol.js';
import { type Answered, readRecord } from './replay.js';

/** How well a ranker's scores, calibrated as the product calibrates, foretell whether an action is positive. */
export interface ProbabilityResult {
  /** Outcomes judged: those after the first hundred, on which the first curve rests. */
  readonly outcomes: number;
  /** Share of them that were positive. */
  readonly frequency: number;
  /** Each outcome counts the same; intervals by resampling people, or one person's runs of outcomes. Log loss in nats. */
  readonly brier: Interval;
  readonly logLoss: Interval;
  /** Debiased, over bins that are the same in all resamples. */
  readonly ece: Interval;
  readonly reliability: readonly ReliabilityPoint[];
}

/** Bins at most, and outcomes in each at least, as in the product's own record. */
const BINS = 10;
const PER_BIN = 20;
/** Fewest outcomes that are judged. Judgement: fewer say nothing of probabilities. */
const LEAST = 100;

interface Judged {
  /** What is drawn or left as one: a person, or a run of outcomes. */
  readonly unit: number;
  readonly probability: number;
  readonly y: number;
}

/** How results are resampled: whole people, or runs of what followed one another, for logs of one person. */
export type Resampled = 'people' | 'runs';

/**
 * Judges each outcome by the curve that was in force when the item was shown, fitted on outcomes known by then; null with fewer
 * than a hundred to judge. In parts.
 */
export function* judgeProbabilities(
  log: EvaluationLog,
  plan: Plan,
  answers: readonly Answered[],
  ranker: number,
  {
    k,
    resamples,
    seed,
    resampled: by,
  }: Readonly<Record<'k' | 'resamples' | 'seed', number>> & {
    readonly resampled: Resampled;
  },
): Steps<ProbabilityResult | null> {
  const told = yield* judgedOf(log, plan, answers, ranker, k);
  if (told.length < LEAST) return null;
  const length = runLength(told.length);
  const judged = by === 'people' ? told : told.map((one, i) => ({ ...one, unit: Math.floor(i / length) }));
  const bins = Math.min(BINS, Math.floor(judged.length / PER_BIN));
  const ys = judged.map(({ y }) => y);
  const given = judged.map(({ probability }) => probability);
  const points = reliability(given, ys, bins);
  const columns = columnsOf(judged, points);
  const sums = columns.map((column) => [column.reduce((sum, x) => sum + x, 0)]);
  const resampled = yield* resampling(columns, resamples, seeded(mixSeeds(seed, judged.length)));
  const interval = (value: number, of: (sums: readonly ArrayLike<number>[], b: number) => number): Interval =>
    percentileInterval(
      value,
      Float64Array.from({ length: resamples }, (_, b) => of(resampled, b)),
    );
  const [brierOf, lossOf] = [0, 1].map((c) => (of: readonly ArrayLike<number>[], b: number) => of[c]![b]! / of[2]![b]!);
  return {
    outcomes: judged.length,
    frequency: ys.reduce((sum, y) => sum + y, 0) / ys.length,
    brier: interval(brierOf!(sums, 0), brierOf!),
    logLoss: interval(lossOf!(sums, 0), lossOf!),
    ece: interval(debiasedEce(given, ys, bins).ece, eceOf),
    reliability: points,
  };
}

/** Outcomes with the probability given before they were known, in the order in which they were shown. */
function* judgedOf(
  log: EvaluationLog,
  plan: Plan,
  answers: readonly Answered[],
  ranker: number,
  k: number,
): Steps<Judged[]> {
  const judged: Judged[] = [];
  const waiting: { readonly score: number; readonly y: 0 | 1; readonly at: number }[] = [];
  let state: CalibrationState = startCalibration({ model: 'evaluated', slider: '', statistics: '' });
  for (const { event, records } of answers) {
    const { score } = readRecord(records, ranker, k);
    if ((plan.asks[event]! & ASKS.outcome) === 0 || !Number.isFinite(score)) continue;
    const at = log.at[event]!;
    waiting.sort((a, b) => a.at - b.at);
    while (waiting.length > 0 && waiting[0]!.at <= at) {
      state = observeOutcome(state, waiting.shift()!);
      yield; // now and then that was a curve fitted anew
    }
    const y = log.y[event] as 0 | 1;
    if (state.champion !== null) {
      judged.push({ unit: log.user[event]!, probability: probabilityAt(state.champion.curve, score), y });
    }
    waiting.push({ score, y, at: log.knownAt[event]! });
  }
  return judged;
}

/** By unit: squared errors, losses, outcomes; then for each bin sums of probabilities, of positives, and outcomes. */
function columnsOf(judged: readonly Judged[], points: readonly ReliabilityPoint[]): Float64Array[] {
  const units = new Map([...new Set(judged.map(({ unit }) => unit))].map((unit, i) => [unit, i]));
  const columns = Array.from({ length: 3 + 3 * points.length }, () => new Float64Array(units.size));
  const ordered = [...judged].sort((a, b) => a.probability - b.probability);
  let [bin, left] = [0, points[0]!.count];
  for (const { unit, probability, y } of ordered) {
    if (left === 0) left = points[++bin]!.count;
    left--;
    const row = units.get(unit)!;
    columns[0]![row]! += (probability - y) ** 2;
    columns[1]![row]! += logLossOf(probability, y);
    columns[2]![row]!++;
    [probability, y, 1].forEach((value, c) => (columns[3 + 3 * bin + c]![row]! += value));
  }
  return columns;
}

/** The debiased calibration error of one resample, from its bins' sums. */
function eceOf(sums: readonly ArrayLike<number>[], b: number): number {
  let [squares, outcomes] = [0, 0];
  for (let c = 3; c < sums.length; c += 3) {
    const count = sums[c + 2]![b]!;
    if (count < 2) continue;
    const frequency = sums[c + 1]![b]! / count;
    squares += count * ((sums[c]![b]! / count - frequency) ** 2 - (frequency * (1 - frequency)) / (count - 1));
    outcomes += count;
  }
  return Math.sqrt(Math.max(0, squares / outcomes));
}
