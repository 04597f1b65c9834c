import { describe, expect, test } from 'vitest';
import '../allclose.js';
import {
  type Calibrator,
  checkCalibrator,
  chooseKind,
  fitCurve,
  heldOutLosses,
  isBound,
  meanLoss,
  probabilityAt,
} from '../../src/domain/calibrator.js';
import { checkOutcome, type Outcome } from '../../src/domain/outcome.js';
import { seeded } from '../semantic/catalogue.js';
import { SOAK } from '../soak.js';
import { drawOutcomes, flat, sigmoidal, stepped, type Truth, wrongLogits } from '../truths.js';

const invalid = expect.objectContaining({ name: 'AttuneError', code: 'input/invalid' });

describe('an outcome', () => {
  const sound = { score: 0.2, y: 1 as const, at: 5 };

  test('is taken with its score, its truth, its time and its weight, and nothing else', () => {
    expect(checkOutcome(sound)).toEqual(sound);
    expect(checkOutcome({ ...sound, weight: 2, text: 'secret' } as Outcome)).toEqual({ ...sound, weight: 2 });
  });

  test.each([
    ['no object', null],
    ['a score that is no number', { ...sound, score: NaN }],
    ['an infinite score', { ...sound, score: -Infinity }],
    ['a score beyond any score', { ...sound, score: 1e300 }],
    ['a score in text', { ...sound, score: '0.2' }],
    ['a truth between 0 and 1', { ...sound, y: 0.5 }],
    ['a truth in words', { ...sound, y: true }],
    ['no time', { ...sound, at: NaN }],
    ['a weight of 0', { ...sound, weight: 0 }],
    ['a weight that is no number', { ...sound, weight: NaN }],
    ['a weight that would be the fit', { ...sound, weight: 1e9 }],
  ])('is refused with %s', (_, value) => {
    expect(() => checkOutcome(value as Outcome)).toThrow(invalid);
  });
});

describe('the kind of a curve', () => {
  const drawn = (truth: Truth, n: number, seed = 1): Outcome[] => drawOutcomes(truth, seeded(seed), n);

  test('is chosen from 50 outcomes on, isotonic from 200', () => {
    expect(chooseKind(drawn(sigmoidal(0.2), 49))).toBeUndefined();
    expect(chooseKind(drawn(sigmoidal(0.2), 50))).toBe('platt');
    const steps = stepped([0.05, 0.95], [0.5]);
    expect(chooseKind(drawn(steps, 199))).not.toBe('isotonic');
    expect(chooseKind(drawn(steps, 200))).toBe('isotonic');
  });

  test('is mostly temperature for log-odds that are only too large, Platt for ones that are moved as well', () => {
    const chosen = (truth: Truth, kind: string): number =>
      [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((seed) => chooseKind(drawn(truth, 300, seed)) === kind).length;
    expect(chosen(wrongLogits(3), 'temperature')).toBeGreaterThan(4);
    expect(chosen(wrongLogits(3, -1.5), 'platt')).toBeGreaterThan(6);
  });

  test('is the one of least loss on outcomes that its curves were not fitted on', () => {
    const outcomes = drawn(stepped([0.1, 0.9], [0]), 300);
    const losses = (['platt', 'temperature', 'isotonic'] as const).map((kind) =>
      meanLoss(heldOutLosses(kind, outcomes), outcomes),
    );
    expect(Math.min(...losses)).toBe(losses[2]);
  });
});

describe('held-out losses', () => {
  const outcomes = drawOutcomes(sigmoidal(0.3), seeded(4), 60);
  const turned = (at: number): Outcome[] =>
    outcomes.map((one, i) => (i === at ? { ...one, y: one.y === 1 ? 0 : 1 } : one));

  test.each([0, 7, 31, 59])('know nothing of their outcome (%i)', (i) => {
    // the two truths of one outcome are given probabilities that sum to 1: the same curve spoke in both worlds
    const [one, other] = [heldOutLosses('platt', outcomes)[i]!, heldOutLosses('platt', turned(i))[i]!];
    expect(Math.exp(-one) + Math.exp(-other)).toBeAllclose(1, { atol: 1e-9 });
  });

  test('of the newest outcomes only are found with all older ones known', () => {
    const newest = heldOutLosses('platt', outcomes, 50);
    expect(newest).toHaveLength(10);
    const aware = heldOutLosses('platt', turned(3), 50);
    expect(newest.every((loss, i) => loss !== aware[i])).toBe(true);
  });

  test('do not mistake a page of five places, one of them clicked, for five kinds of outcomes', () => {
    const outcomes = Array.from({ length: 200 }, (_, i): Outcome => ({ score: 1, y: i % 5 === 0 ? 1 : 0, at: i }));
    const entropy = -(0.2 * Math.log(0.2) + 0.8 * Math.log(0.8));
    expect(meanLoss(heldOutLosses('platt', outcomes), outcomes)).toBeAllclose(entropy, { atol: 0.01 });
  });
});

test('losses are averaged by the outcomes’ weights', () => {
  expect(
    meanLoss(
      [1, 2],
      [
        { score: 0, y: 1, at: 0, weight: 3 },
        { score: 0, y: 0, at: 0 },
      ],
    ),
  ).toBe(1.25);
});

describe('a calibrator', () => {
  const versions = { model: 'm', slider: 's', statistics: 'plain' };
  const curve = { kind: 'platt', slope: 1, centre: 0, intercept: 0 } as const;
  const sound: Calibrator = { versions, curve, outcomes: 100, fittedAt: 5 };

  test('is bound to one model, one slider and one set of statistics', () => {
    expect(isBound(sound, { ...versions })).toBe(true);
    for (const name of ['model', 'slider', 'statistics']) {
      expect(isBound(sound, { ...versions, [name]: 'other' })).toBe(false);
    }
  });

  test.each([
    ['platt', curve],
    ['temperature', { kind: 'temperature', temperature: 2 }],
    ['isotonic', { kind: 'isotonic', scores: [1, 2], probabilities: [0.1, 0.2] }],
  ])('with a sound %s curve is taken', (_, curve) => {
    expect(() => checkCalibrator({ ...sound, curve } as Calibrator)).not.toThrow();
  });

  test.each([
    ['nothing', undefined],
    ['no versions', { curve }],
    ['no curve', { versions }],
    ['a curve of another kind', { versions, curve: { kind: 'spline' } }],
    ['a slope that is no number', { versions, curve: { ...curve, slope: NaN } }],
    ['a temperature of 0', { versions, curve: { kind: 'temperature', temperature: 0 } }],
    ['a probability above 1', { versions, curve: { kind: 'isotonic', scores: [1], probabilities: [1.5] } }],
    ['probabilities that fall', { versions, curve: { kind: 'isotonic', scores: [1, 2], probabilities: [0.5, 0.4] } }],
    ['scores without probabilities', { versions, curve: { kind: 'isotonic', scores: [1], probabilities: [] } }],
    ['lists that are none', { versions, curve: { kind: 'isotonic', scores: '12', probabilities: '00' } }],
  ])('with %s is refused', (_, value) => {
    expect(() => checkCalibrator(value as Calibrator)).toThrow(invalid);
  });
});

describe('after 300 outcomes, on 20,000 fresh draws,', () => {
  /** Mean |p̂ − p| of the chosen curve, over seeds. */
  function meanError(truth: Truth, seeds: number): number {
    const fresh = seeded(99);
    const scores = Array.from({ length: 20_000 }, () => truth.score(fresh));
    const known = scores.map(truth.probability);
    let sum = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const outcomes = drawOutcomes(truth, seeded(104_729 * seed), 300);
      const curve = fitCurve(chooseKind(outcomes)!, outcomes);
      sum += scores.reduce((error, score, i) => error + Math.abs(probabilityAt(curve, score) - known[i]!), 0);
    }
    return sum / seeds / scores.length;
  }
  const seeds = SOAK === 1 ? 12 : 500;
  const hardest = [
    sigmoidal(0.2),
    sigmoidal(0.35, 0.8),
    wrongLogits(3),
    wrongLogits(0.3),
    stepped([0.05, 0.45], [0.3]),
    stepped([0.2, 0.8], [0.5]),
    stepped([0.02, 0.1, 0.3], [-0.4, 0.4]),
  ];
  const staircases = [
    stepped([0.1, 0.5, 0.9], [-0.4, 0.4]),
    stepped([0.1, 0.3, 0.5, 0.7, 0.9], [-0.6, -0.2, 0.2, 0.6]),
  ];
  const within = (bar: number, truth: Truth): void => {
    const error = meanError(truth, seeds);
    if (SOAK > 1) console.log(`${truth.name}: ${error.toFixed(4)} over ${seeds} seeds`);
    expect(error).toBeLessThanOrEqual(bar);
  };

  test.each([
    sigmoidal(0.05),
    sigmoidal(0.5),
    wrongLogits(3, -1.5),
    stepped([0.1, 0.9], [0]),
    flat(0.3),
    ...(SOAK > 1 ? hardest : []),
  ])('probabilities of $name are true to 0.04 on average', (truth) => within(0.04, truth));

  test.runIf(SOAK > 1).each(staircases)('those of $name miss that, and keep 0.06', (truth) => within(0.06, truth));
});
