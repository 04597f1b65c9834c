import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { brier, logLossOf } from '../../src/core/metrics.js';
import { mixSeeds, type Random, seeded, shuffled } from '../../src/core/random.js';
import { hitRate, ndcg, reciprocalRank } from '../../src/core/ranking-metrics.js';
import { dot, normalize } from '../../src/core/vector.js';
import { observeOutcome, startCalibration } from '../../src/domain/calibration.js';
import { probabilityAt } from '../../src/domain/calibrator.js';
import { bayesLimit, entropy } from '../../src/lab/bayes-limit.js';
import { positionBias } from '../../src/lab/sessions.js';
import { createWorld, matchOf, trueProbability, type World, type WorldPerson } from '../../src/lab/world.js';

/** Mean and its standard error. */
function estimate(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

/** An order of all items for a person, best first, as places in the world's list. */
type Ranker = (person: WorldPerson, random: Random) => readonly number[];
const byScore = (scores: readonly number[]): number[] =>
  Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
const ideal =
  (world: World): Ranker =>
  (person) =>
    byScore(world.items.map((item) => trueProbability(world, person, item)));

/** HR@3, NDCG@3 and reciprocal rank of a ranker on outcomes drawn anew `times` times, person by person. */
function measured(
  world: World,
  rank: Ranker,
  times: number,
  seed = 1,
): Record<'hitRate' | 'ndcg' | 'reciprocalRank', number[]> {
  const random = seeded(mixSeeds(9, seed));
  const found = { hitRate: [] as number[], ndcg: [] as number[], reciprocalRank: [] as number[] };
  for (let i = 0; i < times; i++) {
    for (const person of world.people) {
      const acted = world.items.map((item) => (random() < trueProbability(world, person, item) ? 1 : 0));
      const list = rank(person, random).map((place) => acted[place]!);
      found.hitRate.push(hitRate(list, 3));
      found.ndcg.push(ndcg(list, 3));
      found.reciprocalRank.push(reciprocalRank(list));
    }
  }
  return found;
}

const rare = createWorld({ seed: 1, items: 40, people: 4, rate: 0.03 });
const usual = createWorld({ seed: 2, items: 40, people: 4 });

describe.each([
  ['a world in which little is acted on', rare],
  ['the usual world', usual],
])('the limit of %s', (_, world) => {
  const limit = bayesLimit(world, { k: 3 });

  test('agrees with the ideal ranker’s mean over drawn outcomes, within its standard error', () => {
    const drawn = measured(world, ideal(world), 300);
    for (const name of ['hitRate', 'ndcg', 'reciprocalRank'] as const) {
      const { mean, error } = estimate(drawn[name]);
      expect(Math.abs(mean - limit[name]), name).toBeLessThan(3 * error + 1e-12);
    }
  });

  test('agrees with log loss and Brier score of the true probabilities, within their standard error', () => {
    const random = seeded(4);
    const pairs = world.people.flatMap((person) => world.items.map((item) => trueProbability(world, person, item)));
    const draws = Array.from({ length: 40 }, () => pairs.map((p) => ({ p, y: random() < p ? 1 : 0 }))).flat();
    // of the same pairs every time, so that only the outcomes' chance is in the error
    const losses = estimate(draws.map(({ p, y }) => logLossOf(p, y) - entropy(p)));
    const squares = estimate(draws.map(({ p, y }) => (p - y) ** 2 - p * (1 - p)));
    expect(Math.abs(losses.mean)).toBeLessThan(3 * losses.error);
    expect(Math.abs(squares.mean)).toBeLessThan(3 * squares.error);
    expect(limit.logLoss).toBeAllclose(estimate(pairs.map(entropy)).mean, { rtol: 1e-9 });
    expect(limit.brier).toBeAllclose(estimate(pairs.map((p) => p * (1 - p))).mean, { rtol: 1e-9 });
  });

  const noisy = (noise: number): Ranker => {
    return ({ periods }, random) =>
      byScore(world.items.map(({ positions }) => matchOf(periods[0]!.positions, positions) + noise * random()));
  };
  const popular = byScore(
    world.items.map((item) => world.people.reduce((sum, person) => sum + trueProbability(world, person, item), 0)),
  );
  test.each<[string, Ranker]>([
    ['random', (_, random) => shuffled([...world.items.keys()], random)],
    ['popularity', () => popular],
    ['the match, blurred', noisy(3)],
    ['the match, hardly blurred', noisy(0.3)],
    [
      'one slider alone',
      ({ periods }) => byScore(world.items.map(({ positions }) => periods[0]!.positions[0]! * positions[0]!)),
    ],
    ['a mean of liked embeddings', (person, random) => byScore(byEmbeddings(world, person, random))],
  ])('is not beaten by %s, beyond noise', (_, rank) => {
    const drawn = measured(world, rank, 60, 7);
    for (const name of ['hitRate', 'ndcg', 'reciprocalRank'] as const) {
      const { mean, error } = estimate(drawn[name]);
      expect(mean, name).toBeLessThan(limit[name] + 3 * error + 1e-12);
    }
  });
});

/** Scores by the mean embedding of twenty items the person acted on. */
function byEmbeddings(world: World, person: WorldPerson, random: Random): number[] {
  const profile = new Float64Array(world.dim);
  for (let liked = 0; liked < 20;) {
    const item = world.items[Math.floor(random() * world.items.length)]!;
    if (random() >= trueProbability(world, person, item)) continue;
    liked++;
    for (let j = 0; j < world.dim; j++) profile[j] = profile[j]! + item.embedding[j]!;
  }
  const direction = normalize(profile);
  return world.items.map(({ embedding }) => dot(direction, embedding));
}

test('a ranker that knows the outcomes beats the limit: the comparison can tell', () => {
  const random = seeded(5);
  const cheating = usual.people.map((person) => {
    const acted = usual.items.map((item) => (random() < trueProbability(usual, person, item) ? 1 : 0));
    return ndcg(
      byScore(acted).map((place) => acted[place]!),
      3,
    );
  });
  const { mean, error } = estimate(cheating);
  expect(mean).toBeGreaterThan(bayesLimit(usual, { k: 3 }).ndcg + 3 * error);
});

test('NDCG of two items is the hand-computed expectation', () => {
  // chances a > b: (1, 1) and (1, 0) are worth 1, (0, 1) is worth 1/log₂ 3, (0, 0) nothing
  const world = createWorld({ seed: 3, items: 2, people: 1 });
  const [a, b] = world.items.map((item) => trueProbability(world, world.people[0]!, item)).sort((x, y) => y - x);
  const expected = a! * b! + a! * (1 - b!) + ((1 - a!) * b!) / Math.log2(3);
  expect(bayesLimit(world).ndcg).toBeAllclose(expected, { rtol: 1e-12 });
  expect(bayesLimit(world).hitRate).toBeAllclose(1 - (1 - a!) * (1 - b!), { rtol: 1e-12 });
  expect(bayesLimit(world, { k: 1 }).ndcg).toBeAllclose(a!, { rtol: 1e-12 });
  expect(bayesLimit(world).reciprocalRank).toBeAllclose(a! + ((1 - a!) * b!) / 2, { rtol: 1e-12 });
});

test('under a position bias the limit is that of the impressions’ own probabilities', () => {
  const examination = positionBias(1, 4);
  const pairs = rare.people.flatMap((person) => rare.items.map((item) => trueProbability(rare, person, item)));
  const { logLoss, brier: score } = bayesLimit(rare, { examination });
  expect(logLoss).toBeAllclose(estimate(pairs.flatMap((p) => examination.map((e) => entropy(e * p)))).mean, {
    rtol: 1e-9,
  });
  expect(score).toBeAllclose(estimate(pairs.flatMap((p) => examination.map((e) => e * p * (1 - e * p)))).mean, {
    rtol: 1e-9,
  });
});

test('no calibrated probability beats the limit of log loss or Brier score, beyond noise, and after 600 outcomes it is near', () => {
  const limit = bayesLimit(usual);
  const random = seeded(6);
  const excess = { logLoss: [] as number[], brier: [] as number[] };
  for (const person of usual.people) {
    const draw = (): { score: number; y: 0 | 1; at: number } => {
      const item = usual.items[Math.floor(random() * usual.items.length)]!;
      const score = matchOf(person.periods[0]!.positions, item.positions);
      return { score, y: random() < trueProbability(usual, person, item) ? 1 : 0, at: 0 };
    };
    let state = startCalibration({ model: 'm', slider: 's', statistics: 'plain' });
    for (let i = 0; i < 600; i++) state = observeOutcome(state, draw());
    const { curve } = state.champion!;
    const scored = usual.items.map((item) => ({
      given: probabilityAt(curve, matchOf(person.periods[0]!.positions, item.positions)),
      p: trueProbability(usual, person, item),
    }));
    excess.logLoss.push(
      estimate(scored.map(({ given, p }) => p * logLossOf(given, 1) + (1 - p) * logLossOf(given, 0))).mean,
    );
    excess.brier.push(
      estimate(scored.map(({ given, p }) => p * brier([given], [1]) + (1 - p) * brier([given], [0]))).mean,
    );
  }
  for (const name of ['logLoss', 'brier'] as const) {
    const { mean } = estimate(excess[name]);
    expect(mean, name).toBeGreaterThanOrEqual(limit[name]);
    expect(mean - limit[name], name).toBeLessThan(0.01);
  }
});
