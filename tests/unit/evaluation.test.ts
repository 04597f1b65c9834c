import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { hitRateAt, ndcgAt, placeOf, reciprocalRankAt } from '../../src/core/places.js';
import { hitRate, ndcg, reciprocalRank } from '../../src/core/ranking-metrics.js';
import { createLog, type EvaluationLog } from '../../src/lab/evaluation/log.js';
import { planOf, type Protocol } from '../../src/lab/evaluation/protocol.js';
import { standardRankers } from '../../src/lab/evaluation/rankers/standard.js';
import { replay, scoresFor } from '../../src/lab/evaluation/replay.js';
import { type Measure, summarize } from '../../src/lab/evaluation/summary.js';
import golden from '../golden/evaluation.json';

const MEASURES: readonly Measure[] = ['hitRate', 'ndcg', 'reciprocalRank'];
const cases = golden.cases as unknown as {
  protocol: Protocol;
  targets: number;
  means: Record<string, number[]>;
  coverage: Record<string, number>;
  scoresOfLast: Record<string, (number | null)[]>;
  ndcgOfTransitions: [number, number];
  lessPopularity: [number, number];
}[];

const name = (prefix: string, i: number): string => `${prefix}${String(i).padStart(2, '0')}`;
const log: EvaluationLog = createLog(
  (golden.rows as unknown as [number, number, string, number, number][]).map(([user, item, kind, at, weight]) => ({
    ...{ user: name('u', user), itemId: name('i', item), kind, at, weight },
  })),
  new Map(),
  { kindWeights: golden.kinds },
);
const rows = { data: Float32Array.from(golden.embeddings.flat()), dim: 8 };

describe.each(cases)('the log ranked by NumPy under $protocol.kind, $protocol.priors', (expected) => {
  const plan = planOf(log, expected.protocol);
  const rankers = standardRankers(log, plan, { rows });
  const names = rankers.map((ranker) => ranker.name);
  const answers = [...replay(log, plan, rankers, { k: golden.k, rows })];
  const options = { names, k: golden.k, resamples: 20_000, against: 'popularity' };
  const evaluation = summarize(log, plan, answers, options);

  test('has the same targets and, for each ranker, the same scores, measures and coverage', () => {
    expect(evaluation.log.targets).toBe(expected.targets);
    const last = answers.findLast(({ event }) => (plan.asks[event]! & 1) === 1)!.event;
    for (const [ranker, means] of Object.entries(expected.means)) {
      const scores = scoresFor(log, plan, standardRankers(log, plan, { rows })[names.indexOf(ranker)]!, last);
      const wanted = expected.scoresOfLast[ranker]!.map((score) => score ?? -Infinity);
      expect(scores, ranker).toBeAllclose(wanted, { atol: 1e-6, rtol: 1e-9 });
      const { measures, coverage } = evaluation.rankers[names.indexOf(ranker)]!;
      expect(
        MEASURES.map((measure) => measures[measure].value),
        ranker,
      ).toBeAllclose(means, { atol: 1e-9 });
      expect(coverage, ranker).toBe(expected.coverage[ranker]);
    }
  });

  test("has SciPy's intervals for a mean over people and for a paired difference, to a hundredth", () => {
    const { low, high } = evaluation.rankers[names.indexOf('transitions')]!.measures.ndcg;
    expect([low, high]).toBeAllclose(expected.ndcgOfTransitions, { atol: 0.01 });
    const { ndcg } = evaluation.comparisons.find(({ ranker }) => ranker === 'transitions')!.differences;
    expect([ndcg.low, ndcg.high]).toBeAllclose(expected.lessPopularity, { atol: 0.01 });
  });
});

test('measures of a place among equals are the means over all orders of them', () => {
  const scores = Float64Array.of(3, 1, 2, 2, 2, 0, -Infinity);
  const place = placeOf(scores, 3);
  expect(place).toEqual({ above: 1, ties: 2 });
  const lists = [1, 2, 3].map((at) => Array.from({ length: 6 }, (_, i) => Number(i === at)));
  const mean = (of: (list: number[]) => number): number => lists.reduce((sum, list) => sum + of(list), 0) / 3;
  for (let k = 1; k <= 6; k++) {
    expect(hitRateAt(place, k)).toBeAllclose(
      mean((list) => hitRate(list, k)),
      { atol: 1e-12 },
    );
    expect(ndcgAt(place, k)).toBeAllclose(
      mean((list) => ndcg(list, k)),
      { atol: 1e-12 },
    );
  }
  expect(reciprocalRankAt(place)).toBeAllclose(mean(reciprocalRank), { atol: 1e-12 });
});

test('what is not offered, or has no number for a score, is missed', () => {
  for (const score of [-Infinity, NaN]) {
    const place = placeOf(Float64Array.of(score, 1, 2), 0);
    expect([hitRateAt(place, 10), ndcgAt(place, 10), reciprocalRankAt(place)]).toEqual([0, 0, 0]);
  }
});

test('a replay that goes on where another stopped gives the same answers', () => {
  const plan = planOf(log, { kind: 'last-out' });
  const make = () => standardRankers(log, plan, { rows });
  const whole = [...replay(log, plan, make())];
  const rest = [...replay(log, plan, make(), { from: 7 })];
  expect(rest).toEqual(whole.slice(7));
  expect(rest.length).toBeGreaterThan(5);
});
