import { describe, expect, test } from 'vitest';
import { type Curve, probabilityAt } from '../../src/domain/calibrator.js';
import { chooseMixture, fitMixture } from '../../src/domain/fitting.js';
import { CALM, changedFor, type Watch, watchOutcome } from '../../src/domain/watch.js';
import type { Outcome } from '../../src/domain/outcome.js';
import { seeded } from '../../src/core/random.js';
import { SOAK } from '../soak.js';
import {
  always,
  drawOutcomes,
  type Family,
  flat,
  person,
  sigmoidal,
  stepped,
  type Truth,
  wrongLogits,
} from '../truths.js';

/** Outcomes until the watch calls; Infinity when it never does. */
function delay(curve: Curve, outcomes: readonly Outcome[]): number {
  let watch = CALM;
  for (const [i, { score, y }] of outcomes.entries()) {
    watch = watchOutcome(watch, probabilityAt(curve, score), y);
    if (changedFor(watch) > 0) return i + 1;
  }
  return Infinity;
}

/** How often it calls, begun anew after each call. */
function calls(curve: Curve, outcomes: readonly Outcome[]): number {
  let [watch, count] = [CALM, 0];
  for (const { score, y } of outcomes) {
    watch = watchOutcome(watch, probabilityAt(curve, score), y);
    if (changedFor(watch) > 0) [watch, count] = [CALM, count + 1];
  }
  return count;
}

function fitted(truth: Truth, random: () => number): Curve {
  const outcomes = drawOutcomes(truth, random, 300);
  return fitMixture(chooseMixture(outcomes)!, outcomes);
}

const after = (outcomes: readonly (0 | 1)[], p: number): Watch =>
  outcomes.reduce((watch, y) => watchOutcome(watch, p, y), CALM);

test('evidence for more is ln of three times the odds, for less ln of a third of them', () => {
  const once = after([1], 0.5); // P'(1) = 3/4 and 1/4 where P(1) = 1/2
  expect([once.up, once.upFor, once.down, once.downFor]).toEqual([expect.closeTo(Math.log(1.5), 12), 1, 0, 0]);
  expect(after([0], 0.5).down).toBeCloseTo(Math.log(1.5), 12);
});

test('no single outcome calls, however wrong its probability', () => {
  for (const [p, y] of [
    [0, 1],
    [1, 0],
  ] as const) {
    expect(changedFor(after([y], p))).toBe(0);
    expect(Math.max(after([y], p).up, after([y], p).down)).toBeLessThanOrEqual(Math.log(3) + 1e-12);
  }
});

test('a call tells for how many outcomes the change has lasted', () => {
  const calm = Array.from({ length: 40 }, (_, i): 0 | 1 => (i % 5 === 0 ? 1 : 0));
  let watch = after(calm, 0.2);
  let lasted = 0;
  while (changedFor(watch) === 0) {
    watch = watchOutcome(watch, 0.2, 1);
    lasted++;
  }
  expect(lasted).toBeGreaterThan(10);
  expect(Math.abs(changedFor(watch) - lasted)).toBeLessThanOrEqual(4); // calm's last outcomes were zeros
});

describe('a base rate that goes from .2 to .4', () => {
  /** A sigmoid whose outcomes are positive at this rate, all scores together. */
  const informative = (rate: number, slope: number): Truth => {
    const random = seeded(1);
    const scores = Array.from({ length: 2000 }, () => sigmoidal(rate).score(random));
    let [low, high] = [0, 1];
    while (high - low > 1e-4) {
      const { probability } = sigmoidal((low + high) / 2, slope);
      const reached = scores.reduce((sum, score) => sum + probability(score), 0) / scores.length;
      if (reached < rate) low = (low + high) / 2;
      else high = (low + high) / 2;
    }
    return sigmoidal(low, slope);
  };
  const curve = { kind: 'logistic', base: 0.2, slope: 1.5 } as const;
  const stairs = { kind: 'staircase', levels: [0.05, 0.25, 0.6], edges: [-0.4, 0.6] } as const;
  const people = (rate: number): Family => person('people', curve, 'skewed to the right', rate);
  const steps = (rate: number): Family => person('people', stairs, 'with outliers', rate);
  test.each<[string, Family, Family]>([
    ['nothing', always(flat(0.2)), always(flat(0.4))],
    ['little', always(informative(0.2, 0.8)), always(informative(0.4, 0.8))],
    ['much', always(informative(0.2, 4)), always(informative(0.4, 4))],
    ['what people want, on a skewed scale', people(0.2), people(0.4)],
    ...(SOAK > 1 ? [['what people want, in steps', steps(0.2), steps(0.4)] as [string, Family, Family]] : []),
  ])('is called within 150 outcomes, median, where scores tell %s', (what, before, changed) => {
    const delays = Array.from({ length: 20 * Math.min(SOAK, 20) + 1 }, (_, seed) => {
      const random = seeded(31 * seed + 7);
      return delay(fitted(before.of(seed), random), drawOutcomes(changed.of(seed), random, 1000));
    }).sort((a, b) => a - b);
    const median = delays[delays.length >> 1]!;
    if (SOAK > 1) console.log(`scores tell ${what}: median delay ${median}, worst ${delays.at(-1)}`);
    expect(median).toBeLessThanOrEqual(150);
    expect(delays.at(-1)).toBeLessThan(Infinity);
  });
});

describe('at most one false call in 10,000 stationary outcomes', () => {
  const seeds = 5 * Math.min(SOAK, 20);
  test.each([
    sigmoidal(0.05),
    sigmoidal(0.2),
    sigmoidal(0.5),
    sigmoidal(0.05, 0.8),
    wrongLogits(3),
    stepped([0.1, 0.9], [0]),
    stepped([0.1, 0.3, 0.5, 0.7, 0.9], [-0.6, -0.2, 0.2, 0.6]),
    flat(0.2),
    person('people', { kind: 'logistic', base: 0.2, slope: 1.5 }, 'skewed to the left').of(7),
    person('people', { kind: 'saturated', low: 0.05, high: 0.6, slope: 4, centre: 0.3 }).of(8),
  ])('comes with curves fitted on 300 outcomes of $name', (truth) => {
    let count = 0;
    const length = 10_000;
    for (let seed = 1; seed <= seeds; seed++) {
      const random = seeded(7919 * seed);
      count += calls(fitted(truth, random), drawOutcomes(truth, random, length));
    }
    if (SOAK > 1) console.log(`${truth.name}: ${count / seeds} false calls in 10,000`);
    expect(count / seeds).toBeLessThanOrEqual(1);
  });
});
