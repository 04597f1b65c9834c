import { expect, test } from 'vitest';
import { scanRows, topIndices } from '../../src/core/scan.js';

const data = Float32Array.of(1, 2, 3, 4);

test('a row scores q·x plus its bias', () => {
  const scores = scanRows(Float64Array.of(10, 1), data, Int32Array.of(2, 0), Float64Array.of(0.5, 0.25));
  expect([...scores]).toEqual([34.5, 12.25]);
});

test('a row nothing is known about scores its bias alone', () => {
  const q = Float64Array.of(10, 1);
  expect([...scanRows(q, data, Int32Array.of(-1, -1), Float64Array.of(7, 0))]).toEqual([7, 0]);
  expect([...scanRows(q, data, Int32Array.of(-1), null)]).toEqual([0]);
});

test('the best come first and equal scores keep their order', () => {
  expect(topIndices(Float64Array.of(1, 3, 2, 3, 1), 9)).toEqual([1, 3, 2, 0, 4]);
  expect(topIndices(Float64Array.of(1, 3, 2, 3, 1), 3)).toEqual([1, 3, 2]);
  expect(topIndices(Float64Array.of(1), 0)).toEqual([]);
});
