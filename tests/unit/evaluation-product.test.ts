import { expect, test } from 'vitest';
import '../allclose.js';
import { createAttune } from '../../src/index.js';
import { memoryStore } from '../../src/headless.js';
import { seeded } from '../../src/core/random.js';
import { sigmoid } from '../../src/core/special.js';
import { finish } from '../../src/core/steps.js';
import { entropy } from '../../src/lab/bayes-limit.js';
import { worldEncoder } from '../../src/lab/encoder.js';
import { createLog } from '../../src/lab/evaluation/log.js';
import { judgeProbabilities } from '../../src/lab/evaluation/probabilities.js';
import { planOf } from '../../src/lab/evaluation/protocol.js';
import { createTastes, productRanker, weightedMeanRanker } from '../../src/lab/evaluation/rankers/taste.js';
import { type Answered, recordWidth, scoresFor } from '../../src/lab/evaluation/replay.js';
import { sourceOfExport } from '../../src/lab/evaluation/sources.js';
import { exportOf } from '../../src/lab/log.js';
import { drawSessions } from '../../src/lab/sessions.js';
import { createWorld } from '../../src/lab/world.js';

test("'attune' gives the very scores and order that the product gives the same person at that moment", async () => {
  const world = createWorld({ seed: 12, items: 70, people: 1 });
  const file = exportOf(drawSessions(world, world.people[0]!, { count: 12 }), seeded(1));
  const texts = new Map(world.items.map(({ id, text }) => [id, text]));
  const log = createLog(sourceOfExport(file, 'me').rows, texts, sourceOfExport(file, 'me'));
  const plan = planOf(log, { kind: 'last-out', repeats: true });
  const event = plan.asks.findLastIndex((asks) => asks === 1);
  const embeddings = new Map(world.items.map(({ id, embedding }) => [id, embedding]));
  const rows = { data: Float32Array.from(log.items.flatMap(({ id }) => [...embeddings.get(id)!])), dim: world.dim };
  const taste = { rows, kindWeights: log.kindWeights };
  const scores = scoresFor(log, plan, productRanker(createTastes(taste), taste), event);
  const mean = scoresFor(log, plan, weightedMeanRanker(createTastes(taste)), event);

  const at = log.at[event]!;
  const attune = await createAttune<(typeof world.items)[number]>({
    consent: 'granted',
    encoder: worldEncoder(world),
    store: memoryStore(),
    text: ({ text }) => text,
    maxWaitMs: 60_000,
    now: () => at,
  });
  await attune.data.import({ ...file, interactions: file.interactions.filter((each) => each.at < at) });
  const ranking = await attune.rank(log.items.map(({ id }) => world.items.find((item) => item.id === id)!));
  const byId = new Map(ranking.map(({ id, score }) => [id, score]));
  expect(scores).toBeAllclose(
    log.items.map(({ id }) => byId.get(id)!),
    { atol: 1e-9 },
  );
  const { embedding } = attune.profile();
  const cosines = log.items.map(({ id }) => embedding.reduce((sum, x, j) => sum + x * embeddings.get(id)![j]!, 0));
  expect(mean).toBeAllclose(cosines, { atol: 1e-6 });
  await attune.close();
});

test('scores that are true log-odds reach the log loss of the truth, and none better is shown', () => {
  const random = seeded(4);
  const rows = Array.from({ length: 1500 }, (_, i) => {
    const logit = 6 * random() - 3;
    const kind = random() < sigmoid(logit) ? 'click' : 'dislike';
    return { logit, row: { user: `u${i % 40}`, itemId: `i${i}`, kind, at: i } };
  });
  const log = createLog(
    rows.map(({ row }) => row),
    new Map(),
    { kindWeights: { click: 1, dislike: -1 } },
  );
  const plan = planOf(log, { kind: 'last-out', share: 0.9 });
  const asked = [...plan.asks.keys()].filter((e) => plan.asks[e]! >= 2);
  const answers = asked.map((event): Answered => {
    const records = new Float64Array(recordWidth(1));
    records[0] = rows[event]!.logit;
    return { event, records };
  });
  const result = finish(
    judgeProbabilities(log, plan, answers, 0, { k: 1, resamples: 100, seed: 1, resampled: 'people' }),
  )!;
  const truth = asked.slice(100).reduce((sum, e) => sum + entropy(sigmoid(rows[e]!.logit)), 0) / (asked.length - 100);
  expect(result.logLoss.value).toBeAllclose(truth, { atol: 0.03 });
  expect(result.logLoss.low).toBeLessThan(truth);
  expect(result.logLoss.high).toBeGreaterThan(truth);
  expect(result.ece.value).toBeLessThan(0.05);
  expect(result.outcomes).toBe(asked.length - 100);
});
