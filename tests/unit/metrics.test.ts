import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { brier, debiasedEce, logLoss, logLossOf, reliability, wilson } from '../../src/core/metrics.js';
import { seeded } from '../../src/core/random.js';

test('Brier score and log loss are means by weight', () => {
  expect(brier([0.5, 1], [1, 0], [3, 1])).toBeAllclose((3 * 0.25 + 1) / 4, { rtol: 1e-12 });
  expect(logLoss([0.5, 0.25], [1, 0], [1, 3])).toBeAllclose((Math.LN2 + 3 * Math.log(4 / 3)) / 4, { rtol: 1e-12 });
});

test('a certain miss costs 34.5 nats, not infinitely many', () => {
  expect(logLossOf(0, 1)).toBeAllclose(34.538776, { atol: 1e-6 });
  expect(logLossOf(1, 0)).toBeAllclose(34.5388, { atol: 1e-2 });
  expect(logLossOf(1, 1)).toBeAllclose(0, { atol: 1e-14 });
});

test('there is no mean over nothing', () => {
  expect([brier([], []), logLoss([], [])]).toEqual([NaN, NaN]);
  expect(reliability([], [], 10)).toEqual([]);
  expect(debiasedEce([], [], 10)).toEqual({ ece: 0, squared: 0, n: 0, bins: 0 });
});

test('the Wilson interval of 8 in 10 is [0.4902, 0.9433], and none leaves [0, 1]', () => {
  const { low, high } = wilson(8, 10);
  expect([low, high]).toBeAllclose([0.490162, 0.943318], { atol: 1e-6 });
  expect(wilson(0, 5).low).toBe(0);
  expect(wilson(5, 5).high).toBe(1);
});

describe('a reliability diagram', () => {
  test('has bins of equal count, lowest probability first', () => {
    const points = reliability([0.9, 0.1, 0.3, 0.7, 0.2, 0.8], [1, 0, 1, 0, 0, 1], 3);
    expect(points.map(({ count }) => count)).toEqual([2, 2, 2]);
    expect(points.map(({ probability }) => probability)).toBeAllclose([0.15, 0.5, 0.85], { rtol: 1e-12 });
    expect(points.map(({ frequency }) => frequency)).toEqual([0, 0.5, 1]);
  });

  test('never parts equal probabilities, so that it does not depend on order', () => {
    const points = reliability([0.5, 0.5, 0.5, 0.5, 0.9], [1, 0, 1, 0, 1], 5);
    expect(points.map(({ count }) => count)).toEqual([4, 1]);
  });
});

describe('the debiased calibration error', () => {
  test('is the hand-computed one', () => {
    // bins (0.2: 1 of 4), (0.6: 3 of 4): ((0.05² − .1875/3) + (0.15² − .1875/3))/2
    const probabilities = [0.2, 0.2, 0.2, 0.2, 0.6, 0.6, 0.6, 0.6];
    const { squared, ece, n, bins } = debiasedEce(probabilities, [1, 0, 0, 0, 1, 1, 1, 0], 2);
    expect(squared).toBeAllclose((0.0025 - 0.0625 + 0.0225 - 0.0625) / 2, { atol: 1e-12 });
    expect([ece, n, bins]).toEqual([0, 8, 2]);
  });

  test('is 0 on average for true probabilities, where the plain one is not', () => {
    const random = seeded(7);
    let [debiased, plain] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const probabilities = Array.from({ length: 300 }, random);
      const outcomes = probabilities.map((p) => (random() < p ? 1 : 0));
      debiased += debiasedEce(probabilities, outcomes, 10).squared / 200;
      for (const { probability, frequency, count } of reliability(probabilities, outcomes, 10)) {
        plain += ((count / 300) * (probability - frequency) ** 2) / 200;
      }
    }
    expect(Math.abs(debiased)).toBeLessThan(5e-4);
    expect(plain).toBeGreaterThan(4e-3);
  });

  test('finds probabilities that are off by 0.1', () => {
    const random = seeded(8);
    const truth = Array.from({ length: 20_000 }, () => 0.1 + 0.7 * random());
    const outcomes = truth.map((p) => (random() < p ? 1 : 0));
    const { ece } = debiasedEce(
      truth.map((p) => p + 0.1),
      outcomes,
      15,
    );
    expect(ece).toBeAllclose(0.1, { atol: 0.01 });
  });
});
