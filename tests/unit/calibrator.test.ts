import { describe, expect, test } from 'vitest';
import '../allclose.js';
import {
  type Calibrator,
  checkCalibrator,
  chooseFit,
  fitCurve,
  heldOutLosses,
  isBound,
  kindOf,
  meanLoss,
} from '../../src/domain/calibrator.js';
import { checkOutcome, type Outcome } from '../../src/domain/outcome.js';
import { seeded } from '../../src/core/random.js';
import { drawOutcomes, sigmoidal, stepped, type Truth, wrongLogits } from '../truths.js';

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
    expect(chooseFit(drawn(sigmoidal(0.2), 49))).toBeUndefined();
    expect(chooseFit(drawn(sigmoidal(0.2), 50))).toBe('platt');
    const steps = stepped([0.05, 0.95], [0.5]);
    expect(chooseFit(drawn(steps, 199))).not.toBe('isotonic');
    expect(chooseFit(drawn(steps, 200))).toBe('isotonic');
  });

  test('is mostly temperature for log-odds that are only too large, one with an intercept for ones that are moved as well', () => {
    const chosen = (truth: Truth, kind: string): number =>
      [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((seed) => chooseFit(drawn(truth, 300, seed)) === kind).length;
    expect(chosen(wrongLogits(3), 'temperature')).toBeGreaterThan(4);
    const moved = wrongLogits(3, -1.5);
    expect(chosen(moved, 'platt') + chosen(moved, 'ranked')).toBeGreaterThan(7);
  });

  test('is isotonic, smooth instead of in levels, for odds that rise along a skewed scale', () => {
    const skewed: Truth = {
      name: 'skewed',
      score: (random) => Math.exp(5 * sigmoidal(0.3).score(random)),
      probability: (x) => sigmoidal(0.3).probability(Math.log(x) / 5),
    };
    const fits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((seed) => chooseFit(drawn(skewed, 300, seed)));
    expect(fits.filter((fit) => fit === 'ranked').length).toBeGreaterThan(6);
    expect(kindOf('ranked')).toBe('isotonic');
    expect(fitCurve('ranked', drawn(skewed, 100)).kind).toBe('isotonic');
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
