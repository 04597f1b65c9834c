import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { applyIsotonic, fitIsotonic } from '../../src/core/isotonic.js';
import { debiasedEce, reliability } from '../../src/core/metrics.js';
import { applyPlatt, fitPlatt } from '../../src/core/platt.js';
import { fitRanked } from '../../src/core/ranked.js';
import { type RankedScore, rankScores } from '../../src/core/ranks.js';
import { fitRising } from '../../src/core/rising.js';
import { fitSteps } from '../../src/core/staircases.js';
import { applyTemperature, fitTemperature } from '../../src/core/temperature.js';
import { probabilityAt } from '../../src/domain/calibrator.js';
import { fitMixture } from '../../src/domain/fitting.js';
import { SOAK } from '../soak.js';

const score = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -3, max: 3 }));
const seen = { y: fc.constantFrom(0 as const, 1 as const), weight: fc.integer({ min: 1, max: 4 }) };
const row = fc.record({ score, ...seen });
const rows = fc.array(row, { maxLength: 30 });
const extreme = fc.array(fc.record({ ...seen, score: fc.double({ min: -1e100, max: 1e100, noNaN: true }) }), {
  maxLength: 30,
});
type Row = { readonly score: number; readonly y: 0 | 1; readonly weight: number };

const KINDS = ['platt', 'temperature', 'isotonic', 'ranked', 'rising', 'steps'] as const;
const byRank =
  <P>(fit: (points: readonly RankedScore[]) => P) =>
  (...columns: Parameters<typeof rankScores>): P =>
    fit(rankScores(...columns));
const FITS = {
  ...{ platt: fitPlatt, temperature: fitTemperature, isotonic: fitIsotonic },
  ...{ ranked: byRank(fitRanked), rising: byRank(fitRising), steps: byRank(fitSteps) },
};
const APPLIES = {
  ...{ platt: applyPlatt, temperature: applyTemperature, isotonic: applyIsotonic },
  ...{ ranked: applyIsotonic, rising: applyIsotonic, steps: applyIsotonic },
};
const numRuns = 100 * SOAK;

/** Says nothing of a slope, which rounding may not make up: here its sign alone would decide between 0 and 1. */
const ONE_CLASS: Row[] = [
  { score: 0, y: 0, weight: 1 },
  { score: 0, y: 0, weight: 2 },
  { score: -1.7251304556718795e-161, y: 0, weight: 2 },
];

/** The probability at `at` of a curve through the rows. */
function through(kind: (typeof KINDS)[number], given: readonly Row[], weighted: boolean, at: number): number {
  const columns = [given.map(({ score }) => score), given.map(({ y }) => y)] as const;
  const fitted = FITS[kind](...columns, weighted ? given.map(({ weight }) => weight) : undefined);
  return APPLIES[kind](fitted as never, at);
}

describe.each(KINDS)('a %s curve', (kind) => {
  test('gives probabilities, whatever it was fitted on and is asked', () => {
    fc.assert(
      fc.property(fc.oneof(rows, extreme), fc.double({ noNaN: true, noDefaultInfinity: true }), (given, at) => {
        const p = through(kind, given, true, at);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
      { numRuns },
    );
  });

  test('does not depend on the order of outcomes', () => {
    fc.assert(
      fc.property(rows, score, (given, at) => {
        const turned = [...given].reverse();
        expect(through(kind, turned, true, at)).toBeAllclose(through(kind, given, true, at), { atol: 1e-7 });
      }),
      { numRuns, examples: [[ONE_CLASS, 1]] },
    );
  });

  test('takes a weight of n as the outcome n times', () => {
    fc.assert(
      fc.property(rows, score, (given, at) => {
        const repeated = given.flatMap((one) => Array.from({ length: one.weight }, () => one));
        expect(through(kind, given, true, at)).toBeAllclose(through(kind, repeated, false, at), { atol: 1e-7 });
      }),
      {
        numRuns,
        examples: [
          [[{ score: -5e-324, y: 0, weight: 2 }], 1],
          [ONE_CLASS, 1],
        ],
      },
    );
  });
});

describe('an isotonic curve', () => {
  test('never falls, with and without a price on levels', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(0, 1, 4), fc.array(score), (given, penalty, queries) => {
        const columns = [given.map(({ score }) => score), given.map(({ y }) => y)] as const;
        const fitted = fitIsotonic(...columns, undefined, penalty);
        const along = [...queries].sort((a, b) => a - b).map((at) => applyIsotonic(fitted, at));
        expect(along).toEqual([...along].sort((a, b) => a - b));
      }),
      { numRuns },
    );
  });

  test('fitted on its own probabilities changes nothing', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const scores = given.map(({ score }) => score);
        const fitted = fitIsotonic(
          scores,
          given.map(({ y }) => y),
        );
        const own = scores.map((at) => applyIsotonic(fitted, at));
        const again = fitIsotonic(scores, own);
        expect(scores.map((at) => applyIsotonic(again, at))).toBeAllclose(own, { atol: 1e-12 });
      }),
      { numRuns },
    );
  });

  test('of a calibrator is never certain', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), score, (given, at) => {
        const p = probabilityAt(
          fitMixture(
            [{ fit: 'isotonic', share: 1 }],
            given.map((one) => ({ ...one, at: 0 })),
          ),
          at,
        );
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThan(1);
      }),
      { numRuns },
    );
  });
});

describe.each(['ranked', 'rising', 'steps'] as const)('a curve by ranks (%s)', (kind) => {
  test('never falls', () => {
    fc.assert(
      fc.property(rows, fc.array(score), (given, queries) => {
        const along = [...queries].sort((a, b) => a - b).map((at) => through(kind, given, true, at));
        expect(along).toEqual([...along].sort((a, b) => a - b));
      }),
      {
        numRuns,
        examples: [
          [
            [
              { score: 0, y: 1, weight: 3 },
              { score: -8.67619990865281e-308, y: 0, weight: 4 },
            ],
            [0, -5e-324],
          ], // rounding put it above its end
        ],
      },
    );
  });

  test('is the same at the outcomes’ scores however these are stretched', () => {
    const whole = fc.array(fc.record({ ...seen, score: fc.integer({ min: -20, max: 20 }) }), { maxLength: 30 });
    fc.assert(
      fc.property(whole, fc.constantFrom(Math.exp, Math.cbrt, Math.sinh, Math.atan), (given, stretch) => {
        const stretched = given.map((one) => ({ ...one, score: stretch(one.score) }));
        for (const { score } of given) {
          const p = through(kind, given, true, score);
          expect(through(kind, stretched, true, stretch(score))).toBeAllclose(p, { atol: 1e-9 });
        }
      }),
      { numRuns },
    );
  });
});

test('a temperature keeps every logit on its side of ½', () => {
  fc.assert(
    fc.property(rows, score, (given, at) => {
      const side = Math.sign(through('temperature', given, true, at) - 0.5);
      expect(side === 0 || side === Math.sign(at)).toBe(true);
    }),
    { numRuns },
  );
});

test('reliability and its error do not depend on order, and count every outcome once', () => {
  const pairs = fc.array(fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }), y: fc.constantFrom(0, 1) }));
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 20 }), (given, bins) => {
      const of = (list: typeof given): [number[], number[]] => [list.map(({ p }) => p), list.map(({ y }) => y)];
      const points = reliability(...of(given), bins);
      expect(points.reduce((sum, { count }) => sum + count, 0)).toBe(given.length);
      expect(points.length).toBeLessThanOrEqual(bins);
      const turned = debiasedEce(...of([...given].reverse()), bins);
      expect(debiasedEce(...of(given), bins).squared).toBeAllclose(turned.squared, { atol: 1e-9 });
    }),
    { numRuns },
  );
});
