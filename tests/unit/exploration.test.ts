import { describe, expect, test } from 'vitest';
import { type Exploration, explore } from '../../src/domain/exploration.js';
import type { RankedRow } from '../../src/domain/ranking.js';
import { seeded } from '../seeded.js';

const RANKINGS = 20_000;

const rows = (count: number): RankedRow[] =>
  Array.from({ length: count }, (_, index) => ({ index, score: -index, terms: [] }));

/** What the closed form says: probability of row `item` in place `slot`, of a list of h places and m more behind. */
function propensity(rate: number, h: number, m: number, item: number, slot: number): number {
  const deck = Math.max(m, h);
  const inPool = (i: number): boolean => i >= h && i < h + m;
  if (item === slot) return slot < h ? 1 - (rate * m) / deck : inPool(slot) ? 1 - (rate * h) / deck : 1;
  const changesPlaces = (slot < h && inPool(item)) || (item < h && inPool(slot));
  return changesPlaces ? rate / deck : 0;
}

describe.each<[string, number, number, Exploration]>([
  ['five places and a pool of twelve', 17, 5, { rate: 0.3 }],
  ['five places and a smaller pool, some cards blank', 8, 5, { rate: 0.6 }],
  ['five places and one item behind them', 6, 5, { rate: 0.5 }],
  ['a pool cut to four', 20, 3, { rate: 0.2, pool: 4 }],
])('%s', (_, count, h, exploration) => {
  const { rate, pool = Infinity } = exploration;
  const m = Math.min(pool, count - h);
  const order = rows(count);
  const random = seeded(7);
  const seen = Array.from({ length: count }, () => Array.from({ length: count }, () => 0));
  let isWrong = 0;
  for (let i = 0; i < RANKINGS; i++) {
    const explored = explore(order, exploration, h, 0, Math.floor(random() * 2 ** 32));
    explored.forEach((row, slot) => {
      seen[slot]![row.index]!++;
      const expected = propensity(rate, h, m, row.index, slot);
      if (Math.abs((row.propensity ?? 1) - expected) > 1e-12) isWrong++;
      if ((row.moved === 'exploration') !== (row.index !== slot)) isWrong++;
      if (row.score !== order[row.index]!.score || row.terms !== order[row.index]!.terms) isWrong++;
    });
    if (new Set(explored.map(({ index }) => index)).size !== count) isWrong++;
  }

  test('every entry has the propensity of its place in closed form, its own score and terms, and no row is there twice', () => {
    expect(isWrong).toBe(0);
  });

  test('the frequency of every row in every place agrees with it within 4 standard errors', () => {
    for (let slot = 0; slot < count; slot++) {
      for (let item = 0; item < count; item++) {
        const p = propensity(rate, h, m, item, slot);
        const error = Math.sqrt((p * (1 - p)) / RANKINGS);
        expect(Math.abs(seen[slot]![item]! / RANKINGS - p), `row ${item} in place ${slot}`).toBeLessThanOrEqual(
          4.5 * error,
        );
      }
    }
  });

  test('the propensities of all rows for a place sum to one, and those of a row over all places', () => {
    for (let a = 0; a < count; a++) {
      const [bySlot, byItem] = [0, 1].map((side) =>
        rows(count).reduce(
          (sum, { index }) => sum + (side === 0 ? propensity(rate, h, m, index, a) : propensity(rate, h, m, a, index)),
          0,
        ),
      );
      expect(Math.abs(bySlot! - 1)).toBeLessThan(1e-12);
      expect(Math.abs(byItem! - 1)).toBeLessThan(1e-12);
    }
  });
});

test('coins of different places fall independently of each other', () => {
  const random = seeded(3);
  let both = 0;
  for (let i = 0; i < RANKINGS; i++) {
    const explored = explore(rows(30), { rate: 0.25 }, 2, 0, Math.floor(random() * 2 ** 32));
    if (explored[0]!.moved && explored[1]!.moved) both++;
  }
  const p = 0.25 ** 2;
  expect(Math.abs(both / RANKINGS - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / RANKINGS));
});

test('a small change of the order behind leaves what was drawn where it is', () => {
  const order = rows(60);
  const swapped = [...order];
  [swapped[40], swapped[41]] = [order[41]!, order[40]!];
  for (let seed = 0; seed < 300; seed++) {
    const head = (list: readonly RankedRow[]): number[] =>
      explore(list, { rate: 0.3 }, 10, 0, seed)
        .slice(0, 10)
        .map(({ index }) => index);
    expect(head(swapped)).toEqual(head(order));
  }
});

test('nothing moves where nothing is behind, or nothing in front', () => {
  const order = rows(5);
  expect(explore(order, { rate: 0.9 }, 5, 0, 1)).toBe(order);
  expect(explore(order, { rate: 0.9 }, 0, 0, 1)).toBe(order);
  expect(explore([], { rate: 0.9 }, 5, 0, 1)).toEqual([]);
});
