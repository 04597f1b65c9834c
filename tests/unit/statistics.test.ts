import { expect, test } from 'vitest';
import '../allclose.js';
import { meanRow, spreadOf, standardize } from '../../src/core/statistics.js';
import { seeded } from '../semantic/catalogue.js';

const prior = { mean: 0.1, sd: 0.5, count: 0 };

/** `rows` seeded rows of `dim` numbers with their offsets. */
function catalogue(rows: number, dim: number): { data: Float32Array; offsets: Int32Array } {
  const random = seeded(rows);
  return {
    data: Float32Array.from({ length: rows * dim }, () => random() - 0.5),
    offsets: Int32Array.from({ length: rows }, (_, i) => i * dim),
  };
}

test('a standardized feature is (f - mean) / (3 sd), unclipped', () => {
  const spread = { mean: 0.2, sd: 0.1, count: 50 };
  expect([0.2, 0.5, -0.1, 2.2].map((f) => standardize(f, spread))).toBeAllclose([0, 1, -1, 20 / 3], { rtol: 1e-12 });
});

test('from 50 items on the spread is q·m and qᵀCq of the catalogue alone', () => {
  const dim = 6;
  const { data, offsets } = catalogue(60, dim);
  const q = Float64Array.from({ length: dim }, (_, j) => (j % 2 === 0 ? 0.3 : -0.7));
  const row = (i: number): number[] => [...data.subarray(i * dim, (i + 1) * dim)];
  const m = q.map((_, j) => offsets.reduce((sum, _offset, i) => sum + row(i)[j]! / 60, 0));
  let [mean, variance] = [0, 0];
  for (let j = 0; j < dim; j++) {
    mean += q[j]! * m[j]!;
    for (let k = 0; k < dim; k++) {
      let covariance = 0;
      for (let i = 0; i < 60; i++) covariance += ((row(i)[j]! - m[j]!) * (row(i)[k]! - m[k]!)) / 60;
      variance += q[j]! * covariance * q[k]!;
    }
  }
  const spread = spreadOf(q, data, offsets, prior);
  expect([spread.mean, spread.sd]).toBeAllclose([mean, Math.sqrt(variance)], { rtol: 1e-9 });
  expect(spread.count).toBe(60);
});

test('below 50 items the catalogue counts n/(n + 50) and the prior the rest', () => {
  const spread = spreadOf(Float64Array.of(1), Float32Array.of(0.5, 1), Int32Array.of(0, 1), prior);
  const share = 2 / 52; // mean 0.75, variance 0.0625
  const sd = Math.sqrt(share * 0.0625 + (1 - share) * 0.25);
  expect([spread.mean, spread.sd]).toBeAllclose([share * 0.75 + (1 - share) * 0.1, sd], { rtol: 1e-12 });
});

test('without items the spread is the prior', () => {
  expect(spreadOf(Float64Array.of(1), new Float32Array(0), new Int32Array(0), prior)).toEqual(prior);
});

test('a catalogue of copies leans on the prior instead of dividing by nothing', () => {
  const spread = spreadOf(Float64Array.of(1), new Float32Array(50).fill(0.3), Int32Array.from(Array(50).keys()), prior);
  expect(spread.sd).toBe(0.5);
  expect(spread.mean).toBeAllclose(0.3, { rtol: 1e-6 });
});

test('the mean row is the catalogue’s own from 50 rows on, and shrinks towards 0 below', () => {
  const many = catalogue(50, 2);
  const mean = [0, 1].map((j) => many.offsets.reduce((sum, offset) => sum + many.data[offset + j]! / 50, 0));
  expect(meanRow(many.data, many.offsets, 2)).toBeAllclose(mean, { rtol: 1e-9 });
  expect(meanRow(Float32Array.of(1, 3), Int32Array.of(0, 1), 1)).toBeAllclose([(2 / 52) * 2], { rtol: 1e-12 });
  expect([...meanRow(new Float32Array(0), new Int32Array(0), 2)]).toEqual([0, 0]);
});
