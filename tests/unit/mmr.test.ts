import { expect, test } from 'vitest';
import { mmrOrder } from '../../src/core/mmr.js';

/** Two copies of one thing, then something else, then something in between. */
const data = Float32Array.of(1, 0, 1, 0, 0, 1, 0.6, 0.8);
const offsets = Int32Array.of(0, 2, 4, 6);
const relevance = Float64Array.of(1, 0.9, 0.5, 0);

test('without diversity the order is by relevance, ties as given', () => {
  expect(mmrOrder(Float64Array.of(1, 2, 2, 0), data, offsets, 2, 0, 4)).toEqual([1, 2, 0, 3]);
});

test('a copy of what is placed gives way to something else', () => {
  // second slot: copy 0.5·0.9 - 0.5·1 = -0.05, other 0.5·0.5 - 0 = 0.25, between -0.5·0.6 = -0.3
  expect(mmrOrder(relevance, data, offsets, 2, 0.5, 4)).toEqual([0, 2, 1, 3]);
});

test('with full diversity only the distance to what is placed counts', () => {
  expect(mmrOrder(relevance, data, offsets, 2, 1, 4).slice(0, 3)).toEqual([0, 2, 3]);
});

test('only the asked slots are diversified; the rest follows by relevance', () => {
  expect(mmrOrder(relevance, data, offsets, 2, 0.5, 1)).toEqual([0, 1, 2, 3]);
  expect(mmrOrder(relevance, data, offsets, 2, 0.5, 0)).toEqual([0, 1, 2, 3]);
});

test('the row at the very start of the data is compared like any other', () => {
  expect(mmrOrder(Float64Array.of(0.9, 1, 0.5), data, Int32Array.of(0, 2, 4), 2, 0.5, 3)).toEqual([1, 2, 0]);
});

test('an item nothing is known about resembles nothing', () => {
  expect(mmrOrder(relevance, data, Int32Array.of(0, 2, -1, -1), 2, 0.5, 4)).toEqual([0, 2, 3, 1]);
});

test('relevance is compared on the scale of the list, whatever its unit', () => {
  const scaled = relevance.map((x) => 1000 * x - 40);
  expect(mmrOrder(scaled, data, offsets, 2, 0.5, 4)).toEqual([0, 2, 1, 3]);
});

test('equal relevance, one candidate and none are fine', () => {
  expect(mmrOrder(Float64Array.of(1, 1), data, Int32Array.of(0, 4), 2, 0.5, 2)).toEqual([0, 1]);
  expect(mmrOrder(Float64Array.of(1), data, Int32Array.of(0), 2, 1, 1)).toEqual([0]);
  expect(mmrOrder(new Float64Array(0), data, new Int32Array(0), 2, 1, 1)).toEqual([]);
});
