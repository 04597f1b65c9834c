import { seeded } from '../tests/seeded.js';

/** Seeded rows to search, from kind to cruel. Each set comes with the queries to ask. */
export interface DataSet {
  readonly data: Float32Array;
  readonly queries: readonly Float32Array[];
}

/** A unit vector near `centre`: every number gets uniform noise, `spread` long in all. */
function near(random: () => number, dim: number, centre: Float32Array | null, spread: number): Float32Array {
  const row = new Float32Array(dim);
  const size = spread * Math.sqrt(12 / dim);
  let square = 0;
  for (let j = 0; j < dim; j++) {
    row[j] = (centre === null ? 0 : centre[j]!) + size * (random() - 0.5);
    square += row[j]! ** 2;
  }
  const length = Math.sqrt(square);
  for (let j = 0; j < dim; j++) row[j]! /= length;
  return row;
}

/** Rows in `groups` of equal size around random directions; queries are at a cosine of `1 / √(1 + off²)` to one of these. */
function grouped(seed: number, rows: number, dim: number, groups: number, spread: number, off = 0.5): DataSet {
  const random = seeded(seed);
  const centres = Array.from({ length: groups }, () => near(random, dim, null, 1));
  const data = new Float32Array(rows * dim);
  for (let i = 0; i < rows; i++) data.set(near(random, dim, centres[Math.floor(random() * groups)]!, spread), i * dim);
  const queries = Array.from({ length: 10 }, () => near(random, dim, centres[Math.floor(random() * groups)]!, off));
  return { data, queries };
}

/** Random rows that all have the same product with the query, to `spread`: nothing but every f32 number tells them apart. */
function flat(seed: number, rows: number, dim: number, spread: number): DataSet {
  const random = seeded(seed);
  const q = near(random, dim, null, 1);
  const data = new Float32Array(rows * dim);
  for (let i = 0; i < rows; i++) {
    const row = near(random, dim, null, 1);
    let dot = 0;
    for (let j = 0; j < dim; j++) dot += q[j]! * row[j]!;
    const target = 0.5 + spread * (random() - 0.5);
    data.set(
      row.map((x, j) => x + (target - dot) * q[j]!),
      i * dim,
    );
  }
  return { data, queries: Array.from({ length: 10 }, () => q) };
}

/** The worst row first, so that every row is better than all before it. */
function ascending({ data, queries }: DataSet, rows: number, dim: number): DataSet {
  const q = queries[0]!;
  const score = (i: number): number => data.subarray(i * dim, (i + 1) * dim).reduce((sum, x, j) => sum + x * q[j]!, 0);
  const order = Array.from({ length: rows }, (_, i) => ({ i, score: score(i) })).sort((a, b) => a.score - b.score);
  const sorted = new Float32Array(data.length);
  for (const [to, { i }] of order.entries()) sorted.set(data.subarray(i * dim, (i + 1) * dim), to * dim);
  return { data: sorted, queries: queries.map(() => q) };
}

export const DATA_SETS: Record<string, (rows: number, dim: number) => DataSet> = {
  random: (rows, dim) => grouped(1, rows, dim, rows, 1),
  'clustered, 100 groups, cosine 0.7': (rows, dim) => grouped(2, rows, dim, 100, 0.65),
  'near-duplicates, groups of 50, 1e-6': (rows, dim) => grouped(3, rows, dim, rows / 50, 1e-6),
  'near-duplicates, groups of 50, 1e-2': (rows, dim) => grouped(4, rows, dim, rows / 50, 1e-2),
  'near-duplicates, 10 groups, 1e-6': (rows, dim) => grouped(5, rows, dim, 10, 1e-6),
  'near-duplicates, 10 groups, 1e-3': (rows, dim) => grouped(6, rows, dim, 10, 1e-3),
  'near-duplicates, 100 groups, 1e-6': (rows, dim) => grouped(7, rows, dim, 100, 1e-6),
  'near-duplicates, 10 groups, 1e-6, asked at their centres': (rows, dim) => grouped(13, rows, dim, 10, 1e-6, 0),
  'one group, 1e-6': (rows, dim) => grouped(8, rows, dim, 1, 1e-6),
  'copies of one row': (rows, dim) => grouped(9, rows, dim, 1, 0),
  'random, ascending': (rows, dim) => ascending(grouped(10, rows, dim, rows, 1), rows, dim),
  'scores all within 1e-2': (rows, dim) => flat(11, rows, dim, 1e-2),
  'scores all within 1e-6': (rows, dim) => flat(12, rows, dim, 1e-6),
};
