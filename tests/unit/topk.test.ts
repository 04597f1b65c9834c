import { expect, test } from 'vitest';
import { bestOf, createThreshold, kthLargest, pushThreshold, settleThreshold } from '../../src/core/topk.js';
import { gaussian, seeded } from '../seeded.js';

const random = seeded(1);
const ORDERS: Record<string, readonly number[]> = {
  random: Array.from({ length: 500 }, () => gaussian(random)),
  ascending: Array.from({ length: 500 }, (_, i) => i),
  descending: Array.from({ length: 500 }, (_, i) => -i),
  equal: Array.from({ length: 500 }, () => 7),
  'few values': Array.from({ length: 500 }, (_, i) => i % 3),
  'with infinities': Array.from({ length: 500 }, (_, i) => (i % 4 === 0 ? -Infinity : gaussian(random))),
};
const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => b - a);

test.each(Object.entries(ORDERS))('the k-th largest of %s values, which it parts there', (_, values) => {
  for (const k of [1, 2, 250, 499, 500]) {
    const parted = Float64Array.from(values);
    const kth = kthLargest(parted, 500, k);
    expect(kth).toBe(sorted(values)[k - 1]);
    expect(Math.min(...parted.subarray(0, k))).toBe(kth);
    expect(Math.max(-Infinity, ...parted.subarray(k))).toBeLessThanOrEqual(kth);
    expect(sorted([...parted])).toEqual(sorted(values));
  }
});

test('values beyond the count are left alone', () => {
  const values = Float64Array.of(1, 3, 2, 99);
  expect(kthLargest(values, 3, 1)).toBe(3);
  expect(values[3]).toBe(99);
});

test.each(Object.entries(ORDERS))(
  'a threshold never passes the k-th largest of %s values, and ends there',
  (_, values) => {
    for (const k of [1, 10, 100, 499]) {
      const threshold = createThreshold(k);
      for (const [i, value] of values.entries()) {
        pushThreshold(threshold, value);
        const kth = sorted(values.slice(0, i + 1))[k - 1] ?? -Infinity;
        if (i % 50 === 0) expect(threshold.value).toBeLessThanOrEqual(kth);
      }
      expect(settleThreshold(threshold)).toBe(sorted(values)[k - 1]);
    }
  },
);

test('with fewer values than k nothing is below the threshold', () => {
  const threshold = createThreshold(3);
  pushThreshold(threshold, 1);
  pushThreshold(threshold, 2);
  expect(settleThreshold(threshold)).toBe(-Infinity);
});

test('the best come first, and of equal scores the lower row', () => {
  const scores = Float64Array.of(1, 3, 2, 3, 3, 9);
  const rows = Int32Array.of(8, 7, 1, 2, 5, 0);
  expect(bestOf(scores, rows, 5, 2).map((i) => rows[i])).toEqual([2, 5]);
  expect(bestOf(scores, rows, 5, 4).map((i) => rows[i])).toEqual([2, 5, 7, 1]);
  expect(bestOf(scores, rows, 5, 99).map((i) => rows[i])).toEqual([2, 5, 7, 1, 8]);
  expect(bestOf(scores, rows, 5, 0)).toEqual([]);
  expect(bestOf(scores, rows, 0, 3)).toEqual([]);
});
