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

/** The record after some more outcomes, in the order in which they became known. See {@link observeOutcome} for what each costs. */
export function judgeOutcomes(record: TrackRecord, outcomes: readonly Outcome[]): TrackRecord {
  let { calibration, judged } = record;
  const [probabilities, ys, blocks] = [[...record.probabilities], [...record.ys], [...record.blocks]];
  for (const outcome of outcomes) {
    const { champion } = calibration;
    calibration = observeOutcome(calibration, outcome);
    if (champion === null) continue;
    probabilities.push(probabilityAt(champion.curve, outcome.score));
    ys.push(outcome.y);
    judged++;
    if (judged % BLOCK === 0)
      blocks.push(blockOf(probabilities.slice(-BLOCK), ys.slice(-BLOCK), outcome.at, calibration.seen));
  }
  return {
    calibration,
    probabilities: probabilities.slice(-JUDGED),
    ys: ys.slice(-JUDGED),
    judged,
    blocks: blocks.slice(-BLOCKS),
  };
}

function blockOf(probabilities: readonly number[], ys: readonly (0 | 1)[], at: number, seen: number): TrackBlock {
  const frequency = ys.filter((y) => y === 1).length / BLOCK;
  return { at, seen, brier: brier(probabilities, ys), logLoss: logLoss(probabilities, ys), frequency };
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
