import { applyIsotonic, fitIsotonic, type IsotonicParameters } from '../core/isotonic.js';
import { logLossOf } from '../core/metrics.js';
import { applyPlatt, fitPlatt, type PlattParameters } from '../core/platt.js';
import { fitRanked } from '../core/ranked.js';
import { applyTemperature, fitTemperature, type TemperatureParameters } from '../core/temperature.js';
import { invalid } from '../errors.js';
import type { Outcome } from './outcome.js';

/** What raw scores are comparable under: a calibrator fitted under others is off. */
export interface ScoreVersions {
  /** Of the encoder. */
  readonly model: string;
  /** Of the slider's texts. */
  readonly slider: string;
  /** Of the catalogue statistics that scores are standardized by. */
  readonly statistics: string;
}

/** A curve from raw scores to probabilities, by its kind. */
export type Curve =
  | ({ readonly kind: 'platt' } & PlattParameters)
  | ({ readonly kind: 'temperature' } & TemperatureParameters)
  | ({ readonly kind: 'isotonic' } & IsotonicParameters);
/** Name of a way to calibrate. */
export type CurveKind = Curve['kind'];

/** How a curve is fitted: 'ranked' gives an isotonic one too, smooth where the other has levels. */
export type CurveFit = CurveKind | 'ranked';

/** A curve in use, as plain data: what it is bound to, and what it rests on. */
export interface Calibrator {
  readonly versions: ScoreVersions;
  readonly curve: Curve;
  /** Outcomes fitted on. */
  readonly outcomes: number;
  /** `at` of the last of them, epoch ms. */
  readonly fittedAt: number;
}

/**
 * Fewest outcomes for each fit, in order of preference: the first is taken unless a later one is better. One number and two stand
 * on little; levels need outcomes on every step. Judgement, with the losses as the judge from there on.
 */
const MIN_OUTCOMES: Readonly<Record<CurveFit, number>> = { platt: 50, temperature: 50, ranked: 50, isotonic: 200 };

/** Parts in which held-out losses are found: each is predicted from the other four. */
const FOLDS = 5;

/** 1/φ, whose multiples are spread evenly between 0 and 1 and repeat with no period. */
const GOLDEN = 0.6180339887498949;

/** Whether a calibrator may speak for scores of these versions. */
export function isBound({ versions }: Calibrator, { model, slider, statistics }: ScoreVersions): boolean {
  return versions.model === model && versions.slider === slider && versions.statistics === statistics;
}

/** @throws AttuneError `input/invalid` for anything but a calibrator whose curve gives probabilities, such as a damaged one */
export function checkCalibrator(value: Calibrator): void {
  const { curve, versions } = value ?? {};
  const isFinite = (...numbers: readonly unknown[]): boolean => numbers.every(Number.isFinite);
  const isSound =
    typeof versions === 'object' &&
    versions !== null &&
    ((curve?.kind === 'platt' && isFinite(curve.slope, curve.centre, curve.intercept)) ||
      (curve?.kind === 'temperature' && isFinite(curve.temperature) && curve.temperature > 0) ||
      (curve?.kind === 'isotonic' &&
        isRising(curve.scores) &&
        isRising(curve.probabilities) &&
        curve.scores.length === curve.probabilities.length &&
        curve.probabilities.every((p) => p >= 0 && p <= 1)));
  if (!isSound) throw invalid('calibrator', curve?.kind, 'Pass the champion of a calibration state, as it is.');
}

function isRising(numbers: readonly number[]): boolean {
  return Array.isArray(numbers) && numbers.every((x, i) => Number.isFinite(x) && x >= (numbers[i - 1] ?? -Infinity));
}

/** Probability of a positive outcome at a raw score, in [0, 1]. */
export function probabilityAt(curve: Curve, score: number): number {
  if (curve.kind === 'platt') return applyPlatt(curve, score);
  if (curve.kind === 'temperature') return applyTemperature(curve, score);
  return applyIsotonic(curve, score);
}

/**
 * The curve of a fit through outcomes. An isotonic one keeps only levels that the outcomes tell apart (see
 * {@link fitIsotonic}, penalty `ln Σw`) and stays within `[1/(Σw + 2), 1 − 1/(Σw + 2)]`: no count of outcomes makes certain.
 */
export function fitCurve(fit: CurveFit, outcomes: readonly Outcome[]): Curve {
  const scores = outcomes.map(({ score }) => score);
  const ys = outcomes.map(({ y }) => y);
  const weights = outcomes.map(weightOf);
  if (fit === 'platt') return { kind: fit, ...fitPlatt(scores, ys, weights) };
  if (fit === 'temperature') return { kind: fit, ...fitTemperature(scores, ys, weights) };
  if (fit === 'ranked') return { kind: 'isotonic', ...fitRanked(scores, ys, weights) };
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const fitted = fitIsotonic(scores, ys, weights, Math.log(Math.max(1, total)));
  const least = 1 / (total + 2);
  const probabilities = fitted.probabilities.map((p) => Math.min(1 - least, Math.max(least, p)));
  return { kind: fit, scores: fitted.scores, probabilities };
}

/**
 * Log loss, in nats, of each outcome from `from` on under a curve of this fit made without it: those outcomes are dealt to
 * five parts, and each part is predicted from all outcomes that are not in it, earlier ones always among them.
 *
 * Outcome i goes to part `⌊5 · frac(i/φ)⌋`: even, and in step with no page. Dealt in turn, five places of which one is clicked
 * would be parts of their own; dealt class by class, curves that repeat the base rate would look better than they are.
 */
export function heldOutLosses(fit: CurveFit, outcomes: readonly Outcome[], from = 0): number[] {
  const partOf = (i: number): number => (i < from ? -1 : Math.floor(FOLDS * (((i - from) * GOLDEN) % 1)));
  const losses: number[] = Array.from({ length: outcomes.length - from }, () => 0);
  for (let part = 0; part < FOLDS; part++) {
    const curve = fitCurve(
      fit,
      outcomes.filter((_, i) => partOf(i) !== part),
    );
    for (let i = from; i < outcomes.length; i++) {
      if (partOf(i) === part) losses[i - from] = lossUnder(curve, outcomes[i]!);
    }
  }
  return losses;
}

/** Log loss of an outcome under a curve, nats. */
export function lossUnder(curve: Curve, { score, y }: Outcome): number {
  return logLossOf(probabilityAt(curve, score), y);
}

/** Mean of losses, one an outcome, by the outcomes' weights. */
export function meanLoss(losses: readonly number[], outcomes: readonly Outcome[]): number {
  let [sum, total] = [0, 0];
  outcomes.forEach((outcome, i) => {
    sum += weightOf(outcome) * losses[i]!;
    total += weightOf(outcome);
  });
  return sum / total;
}

/** The fit of least held-out log loss among those with outcomes enough; undefined while there is none. */
export function chooseFit(outcomes: readonly Outcome[]): CurveFit | undefined {
  let [chosen, least]: [CurveFit | undefined, number] = [undefined, Infinity];
  for (const [fit, minimum] of Object.entries(MIN_OUTCOMES) as [CurveFit, number][]) {
    if (outcomes.length < minimum) continue;
    const loss = meanLoss(heldOutLosses(fit, outcomes), outcomes);
    if (loss < least) [chosen, least] = [fit, loss];
  }
  return chosen;
}

/** What kind of curve a fit makes. */
export function kindOf(fit: CurveFit): CurveKind {
  return fit === 'ranked' ? 'isotonic' : fit;
}

function weightOf({ weight }: Outcome): number {
  return weight ?? 1;
}
