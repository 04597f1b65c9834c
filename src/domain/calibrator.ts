import { applyIsotonic, type IsotonicParameters } from '../core/isotonic.js';
import { applyPlatt, type PlattParameters } from '../core/platt.js';
import { applyTemperature, type TemperatureParameters } from '../core/temperature.js';
import { invalid } from '../errors.js';

/** What raw scores are comparable under: a calibrator fitted under others is off. */
export interface ScoreVersions {
  /** Of the encoder. */
  readonly model: string;
  /** Of the slider's texts. */
  readonly slider: string;
  /** Of the catalogue statistics that scores are standardized by. */
  readonly statistics: string;
  /** Of the gate that weighed the features; left out where none did. */
  readonly gate?: string;
}

/** A curve from raw scores to probabilities, by its kind. */
export type Curve =
  | ({ readonly kind: 'platt' } & PlattParameters)
  | ({ readonly kind: 'temperature' } & TemperatureParameters)
  | ({ readonly kind: 'isotonic' } & IsotonicParameters);
/** Name of a way to calibrate. */
export type CurveKind = Curve['kind'];

/** A curve in use, as plain data: what it is bound to, and what it rests on. */
export interface Calibrator {
  readonly versions: ScoreVersions;
  readonly curve: Curve;
  /** Outcomes fitted on. */
  readonly outcomes: number;
  /** `at` of the last of them, epoch ms. */
  readonly fittedAt: number;
}

/** Whether a calibrator may speak for scores of these versions. */
export function isBound({ versions }: Calibrator, { model, slider, statistics, gate }: ScoreVersions): boolean {
  const isAlike = versions.model === model && versions.slider === slider && versions.statistics === statistics;
  return isAlike && versions.gate === gate;
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
