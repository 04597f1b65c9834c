import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import '../allclose.js';
import { hitRate, ndcg, reciprocalRank } from '../../src/core/ranking-metrics.js';
import golden from '../golden/ranking.json';

const gains = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 });
const places = fc.integer({ min: 1, max: 15 });

test('NDCG@k of a hand-computed list: 3 0 2 at two places', () => {
  expect(ndcg([3, 0, 2], 2)).toBeAllclose(3 / (3 + 2 / Math.log2(3)), { rtol: 1e-12 });
});

test('a hit counts within k places, and the first one alone for the reciprocal rank', () => {
  expect([hitRate([0, 0, 1], 2), hitRate([0, 0, 1], 3), hitRate([0, 2], 9)]).toEqual([0, 1, 1]);
  expect([reciprocalRank([0, 0, 1, 1]), reciprocalRank([5, 0]), reciprocalRank([0])]).toEqual([1 / 3, 1, 0]);
});

test('a list of nothing, or of nothing relevant, is worth 0', () => {
  for (const list of [[], [0, 0]]) expect([hitRate(list, 3), ndcg(list, 3), reciprocalRank(list)]).toEqual([0, 0, 0]);
});

describe('for any gains and any k', () => {
  test('each measure lies in [0, 1]', () => {
    fc.assert(
      fc.property(gains, places, (list, k) => {
        for (const value of [hitRate(list, k), ndcg(list, k), reciprocalRank(list)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('NDCG is 1 if and only if the first k places have the largest gains in order', () => {
    fc.assert(
      fc.property(gains, places, (list, k) => {
        fc.pre(list.some((gain) => gain > 0));
        const best = [...list].sort((a, b) => b - a);
        expect(ndcg(best, k)).toBe(1);
        const isIdeal = list.slice(0, k).every((gain, i) => gain === best[i]);
        expect(ndcg(list, k) > 1 - 1e-12).toBe(isIdeal);
      }),
    );
  });

  test('moving a gain above a smaller one never lowers a measure', () => {
    fc.assert(
      fc.property(gains, places, fc.nat(11), (list, k, at) => {
        fc.pre(at + 1 < list.length && list[at]! < list[at + 1]!);
        const better = [...list];
        [better[at], better[at + 1]] = [list[at + 1]!, list[at]!];
        expect(hitRate(better, k)).toBeGreaterThanOrEqual(hitRate(list, k));
        expect(ndcg(better, k)).toBeGreaterThanOrEqual(ndcg(list, k) - 1e-12);
        expect(reciprocalRank(better)).toBeGreaterThanOrEqual(reciprocalRank(list));
      }),
    );
  });
});

test('NDCG, hits and reciprocal ranks agree with scikit-learn on 200 lists', () => {
  const cases = golden.cases as unknown as [number[], number, number, number | null, number | null][];
  expect(cases).toHaveLength(200);
  for (const [list, k, expected, hit, reciprocal] of cases) {
    expect(ndcg(list, k)).toBeAllclose(expected, { atol: 1e-12 });
    if (hit === null) continue; // measured there for one relevant item only
    expect(hitRate(list, k)).toBe(hit);
    expect(reciprocalRank(list)).toBeAllclose(reciprocal!, { atol: 1e-12 });
  }
});
