import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { clusterRows, refineClusters, type WeightedRows } from '../../src/core/kmeans.js';
import { leastSeparation } from '../../src/core/separation.js';
import { dot, norm, normalize } from '../../src/core/vector.js';
import golden from '../golden/kmeans.json';
import { nearly, seeded, unit } from '../seeded.js';

const DIM = 8;

function rowsOf(list: readonly ArrayLike<number>[], weights: ArrayLike<number> = list.map(() => 1)): WeightedRows {
  const dim = list[0]?.length ?? 0;
  const data = new Float32Array(list.length * dim);
  list.forEach((row, i) => data.set(row, i * dim));
  return { data, dim, weights: Float64Array.from(weights) };
}

/** `count` rows around each of `groups` random directions. */
function around(groups: number, count: number, spread: number, seed: number): WeightedRows {
  const random = seeded(seed);
  const middles = Array.from({ length: groups }, () => unit(random, DIM));
  return rowsOf(middles.flatMap((middle) => Array.from({ length: count }, () => nearly(random, middle, spread))));
}

/** The same groups whatever their numbers: each row with the first row of its group. */
function firstOf(assigned: ArrayLike<number>): number[] {
  const list = Array.from(assigned);
  return list.map((group) => list.indexOf(group));
}

describe.each(golden.cases)('$k groups, clear: $clear', ({ k, rows, weights, start, groups, fit, apart }) => {
  const given = rowsOf(rows, weights);
  const found = refineClusters(
    given,
    start.map((i) => normalize(Float64Array.from(rows[i]!))),
  );

  test('from the same start the groups and their fit are those of NumPy', () => {
    expect([...found.assigned]).toEqual(groups);
    expect(found.fit).toBeAllclose(fit, { rtol: 1e-6 });
    expect(found.centroids).toHaveLength(k);
  });

  test('they stand as far apart as NumPy finds', () => {
    expect(leastSeparation(given, found)).toBeAllclose(apart, { rtol: 1e-5 });
  });
});

describe('for any rows', () => {
  const cases = fc.record({
    seed: fc.integer(),
    groups: fc.integer({ min: 1, max: 5 }),
    count: fc.integer({ min: 1, max: 12 }),
    spread: fc.double({ min: 0, max: 2, noNaN: true }),
    k: fc.integer({ min: 1, max: 8 }),
  });

  test('each row is with its nearest centroid, centroids have length 1, and the same seed gives the same', () => {
    fc.assert(
      fc.property(cases, ({ seed, groups, count, spread, k }) => {
        const rows = around(groups, count, spread, seed);
        const found = clusterRows(rows, k, seed);
        expect(found).toEqual(clusterRows(rows, k, seed));
        expect(found.centroids.length).toBeLessThanOrEqual(k);
        for (const centroid of found.centroids) expect(norm(centroid)).toBeAllclose(1, { rtol: 1e-9 });
        for (const [i, group] of found.assigned.entries()) {
          const row = rows.data.subarray(i * DIM, (i + 1) * DIM);
          const cosines = found.centroids.map((centroid) => dot(centroid, row));
          expect(cosines[group]).toBe(Math.max(...cosines));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a row of weight 2 counts as two rows', () => {
    const rows = around(3, 5, 0.8, 4);
    const first = rows.data.subarray(0, DIM);
    const twice = rowsOf([
      ...Array.from(rows.weights.keys(), (i) => rows.data.subarray(i * DIM, (i + 1) * DIM)),
      first,
    ]);
    const heavy = { ...rows, weights: rows.weights.map((weight, i) => (i === 0 ? 2 : weight)) };
    const start = clusterRows(rows, 3, 1).centroids;
    const [one, other] = [refineClusters(heavy, start), refineClusters(twice, start)];
    one.centroids.forEach((centroid, g) => expect(centroid).toBeAllclose(other.centroids[g]!, { atol: 1e-12 }));
    expect(one.fit).toBeAllclose(other.fit, { rtol: 1e-12 });
  });
});

test('groups that are apart are found whatever the seed', () => {
  const rows = around(4, 6, 0.2, 11);
  const truth = Array.from({ length: 24 }, (_, i) => 6 * Math.floor(i / 6));
  const right = Array.from({ length: 20 }, (_, seed) => clusterRows(rows, 4, seed)).filter(
    ({ assigned }) => String(firstOf(assigned)) === String(truth),
  );
  expect(right.length).toBeGreaterThan(14); // k-means may end elsewhere; who calls it draws twice and takes the best
});

test('rows of zeros are in no group, and copies make one group', () => {
  const copy = unit(seeded(3), DIM);
  const found = clusterRows(rowsOf([copy, new Float32Array(DIM), copy, copy]), 3, 1);
  expect([...found.assigned]).toEqual([0, -1, 0, 0]);
  expect(found.centroids).toHaveLength(1);
});

test('without rows, or with nothing but zeros, there are no groups', () => {
  for (const rows of [rowsOf([]), rowsOf([new Float32Array(DIM), new Float32Array(DIM)])]) {
    const found = clusterRows(rows, 3, 1);
    expect([found.centroids, found.fit]).toEqual([[], 0]);
  }
});

test('a centroid that nobody is nearest to moves to the row that fits worst', () => {
  const rows = around(3, 4, 0.1, 5);
  const [first] = clusterRows(rows, 1, 1).centroids;
  const away = first!.map((x) => -x); // no row is nearest to it
  const start = [first!, normalize(Float64Array.from(rows.data.subarray(0, DIM))), away];
  expect(new Set(refineClusters(rows, start).assigned).size).toBe(3);
});

test('halves of one thing lie low and two things high, also where every two rows are far apart', () => {
  const random = seeded(9);
  const dim = 256;
  const noise = rowsOf(Array.from({ length: 20 }, () => unit(random, dim)));
  expect(leastSeparation(noise, clusterRows(noise, 2, 1))).toBeLessThan(3);
  const middles = [unit(random, dim), unit(random, dim)];
  const two = rowsOf(middles.flatMap((middle) => Array.from({ length: 10 }, () => nearly(random, middle, 1))));
  expect(leastSeparation(two, clusterRows(two, 2, 1))).toBeGreaterThan(8);
});

test('one group is apart from nothing, and a group of one row proves nothing', () => {
  const rows = around(2, 4, 0.1, 6);
  expect(leastSeparation(rows, clusterRows(rows, 1, 1))).toBe(Infinity);
  const three = rowsOf([0, 1, 4].map((i) => rows.data.subarray(i * DIM, (i + 1) * DIM)));
  expect(leastSeparation(three, clusterRows(three, 2, 1))).toBe(0);
});
