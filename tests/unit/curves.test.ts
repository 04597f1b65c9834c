import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { applyIsotonic, fitIsotonic } from '../../src/core/isotonic.js';
import { applyPlatt, fitPlatt } from '../../src/core/platt.js';
import { fitRanked } from '../../src/core/ranked.js';
import { rankScores } from '../../src/core/ranks.js';
import { fitRising } from '../../src/core/rising.js';
import { fitSteps } from '../../src/core/staircases.js';
import { applyTemperature, fitTemperature } from '../../src/core/temperature.js';

describe('Platt scaling', () => {
  test('of nothing is ½ everywhere', () => {
    const fitted = fitPlatt([], []);
    expect([-1e6, 0, 1e6].map((score) => applyPlatt(fitted, score))).toEqual([0.5, 0.5, 0.5]);
  });

  test('of one positive outcome is its smoothed target, 2/3, everywhere', () => {
    const fitted = fitPlatt([7], [1]);
    expect([-1e6, 7, 1e6].map((score) => applyPlatt(fitted, score))).toBeAllclose([2 / 3, 2 / 3, 2 / 3], {
      atol: 1e-9,
    });
  });

  test('of equal scores is the mean of the smoothed targets', () => {
    const fitted = fitPlatt([3, 3, 3, 3], [1, 0, 0, 0]);
    expect(applyPlatt(fitted, 3)).toBeAllclose((2 / 3 + 3 / 5) / 4, { atol: 1e-9 });
    expect(applyPlatt(fitted, 99)).toBe(applyPlatt(fitted, 3));
  });

  test('of one class is (n + 1)/(n + 2), or what is left of 1', () => {
    expect(applyPlatt(fitPlatt([1, 2, 3], [1, 1, 1]), 1e3)).toBeAllclose(4 / 5, { atol: 1e-9 });
    expect(applyPlatt(fitPlatt([1, 2, 3], [0, 0, 0]), -5)).toBeAllclose(1 / 5, { atol: 1e-9 });
  });

  test('of classes that a threshold separates stays finite, and reaches the smoothed targets only', () => {
    const fitted = fitPlatt([-2, -1, 1, 2], [0, 0, 1, 1]);
    expect(fitted.slope).toBeLessThan(100);
    expect(applyPlatt(fitted, 1)).toBeLessThan(0.9);
    expect(applyPlatt(fitted, 1)).toBeGreaterThan(0.6);
  });

  test('keeps apart scores that differ in the ninth digit only', () => {
    const outcomes = [0, 1, 0, 1, 1];
    const near = fitPlatt([-2, -1, 0, 1, 2], outcomes);
    const far = fitPlatt(
      [-2, -1, 0, 1, 2].map((x) => 1e9 + x),
      outcomes,
    );
    expect(applyPlatt(far, 1e9 + 1)).toBeAllclose(applyPlatt(near, 1), { rtol: 1e-9 });
  });

  test('falls where outcomes fall', () => {
    expect(fitPlatt([1, 2, 3, 4], [1, 1, 0, 0]).slope).toBeLessThan(0);
  });

  test('takes outcomes of weight 0 as not there', () => {
    const fitted = fitPlatt([1, 2, 3, 1e6], [0, 1, 1, 0], [1, 1, 1, 0]);
    expect(applyPlatt(fitted, 2)).toBeAllclose(applyPlatt(fitPlatt([1, 2, 3], [0, 1, 1]), 2), { rtol: 1e-9 });
  });
});

describe('temperature scaling', () => {
  test.each([
    ['of nothing', [], []],
    ['of logits all 0', [0, 0, 0], [1, 0, 1]],
    ['of logits right beyond doubt', [1e6, -1e6], [1, 0]],
  ])('%s leaves logits as they are', (_, logits, outcomes) => {
    expect(fitTemperature(logits, outcomes)).toEqual({ temperature: 1 });
  });

  test('is coldest for logits that are always right and hottest for ones that are always wrong', () => {
    expect(fitTemperature([1, -1, 2], [1, 0, 1])).toEqual({ temperature: 0.05 });
    expect(fitTemperature([1, -1, 2], [0, 1, 0])).toEqual({ temperature: 20 });
    expect(fitTemperature([1e6, -1e6, 1e6], [0, 1, 1])).toEqual({ temperature: 20 });
  });

  test('finds the temperature in closed form where there is one', () => {
    // four outcomes at logit 2, three positive: sigmoid(2/T) = 3/4
    const { temperature } = fitTemperature([2, 2, 2, 2], [1, 1, 1, 0]);
    expect(temperature).toBeAllclose(2 / Math.log(3), { rtol: 1e-9 });
    expect(applyTemperature({ temperature }, 2)).toBeAllclose(0.75, { rtol: 1e-9 });
  });

  test('moves no logit of 0', () => {
    expect(applyTemperature({ temperature: 7 }, 0)).toBe(0.5);
  });
});

describe('isotonic regression', () => {
  test('of nothing is ½ everywhere, of one point that point everywhere', () => {
    expect(applyIsotonic(fitIsotonic([], []), 3)).toBe(0.5);
    const one = fitIsotonic([2], [1]);
    expect([-9, 2, 9].map((score) => applyIsotonic(one, score))).toEqual([1, 1, 1]);
  });

  test('merges ties into their weighted mean', () => {
    const fitted = fitIsotonic([1, 1, 2], [0, 1, 1], [3, 1, 1]);
    expect(fitted).toEqual({ scores: [1, 2], probabilities: [0.25, 1] });
  });

  test('pools what falls, goes straight between corners and level outside them', () => {
    const fitted = fitIsotonic([4, 3, 2, 1], [1, 0, 1, 0]);
    expect(fitted).toEqual({ scores: [1, 2, 3, 4], probabilities: [0, 0.5, 0.5, 1] });
    expect([0, 1, 1.5, 2.5, 3.25, 9].map((score) => applyIsotonic(fitted, score))).toEqual([0, 0, 0.25, 0.5, 0.625, 1]);
  });

  test('pools levels that the outcomes do not tell apart, the closest first, when they have a price', () => {
    const scores = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3];
    const outcomes = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    // likelihood ratios: 1.53 between the first two levels, 15.9 from there to the third
    expect(fitIsotonic(scores, outcomes).probabilities).toEqual([0, 0.25, 1]);
    expect(fitIsotonic(scores, outcomes, undefined, 1).probabilities).toEqual([0, 0.25, 1]);
    expect(fitIsotonic(scores, outcomes, undefined, 4)).toEqual({
      scores: [1, 2, 3],
      probabilities: [0.125, 0.125, 1],
    });
    expect(fitIsotonic(scores, outcomes, undefined, 99).probabilities).toEqual([9 / 16, 9 / 16]);
  });
});

describe('a ranked curve', () => {
  test('of nothing is ½ everywhere, of one positive outcome its smoothed target', () => {
    expect(applyIsotonic(fitRanked(rankScores([], [])), 3)).toBe(0.5);
    expect(applyIsotonic(fitRanked(rankScores([7], [1])), -1)).toBeAllclose(2 / 3, { atol: 1e-9 });
  });

  test('is Platt scaling of normal scores', () => {
    // shares 1/8, 3/8, 5/8, 7/8 of four different scores, and 1/4, 3/4 of two pairs
    const outcomes = [0, 1, 0, 1];
    const normals = [-1.1503493804, -0.3186393639, 0.3186393639, 1.1503493804];
    const platt = fitPlatt(normals, outcomes);
    const { scores, probabilities } = fitRanked(rankScores([-1, 0, 1, 1000], outcomes));
    expect(scores).toEqual([-1, 0, 1, 1000]);
    expect(probabilities).toBeAllclose(
      normals.map((x) => applyPlatt(platt, x)),
      { atol: 2e-4 },
    );
    const pairs = fitPlatt([-0.6744897502, -0.6744897502, 0.6744897502, 0.6744897502], [0, 0, 1, 0]);
    expect(fitRanked(rankScores([5, 5, 6, 6], [0, 0, 1, 0])).probabilities[1]).toBeAllclose(
      applyPlatt(pairs, 0.6744897502),
      {
        atol: 2e-4,
      },
    );
  });

  test('is level where outcomes seem to fall', () => {
    const { probabilities } = fitRanked(rankScores([1, 2, 3, 4], [1, 1, 0, 0]));
    expect(new Set(probabilities).size).toBe(1);
  });

  test('has at most 64 corners, both ends among them', () => {
    const scores = Array.from({ length: 300 }, (_, i) => i * i);
    const outcomes = scores.map((_, i) => (i % 7 < i / 60 ? 1 : 0));
    const fitted = fitRanked(rankScores(scores, outcomes));
    expect(fitted.scores).toHaveLength(64);
    expect([fitted.scores[0], fitted.scores.at(-1)]).toEqual([0, 299 ** 2]);
  });
});

describe('a rising curve', () => {
  test('of nothing is ½ everywhere, of one positive outcome its smoothed target', () => {
    expect(applyIsotonic(fitRising(rankScores([], [])), 3)).toBe(0.5);
    expect(applyIsotonic(fitRising(rankScores([7], [1])), -1)).toBeAllclose(2 / 3, { atol: 1e-9 });
  });

  test('is level where outcomes fall, at the mean of their targets', () => {
    const { probabilities } = fitRising(rankScores([1, 2, 3, 4], [1, 1, 0, 0]));
    expect(probabilities).toBeAllclose([0.5, 0.5, 0.5, 0.5], { atol: 1e-9 });
  });

  test('goes from one level to another, which no logistic curve does', () => {
    // a tenth of 200 positive, then six tenths
    const scores = Array.from({ length: 400 }, (_, i) => i);
    const outcomes = scores.map((i) => (i % 10 < (i < 200 ? 1 : 6) ? 1 : 0));
    const at = (share: number): number => applyIsotonic(fitRising(rankScores(scores, outcomes)), 400 * share);
    expect([0.05, 0.3, 0.7, 0.95].map(at)).toBeAllclose([0.1, 0.1, 0.6, 0.6], { atol: 0.04 });
    const platt = fitPlatt(scores, outcomes);
    expect(applyPlatt(platt, 380) - applyPlatt(platt, 280)).toBeGreaterThan(0.1);
  });
});

describe('the mean of all staircases', () => {
  test('of nothing is ½ everywhere, of one positive outcome (k + 1)/(n + 2)', () => {
    expect(applyIsotonic(fitSteps(rankScores([], [])), 3)).toBe(0.5);
    expect(applyIsotonic(fitSteps(rankScores([7], [1])), -1)).toBeAllclose(2 / 3, { atol: 1e-12 });
  });

  test('of a refusal and an act is 0.4 and 0.6, counted on paper', () => {
    // one level: B(2, 2) = 1/6, and ½ for both; two: B(1, 2)·B(2, 1) = 1/4, and 1/3, 2/3; alike likely beforehand
    expect(fitSteps(rankScores([1, 2], [0, 1]))).toEqual({
      scores: [1, 2],
      probabilities: [expect.closeTo(0.4, 12), expect.closeTo(0.6, 12)],
    });
  });

  test('is pooled where it falls', () => {
    expect(fitSteps(rankScores([1, 2], [1, 0])).probabilities).toBeAllclose([0.5, 0.5], { atol: 1e-12 });
  });

  test('knows a step to about an outcome, and says half of it there', () => {
    const scores = Array.from({ length: 60 }, (_, i) => i);
    const { probabilities } = fitSteps(
      rankScores(
        scores,
        scores.map((i) => (i < 30 ? 0 : 1)),
      ),
    );
    expect([probabilities[20], probabilities[40]]).toBeAllclose([1 / 32, 31 / 32], { atol: 0.01 });
    expect(probabilities[29]! + probabilities[30]!).toBeAllclose(1, { atol: 1e-9 });
  });

  test('of thousands of outcomes, of which each weighs much, stays within (0, 1)', () => {
    const scores = Array.from({ length: 3000 }, (_, i) => i / 7);
    const outcomes = scores.map((_, i) => (i < 1500 ? 0 : 1));
    const { probabilities } = fitSteps(
      rankScores(
        scores,
        outcomes,
        scores.map(() => 1e5 + 0.5),
      ),
    );
    expect(probabilities).toHaveLength(64);
    expect([probabilities[0]! > 0, probabilities[63]! < 1]).toEqual([true, true]);
    expect([probabilities[20], probabilities[40]]).toBeAllclose([0, 1], { atol: 1e-6 });
  });
});
