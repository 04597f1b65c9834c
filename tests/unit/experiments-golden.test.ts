import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { logBeta } from '../../src/core/log-gamma.js';
import { uniformOf } from '../../src/core/uniform.js';
import { judge } from '../../src/lab/experiments/judge.js';
import { judgeLists } from '../../src/lab/experiments/lists.js';
import { betaMixture, coinVariance, normalMixture } from '../../src/lab/experiments/mixtures.js';
import golden from '../golden/experiments.json' with { type: 'json' };

type Rows = readonly (readonly number[])[];

describe('as SciPy and scikit-learn have it', () => {
  test('a text’s uniform number is its MurmurHash3', () => {
    for (const [text, value] of golden.uniform as [string, number][]) expect(uniformOf(text), text).toBe(value);
  });

  test('the logarithm of the beta function', () => {
    for (const [a, b, value] of golden.logBeta as Rows)
      expect(logBeta(a!, b!)).toBeAllclose(value!, { rtol: 1e-12, atol: 1e-8 });
  });

  test('the normal and the beta mixture are the integrals they stand for', () => {
    for (const [sum, variance, rho, value] of golden.normal as Rows) {
      expect(normalMixture(sum!, variance!, rho!)).toBeAllclose(value!, { atol: 1e-8 });
    }
    for (const [heads, tails, p, kappa, value] of golden.beta as Rows) {
      expect(betaMixture(heads!, tails!, p!, kappa!)).toBeAllclose(value!, { atol: 1e-8 });
    }
  });

  test('a coin’s variance is the least that bounds its moments', () => {
    for (const [p, value] of golden.coin as Rows) expect(coinVariance(p!)).toBeAllclose(value!, { rtol: 1e-5 });
  });

  test('the shares of won lists that are not ruled out', () => {
    for (const [a, b, lists, [low, high, pValue]] of golden.lists as unknown as [number, number, number, number[]][]) {
      const found = judgeLists({ experiment: 'x', lists: a + b, a, b }, { lists });
      expect([found.share.low, found.share.high]).toBeAllclose([low!, high!], { atol: 1e-9 });
      expect(found.pValue).toBeAllclose(pValue!, { rtol: 1e-8 });
    }
  });

  test('the differences of arms that are not ruled out, from sums where SciPy has every person', () => {
    for (const { share, deviation, people, range, control, arm, low_high_p: expected } of golden.difference) {
      const counts = ([n, sum, square]: number[]) => ({ people: n!, sums: { y: sum! }, squares: { y: square! } });
      const [verdict] = judge(
        {
          experiment: { id: 'x', arms: ['now', 'next'], weights: [1 - share, share] },
          windowMs: 1,
          people,
          goal: { name: 'y', value: () => 0, range: range as [number, number], wanted: 'more', deviation },
        },
        { experiment: 'x', arms: { now: counts(control), next: counts(arm) } },
      );
      const { difference, pValue } = verdict!.effects[0]!;
      expect([difference.low, difference.high, pValue]).toBeAllclose(expected, { rtol: 1e-8, atol: 1e-9 });
      expect(difference.value).toBeAllclose(arm[1]! / arm[0]! - control[1]! / control[0]!, { atol: 1e-12 });
    }
  });
});
