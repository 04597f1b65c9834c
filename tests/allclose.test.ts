import { expect, test } from 'vitest';
import './allclose.js';

test('numbers within either bound are close, alone and in lists of any kind', () => {
  expect(1.01).toBeAllclose(1, { atol: 0.011 });
  expect(101).toBeAllclose(100, { rtol: 0.01 });
  expect(Float32Array.of(1, 2)).toBeAllclose([1, 2.02], { rtol: 0.01 });
  expect([]).toBeAllclose([], {});
});

test('a number past the bound, NaN, infinities of unlike sign and another length are not', () => {
  expect(1.02).not.toBeAllclose(1, { atol: 0.01 });
  expect(1e-9).not.toBeAllclose(0, { rtol: 1 });
  expect([1, NaN]).not.toBeAllclose([1, NaN], { atol: Infinity });
  expect(-Infinity).not.toBeAllclose(Infinity, { rtol: 1 });
  expect([1, 2]).not.toBeAllclose([1], { atol: 9 });
  expect([1]).not.toBeAllclose([1, 2], { atol: 9 });
});
