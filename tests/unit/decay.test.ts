import { expect, test } from 'vitest';
import '../allclose.js';
import { addToSum, copySum, decay, emptySum, sumAt } from '../../src/core/decay.js';

test('evidence weighs 1 now, one half after a half-life, one quarter after two', () => {
  expect([0, 10, 20].map((age) => decay(age, 10))).toEqual([1, 0.5, 0.25]);
});

test('an age below 0, from a clock set back, counts as 0', () => {
  expect(decay(-5, 10)).toBe(1);
});

test('very old evidence weighs 0 and nothing else goes wrong', () => {
  expect(decay(1e9, 1)).toBe(0);
  expect(decay(Infinity, 1)).toBe(0);
});

test('a decayed sum is the sum of its decayed parts, late arrivals included', () => {
  const sum = emptySum(2, 10);
  addToSum(sum, Float64Array.of(1, 0), 2, 100);
  addToSum(sum, Float64Array.of(0, 1), 4, 110); // the first halves
  addToSum(sum, Float64Array.of(1, 1), 8, 90); // arrives quartered
  expect([...sum.sum]).toEqual([1 + 2, 4 + 2]);
  expect([sum.total, sum.at]).toEqual([1 + 4 + 2, 110]);
});

test('a sum read later has aged as a whole, and the original has not', () => {
  const sum = emptySum(1, 10);
  addToSum(sum, Float64Array.of(1), 8, 100);
  const later = sumAt(sum, 130);
  expect([later.sum[0], later.total, later.at]).toEqual([1, 1, 130]);
  expect([sum.sum[0], sum.total, sum.at]).toEqual([8, 8, 100]);
});

test('an empty sum stays empty at any instant', () => {
  const { sum, total } = sumAt(emptySum(2, 10), 1e12);
  expect([...sum, total]).toEqual([0, 0, 0]);
});

test('a copy can be added to alone', () => {
  const sum = emptySum(1, 10);
  addToSum(copySum(sum), Float64Array.of(1), 8, 100);
  expect([sum.sum[0], sum.total, sum.at]).toEqual([0, 0, -Infinity]);
});
