import { expect, test } from 'vitest';
import { shapeEmbedding } from '../../src/encoder/shape-embedding.js';
import '../allclose.js';

const plain = { id: 'tiny', layerNorm: false, dims: undefined };

test('a sum comes to unit length', () => {
  expect(shapeEmbedding(Float64Array.of(9, 12), plain)).toBeAllclose([0.6, 0.8], { atol: 1e-7 });
});

test('layer normalization takes the mean of all numbers away, before the cut', () => {
  const shaped = shapeEmbedding(Float64Array.of(1, 2, 3, 6), { ...plain, layerNorm: true, dims: 2 });
  expect(shaped).toBeAllclose([-2 / Math.sqrt(5), -1 / Math.sqrt(5)], { atol: 1e-7 });
});

test('a cut keeps the first numbers and their direction', () => {
  expect(shapeEmbedding(Float64Array.of(3, 4, 99), { ...plain, dims: 2 })).toBeAllclose([0.6, 0.8], { atol: 1e-7 });
});

test('more dims than the model gives are refused', () => {
  expect(() => shapeEmbedding(Float64Array.of(3, 4), { ...plain, dims: 3 })).toThrowError(
    expect.objectContaining({ code: 'input/invalid', message: expect.stringContaining('tiny gives 2 numbers') }),
  );
});
