import { expect, test } from 'vitest';
import '../allclose.js';
import { logGamma } from '../../src/core/log-gamma.js';
import { normalQuantile } from '../../src/core/normal-quantile.js';
import { normalCdf, sigmoid } from '../../src/core/special.js';
import golden from '../golden/special.json';

const column = (rows: number[][], i: number): number[] => rows.map((row) => row[i]!);

test('normalCdf agrees with SciPy to its stated fraction, far tails included', () => {
  expect(column(golden.normalCdf, 0).map(normalCdf)).toBeAllclose(column(golden.normalCdf, 1), { rtol: 1.2e-7 });
});

test('normalCdf lies in [0, 1] at the ends of the number line', () => {
  expect([normalCdf(-Infinity), normalCdf(-1e6), normalCdf(1e6), normalCdf(Infinity)]).toEqual([0, 0, 1, 1]);
});

test('sigmoid agrees with SciPy, far tails included', () => {
  expect(column(golden.sigmoid, 0).map(sigmoid)).toBeAllclose(column(golden.sigmoid, 1), { rtol: 1e-14 });
});

test('sigmoid overflows for no number', () => {
  expect([sigmoid(-Number.MAX_VALUE), sigmoid(Number.MAX_VALUE), sigmoid(0)]).toEqual([0, 1, 0.5]);
});

test('normalQuantile undoes normalCdf to 4.5e-4, in the tails too', () => {
  const points = [-4.5, -3, -1.96, -0.5, -0.001, 0, 0.001, 0.7, 2.5, 4];
  expect(points.map((x) => normalQuantile(normalCdf(x)))).toBeAllclose(points, { atol: 4.5e-4 });
});

test('logGamma agrees with SciPy, of whole numbers and of others', () => {
  expect(column(golden.logGamma, 0).map(logGamma)).toBeAllclose(column(golden.logGamma, 1), {
    rtol: 1e-12,
    atol: 1e-12,
  });
});
