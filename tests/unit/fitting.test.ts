import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { seeded } from '../../src/core/random.js';
import { checkCalibrator, probabilityAt } from '../../src/domain/calibrator.js';
import {
  chooseMixture,
  type CurveFit,
  fitMixture,
  heldOutLosses,
  kindOf,
  meanLoss,
  type Mixture,
} from '../../src/domain/fitting.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { drawOutcomes, sigmoidal, stepped, type Truth, wrongLogits } from '../truths.js';

const drawn = (truth: Truth, n: number, seed = 1): Outcome[] => drawOutcomes(truth, seeded(seed), n);
const all = (fit: CurveFit): Mixture => [{ fit, share: 1 }];
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const FITS: readonly CurveFit[] = ['platt', 'temperature', 'ranked', 'rising', 'steps', 'isotonic'];

describe('the kind of a curve', () => {
  test('is chosen from 50 outcomes on; ramps and levels count from 200 on', () => {
    expect(chooseMixture(drawn(sigmoidal(0.2), 49))).toBeUndefined();
    expect(chooseMixture(drawn(sigmoidal(0.2), 50))).toEqual(all('platt'));
    const steps = stepped([0.05, 0.95], [0.5]);
    const fits = (n: number): CurveFit[] => chooseMixture(drawn(steps, n))!.map(({ fit }) => fit);
    expect(fits(199).filter((fit) => !['platt', 'temperature', 'ranked'].includes(fit))).toEqual([]);
    expect(fits(200)).toContain('isotonic');
  });

  test('is mostly temperature for log-odds that are only too large, one with an intercept for ones that are moved as well', () => {
    const chosen = (truth: Truth, fit: CurveFit): number =>
      SEEDS.filter((seed) =>
        chooseMixture(drawn(truth, 300, seed))!.some((part) => part.fit === fit && part.share > 0.2),
      ).length;
    expect(chosen(wrongLogits(3), 'temperature')).toBeGreaterThan(4);
    expect(chosen(wrongLogits(3, -1.5), 'temperature')).toBe(0);
    expect(chosen(wrongLogits(3, -1.5), 'platt')).toBeGreaterThan(4);
  });

  test('is Platt’s or temperature’s own where that foretells best what it was not fitted on', () => {
    const outcomes = drawn(sigmoidal(0.2), 300);
    const losses = FITS.map((fit) => meanLoss(heldOutLosses(all(fit), outcomes), outcomes));
    expect(Math.min(...losses)).toBe(losses[0]);
    expect(chooseMixture(outcomes)).toEqual(all('platt'));
    expect(fitMixture(all('platt'), outcomes).kind).toBe('platt');
  });

  test('is isotonic, smooth instead of in levels, for odds that rise along a skewed scale', () => {
    const skewed: Truth = {
      name: 'skewed',
      score: (random) => Math.exp(5 * sigmoidal(0.3).score(random)),
      probability: (x) => sigmoidal(0.3).probability(Math.log(x) / 5),
    };
    const mixtures = SEEDS.map((seed) => chooseMixture(drawn(skewed, 300, seed))!);
    const most = mixtures.filter((mixture) => mixture.some(({ fit, share }) => fit === 'ranked' && share > 0.5));
    expect(most.length).toBeGreaterThan(6);
    expect(mixtures.map(kindOf)).toEqual(SEEDS.map(() => 'isotonic'));
  });
});

describe('a mixture', () => {
  const outcomes = drawn(stepped([0.1, 0.9], [0]), 300);
  const mixture = chooseMixture(outcomes)!;

  test('shares by the likelihood of outcomes that its curves were not fitted on', () => {
    const losses = FITS.map((fit) => 300 * meanLoss(heldOutLosses(all(fit), outcomes), outcomes));
    const share = (fit: CurveFit): number => mixture.find((part) => part.fit === fit)?.share ?? 0;
    const odds = Math.exp(losses[FITS.indexOf('steps')]! - losses[FITS.indexOf('isotonic')]!);
    expect(share('isotonic') / share('steps')).toBeAllclose(odds, { rtol: 1e-9 });
    expect(share('platt')).toBe(0); // below a thousandth
    expect(mixture.reduce((sum, part) => sum + part.share, 0)).toBeAllclose(1, { rtol: 1e-12 });
  });

  test('is the mean of its curves at the outcomes’ scores and at the ends of levels', () => {
    const curve = fitMixture(mixture, outcomes);
    const levels = fitMixture(all('isotonic'), outcomes);
    if (curve.kind !== 'isotonic' || levels.kind !== 'isotonic') throw new Error('isotonic ones');
    expect(levels.scores.every((score) => curve.scores.includes(score))).toBe(true);
    const parts = mixture.map(({ fit, share }) => ({ own: fitMixture(all(fit), outcomes), share }));
    const means = curve.scores.map((score) =>
      parts.reduce((sum, { own, share }) => sum + share * probabilityAt(own, score), 0),
    );
    expect(curve.probabilities).toBeAllclose(means, { atol: 1e-12 });
    expect(curve.scores.length).toBeLessThan(80);
  });

  test('never falls, though one of its curves does', () => {
    const falling = outcomes.map((one, i): Outcome => ({ ...one, y: i % 2 === 0 ? 1 : one.score > 0 ? 0 : 1 }));
    const curve = fitMixture(
      [
        { fit: 'platt', share: 0.9 },
        { fit: 'isotonic', share: 0.1 },
      ],
      falling,
    );
    expect(fitMixture(all('platt'), falling)).toMatchObject({ slope: expect.toSatisfy((slope: number) => slope < 0) });
    const versions = { model: 'm', slider: 's', statistics: 'plain' };
    expect(() => checkCalibrator({ versions, curve, outcomes: 300, fittedAt: 1 })).not.toThrow();
  });
});

describe('held-out losses', () => {
  const outcomes = drawOutcomes(sigmoidal(0.3), seeded(4), 60);
  const turned = (at: number): Outcome[] =>
    outcomes.map((one, i) => (i === at ? { ...one, y: one.y === 1 ? 0 : 1 } : one));

  test.each([0, 7, 31, 59])('know nothing of their outcome (%i)', (i) => {
    // the two truths of one outcome are given probabilities that sum to 1: the same curve spoke in both worlds
    const [one, other] = [heldOutLosses(all('platt'), outcomes)[i]!, heldOutLosses(all('platt'), turned(i))[i]!];
    expect(Math.exp(-one) + Math.exp(-other)).toBeAllclose(1, { atol: 1e-9 });
  });

  test('of the newest outcomes only are found with all older ones known', () => {
    const newest = heldOutLosses(all('platt'), outcomes, 50);
    expect(newest).toHaveLength(10);
    const aware = heldOutLosses(all('platt'), turned(3), 50);
    expect(newest.every((loss, i) => loss !== aware[i])).toBe(true);
  });

  test('do not mistake a page of five places, one of them clicked, for five kinds of outcomes', () => {
    const outcomes = Array.from({ length: 200 }, (_, i): Outcome => ({ score: 1, y: i % 5 === 0 ? 1 : 0, at: i }));
    const entropy = -(0.2 * Math.log(0.2) + 0.8 * Math.log(0.8));
    expect(meanLoss(heldOutLosses(all('platt'), outcomes), outcomes)).toBeAllclose(entropy, { atol: 0.01 });
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
