import {
  brier,
  type CalibrationError,
  debiasedEce,
  logLoss,
  reliability,
  type ReliabilityPoint,
} from '../core/metrics.js';
import { type CalibrationDecision, type CalibrationState, observeOutcome, startCalibration } from './calibration.js';
import { type Calibrator, type CurveKind, probabilityAt, type ScoreVersions } from './calibrator.js';
import type { Outcome } from './outcome.js';

/** How probabilities did over 50 outcomes. */
export interface TrackBlock {
  /** `at` of the last of them, epoch ms, and how many outcomes there had been. */
  readonly at: number;
  readonly seen: number;
  /** Means over the block; log loss in nats. */
  readonly brier: number;
  readonly logLoss: number;
  /** Share of positive outcomes. */
  readonly frequency: number;
}

/**
 * A slider's calibration, and how it has done: each outcome is judged by the curve that was in force before it (prequential,
 * Dawid 1984), so that no probability is ever judged by what it was fitted on.
 */
export interface TrackRecord {
  readonly calibration: CalibrationState;
  /** Probabilities given, and what came of it; the newest {@link JUDGED}, oldest first. */
  readonly probabilities: readonly number[];
  readonly ys: readonly (0 | 1)[];
  /** How many were judged ever. */
  readonly judged: number;
  /** Newest last, at most {@link BLOCKS}. */
  readonly blocks: readonly TrackBlock[];
}

/** Outcomes that the measures rest on. Judgement: as many as a curve is fitted on. */
const JUDGED = 1000;
/** Outcomes a block, and blocks kept: 20,000 outcomes, all that a log holds of impressions. */
const BLOCK = 50;
const BLOCKS = 400;
/** Bins of the reliability diagram at most, and outcomes in each at least. Judgement; ten is the least advised. */
const BINS = 10;
const PER_BIN = 20;

export function startRecord(versions: ScoreVersions): TrackRecord {
  return { calibration: startCalibration(versions), probabilities: [], ys: [], judged: 0, blocks: [] };
}

/** The record after one more outcome, in the order in which they became known. See {@link observeOutcome} for what it costs. */
export function judgeOutcome(record: TrackRecord, outcome: Outcome): TrackRecord {
  const { champion } = record.calibration;
  const calibration = observeOutcome(record.calibration, outcome);
  if (champion === null) return { ...record, calibration };
  const probabilities = [...record.probabilities.slice(1 - JUDGED), probabilityAt(champion.curve, outcome.score)];
  const ys = [...record.ys.slice(1 - JUDGED), outcome.y];
  const judged = record.judged + 1;
  if (judged % BLOCK !== 0) return { ...record, calibration, probabilities, ys, judged };
  const [ps, known] = [probabilities.slice(-BLOCK), ys.slice(-BLOCK)];
  const block = {
    at: outcome.at,
    seen: calibration.seen,
    brier: brier(ps, known),
    logLoss: logLoss(ps, known),
    frequency: known.filter((y) => y === 1).length / BLOCK,
  };
  return { calibration, probabilities, ys, judged, blocks: [...record.blocks.slice(1 - BLOCKS), block] };
}

/** What is known of a slider's probabilities: for a reliability diagram, a course over time and an audit trail. */
export interface SliderCalibration {
  readonly slider: string;
  readonly versions: ScoreVersions;
  /** The kind of the curve in force; 'none' before 100 outcomes. */
  readonly calibration: 'none' | CurveKind;
  /** The curve itself, for `score(item, { calibrators })` or to draw it; null before there is one. */
  readonly calibrator: Calibrator | null;
  /** Outcomes ever. */
  readonly outcomes: number;
  /** Outcomes that a curve foretold, the newest 1,000 of them: what the measures below rest on. */
  readonly judged: number;
  /** Means over those; null without any. Log loss in nats. */
  readonly brier: number | null;
  readonly logLoss: number | null;
  /** The debiased calibration error, with the outcomes and bins it rests on. */
  readonly error: CalibrationError;
  /** Lowest probability first. */
  readonly reliability: readonly ReliabilityPoint[];
  /** A point for every 50 judged outcomes, oldest first. */
  readonly course: readonly TrackBlock[];
  /** The last 50 decisions, oldest first. */
  readonly trail: readonly CalibrationDecision[];
}

/** The record as the site reads it. */
export function readRecord(slider: string, record: TrackRecord): SliderCalibration {
  const { calibration, probabilities, ys, blocks } = record;
  const { versions, champion, seen, trail } = calibration;
  const bins = Math.max(1, Math.min(BINS, Math.floor(ys.length / PER_BIN)));
  return {
    slider,
    versions,
    calibration: champion?.curve.kind ?? 'none',
    calibrator: champion,
    outcomes: seen,
    judged: ys.length,
    brier: ys.length === 0 ? null : brier(probabilities, ys),
    logLoss: ys.length === 0 ? null : logLoss(probabilities, ys),
    error: debiasedEce(probabilities, ys, bins),
    reliability: reliability(probabilities, ys, bins),
    course: blocks,
    trail,
  };
}
