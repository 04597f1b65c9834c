import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { brier, debiasedEce, logLoss } from '../../src/core/metrics.js';
import { type CalibrationState, observeOutcome, startCalibration } from '../../src/domain/calibration.js';
import { probabilityAt } from '../../src/domain/calibrator.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { judgeOutcomes, readRecord, startRecord } from '../../src/domain/track-record.js';
import { START } from '../one-hot.js';
import { seeded } from '../seeded.js';

const VERSIONS = { model: 'm', slider: 's', statistics: 'catalogue' };

function outcomes(count: number, seed = 3): Outcome[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, i) => {
    const score = random() * 4 - 2;
    return { score, y: random() < 1 / (1 + Math.exp(1 - score)) ? 1 : 0, at: START + i };
  });
}

const recordOf = (all: readonly Outcome[]): ReturnType<typeof startRecord> => judgeOutcomes(startRecord(VERSIONS), all);

describe('a track record', () => {
  test('judges nobody before there is a curve', () => {
    const before = readRecord('pace', recordOf(outcomes(100).slice(0, 99)));
    expect(before).toMatchObject({ calibration: 'none', calibrator: null, outcomes: 99, judged: 0 });
    expect(before).toMatchObject({ brier: null, logLoss: null, reliability: [], course: [], trail: [] });
    expect(before.error).toEqual({ ece: 0, squared: 0, n: 0, bins: 0 });
  });

  test('judges each outcome by the curve that was in force before it, not by the one it brought', () => {
    const all = outcomes(620);
    let state: CalibrationState = startCalibration(VERSIONS);
    const [ps, ys]: [number[], number[]] = [[], []];
    for (const outcome of all) {
      if (state.champion !== null) {
        ps.push(probabilityAt(state.champion.curve, outcome.score));
        ys.push(outcome.y);
      }
      state = observeOutcome(state, outcome);
    }
    const read = readRecord('pace', recordOf(all));
    expect(read).toMatchObject({ slider: 'pace', versions: VERSIONS, outcomes: 620, judged: 520 });
    expect([read.brier, read.logLoss]).toEqual([brier(ps, ys), logLoss(ps, ys)]);
    expect(read.error).toEqual(debiasedEce(ps, ys, 10));
    expect(read.reliability.reduce((sum, { count }) => sum + count, 0)).toBe(520);
    expect(read.calibrator).toEqual(state.champion);
    expect(read.trail).toEqual(state.trail);
    expect(read.trail.map(({ cause }) => cause)).toEqual(['first', 'growth']);
  });

  test('has a point for every fifty judged outcomes, over those alone', () => {
    const all = outcomes(260);
    const record = recordOf(all);
    const { course } = readRecord('pace', record);
    expect(course.map(({ seen, at }) => [seen, at - START])).toEqual([
      [150, 149],
      [200, 199],
      [250, 249],
    ]);
    const [ps, ys] = [record.probabilities.slice(50, 100), record.ys.slice(50, 100)];
    expect(course[1]).toMatchObject({ brier: brier(ps, ys), logLoss: logLoss(ps, ys) });
    expect(course[1]!.frequency).toBe(ys.filter((y) => y === 1).length / 50);
  });

  test('is the same outcome by outcome as all at once', () => {
    const all = outcomes(270);
    const singly = all.reduce((record, outcome) => judgeOutcomes(record, [outcome]), startRecord(VERSIONS));
    expect(singly).toEqual(recordOf(all));
  });

  test('keeps the newest thousand judgements and the whole course', () => {
    const record = recordOf(outcomes(1300));
    expect([record.probabilities.length, record.ys.length, record.judged]).toEqual([1000, 1000, 1200]);
    expect(readRecord('pace', record)).toMatchObject({ judged: 1000, outcomes: 1300 });
    expect(record.blocks).toHaveLength(24);
  });
});
