import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { seeded } from '../../src/core/random.js';
import { exportOf, interactionsOf } from '../../src/lab/log.js';
import { drawSessions, type Impression, positionBias, type SessionOptions } from '../../src/lab/sessions.js';
import { createWorld, trueProbability } from '../../src/lab/world.js';

const world = createWorld({ seed: 1, items: 50, people: 3 });
const [someone, another] = world.people;
const impressionsOf = (options: SessionOptions): Impression[] =>
  [...drawSessions(world, someone!, options)].flatMap(({ impressions }) => impressions);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('visits', () => {
  test('are the same for the same person, whoever else is drawn, and others for another', () => {
    const visits = [...drawSessions(world, someone!, { count: 5 })];
    const others = [...drawSessions(world, another!, { count: 5 })];
    expect([...drawSessions(world, someone!, { count: 5 })]).toEqual(visits);
    expect(others.map(({ at }) => at)).not.toEqual(visits.map(({ at }) => at));
    expect([...drawSessions(world, someone!, { count: 3 })]).toEqual(visits.slice(0, 3));
  });

  test('follow each other in time, as do their impressions, each item once, places from 0', () => {
    let last = world.startAt;
    for (const { at, impressions } of drawSessions(world, someone!, { count: 30, length: 8 })) {
      expect(at).toBeGreaterThan(last);
      expect(impressions.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(new Set(impressions.map(({ item }) => item.id)).size).toBe(8);
      let now = at;
      for (const { at, dwellMs } of impressions) {
        expect(at).toBe(now);
        now += dwellMs;
      }
      last = now;
    }
  });

  test('have acts of a positive kind, within the half hour, exactly where the outcome is 1', () => {
    const impressions = impressionsOf({ count: 300 });
    for (const { y, act, at } of impressions) {
      expect(['click', 'read', 'save', 'share'].includes(act?.kind ?? '')).toBe(y === 1);
      if (act !== null) expect(act.at - at).toBeLessThan(30 * 60_000);
    }
    expect(impressions.some(({ act }) => act?.kind === 'skip')).toBe(true);
  });

  test('come true as often as their probabilities say, which are those of the person', () => {
    const impressions = impressionsOf({ count: 1000 });
    for (const { item, probability, at } of impressions.slice(0, 50)) {
      expect(probability).toBe(trueProbability(world, someone!, item, at));
    }
    for (const [low, high] of [
      [0, 0.15],
      [0.15, 0.4],
      [0.4, 1],
    ] as const) {
      const some = impressions.filter(({ probability }) => probability >= low && probability < high);
      const error = Math.sqrt(some.reduce((sum, { probability: p }) => sum + p * (1 - p), 0)) / some.length;
      expect(some.length).toBeGreaterThan(500);
      expect(Math.abs(mean(some.map(({ y, probability }) => y - probability)))).toBeLessThan(3 * error);
    }
  });

  test('are biased by place on request, by propensities that undo it', () => {
    const examination = positionBias(1, 10);
    expect(examination.slice(0, 3)).toBeAllclose([1, 1 / 2, 1 / 3], { rtol: 1e-12 });
    const impressions = impressionsOf({ count: 3000, examination });
    const plain = mean(impressionsOf({ count: 3000 }).map(({ y }) => y));
    const atEnd = impressions.filter(({ position }) => position === 9);
    expect(mean(atEnd.map(({ y }) => y))).toBeLessThan(plain / 5);
    const undone = mean(impressions.map(({ y, examination }) => y / examination));
    expect(undone).toBeAllclose(plain, { atol: 0.025 });
  });

  test('show the list a ranker makes, cut to its length', () => {
    const best = (): typeof world.items => [...world.items].reverse();
    const [visit] = drawSessions(world, someone!, { length: 3, list: best });
    expect(visit!.impressions.map(({ item }) => item.id)).toEqual(['item-49', 'item-48', 'item-47']);
  });

  test('are of a person of that world, or of none', () => {
    const copy = structuredClone(someone!);
    expect([...drawSessions(world, copy, { count: 2 })]).toEqual([...drawSessions(world, someone!, { count: 2 })]);
    expect(() => [...drawSessions(world, { ...someone!, id: 'nobody' })]).toThrow('nobody');
  });

  test.each([{ count: -1 }, { length: 0 }, { examination: [] }, { examination: [1.5] }])('refuse %o', (options) => {
    expect(() => [...drawSessions(world, someone!, options)]).toThrow(
      expect.objectContaining({ name: 'AttuneError', code: 'input/invalid' }),
    );
  });
});

describe('a log made of visits', () => {
  const visits = [...drawSessions(world, someone!, { count: 10 })];

  test('has an impression for everything shown and the acts after them, ids in order of time', () => {
    const interactions = interactionsOf(visits, seeded(1));
    expect(interactions.filter(({ kind }) => kind === 'impression')).toHaveLength(100);
    const acts = visits.flatMap(({ impressions }) => impressions.filter(({ act }) => act !== null));
    expect(interactions).toHaveLength(100 + acts.length);
    const ids = interactions.map(({ id }) => id);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is an export with every item shown, once', () => {
    const { format, version, items, interactions } = exportOf(visits, seeded(1));
    expect([format, version]).toEqual(['attune-export', 1]);
    expect(new Set(items.map(({ id }) => id))).toEqual(new Set(interactions.map(({ itemId }) => itemId)));
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  });
});
