import { describe, expect, test } from 'vitest';
import { seeded } from '../../src/core/random.js';
import type { ToldEvent } from '../../src/lab/evaluation/ranker.js';
import { driftRanker } from '../../src/lab/evaluation/rankers/drift.js';
import { createTastes, productRanker } from '../../src/lab/evaluation/rankers/taste.js';
import { nearly, unit } from '../seeded.js';

const [START, DAY, DIM, ITEMS] = [Date.UTC(2026, 0, 1), 86_400_000, 16, 120];
const data = new Float32Array(ITEMS * DIM);
for (let i = 0; i < ITEMS; i++) data.set(nearly(seeded(100 + i), unit(seeded(1 + (i % 3)), DIM), 0.8), i * DIM);
const options = { rows: { data, dim: DIM }, kindWeights: { save: 3, skip: -0.3 } };

/** Four a day of subject 0, from the `change`th on of subject 1, with a skip of subject 2 now and then. */
function events(count: number, change: number): ToldEvent[] {
  const random = seeded(3);
  return Array.from({ length: count }, (_, n) => {
    const isSkip = n % 8 === 7;
    const subject = isSkip ? 2 : n < change ? 0 : 1;
    const at = START + Math.floor(n / 4) * DAY + (n % 4) * 60_000;
    return { user: 0, item: subject + 3 * Math.floor(random() * 40), kind: isSkip ? 'skip' : 'save', at, weight: 1 };
  });
}

/** Scores of both after all of that, a day later. */
function scoresOf(told: readonly ToldEvent[]): [Float64Array, Float64Array] {
  const rankers = [productRanker(createTastes(options), options), driftRanker(options)];
  for (const event of told) for (const ranker of rankers) ranker.follow!(event);
  return rankers.map((ranker) => {
    const scores = new Float64Array(ITEMS);
    ranker.score({ user: 0, history: [], seen: new Set() }, told.at(-1)!.at + DAY, scores);
    return scores;
  }) as [Float64Array, Float64Array];
}

describe('the ranking that heeds a change of taste', () => {
  test('is to the bit the one that does not, for who stays the same', () => {
    const [plain, led] = scoresOf(events(120, Infinity));
    expect(led).toEqual(plain);
  });

  test('puts first what is liked since the change, where the other does not yet', () => {
    const [plain, led] = scoresOf(events(76, 64)); // twelve events, ten or eleven of them likings
    const firsts = (scores: Float64Array): number[] =>
      [...scores.keys()]
        .sort((a, b) => scores[b]! - scores[a]!)
        .slice(0, 10)
        .map((i) => i % 3);
    expect(firsts(plain).filter((subject) => subject === 1).length).toBeLessThan(5);
    expect(firsts(led).filter((subject) => subject === 1).length).toBeGreaterThan(8);
  });

  test('is the other one again, to rounding, once 256 likings were since', () => {
    const [plain, led] = scoresOf(events(64 + 340, 64));
    expect(Math.max(...led.map((score, i) => Math.abs(score - plain[i]!)))).toBeLessThan(1e-12);
  });

  test('knows nobody as nobody', () => {
    const scores = new Float64Array(ITEMS).fill(1);
    driftRanker(options).score({ user: 0, history: [], seen: new Set() }, START, scores);
    expect(scores.every((score) => score === 0)).toBe(true);
  });
});
