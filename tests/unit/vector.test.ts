import { expect, test } from 'vitest';
import '../allclose.js';
import { addScaled, dot, dotRow, isZero, norm, normalize } from '../../src/core/vector.js';

test('dot multiplies and adds, whatever the length is modulo four', () => {
  for (let dim = 0; dim < 10; dim++) {
    const a = Float64Array.from({ length: dim }, (_, j) => j + 1);
    expect(dot(a, a)).toBe((dim * (dim + 1) * (2 * dim + 1)) / 6);
  }
});

test('dotRow reads the row that starts at the offset', () => {
  const data = Float32Array.of(9, 9, 1, 2, 3, 9);
  expect(dotRow(Float32Array.of(1, 10, 100), data, 2)).toBe(321);
});

test('sums are kept in double precision', () => {
  const tiny = Float32Array.of(1, 2 ** -40);
  expect(dot(tiny, Float32Array.of(1, 1))).toBe(1 + 2 ** -40);
});

test('addScaled adds in place', () => {
  const sum = Float64Array.of(1, 2);
  addScaled(sum, Float64Array.of(10, 20), 0.5);
  expect([...sum]).toEqual([6, 12]);
});

test('normalize gives unit length in a new vector of the same type', () => {
  const v = Float64Array.of(3, 4);
  expect([...normalize(v)]).toBeAllclose([0.6, 0.8], { rtol: 1e-15 });
  expect([...v]).toEqual([3, 4]);
  expect(normalize(Float32Array.of(3, 4))).toBeInstanceOf(Float32Array);
});

test('normalize gives zeros where no direction is known', () => {
  for (const v of [
    [0, 0],
    [Infinity, 1],
    [NaN, 1],
  ])
    expect([...normalize(Float64Array.from(v))]).toEqual([0, 0]);
});

test('norm and isZero know a vector of zeros', () => {
  expect(norm(Float64Array.of(3, 4))).toBe(5);
  expect([isZero(new Float32Array(3)), isZero(Float32Array.of(0, 1e-30))]).toEqual([true, false]);
});
