import { expect, test } from 'vitest';
import '../allclose.js';
import { openLexical } from '../../src/encoder/lexical.js';

const model = openLexical();
async function cosine(a: string, b: string): Promise<number> {
  const { data, dim } = await model.encode([a, b]);
  return data.subarray(0, dim).reduce((sum, x, j) => sum + x * data[dim + j]!, 0);
}

test('rows are of unit length, or all zeros when a text has no word to go by', async () => {
  const { data, rows, dim } = await model.encode(['walnut loaf', '', 'a of the', '!!! 123', '\ud800']);
  expect([rows, dim, data.length]).toEqual([5, 256, 5 * 256]);
  const lengths = [0, 1, 2, 3, 4].map((i) => Math.hypot(...data.subarray(i * dim, (i + 1) * dim)));
  expect(lengths).toBeAllclose([1, 0, 0, 0, 0], { atol: 1e-6 });
});

test('texts are as close as the words they share, whatever the case and order', async () => {
  expect(await cosine('Walnut loaf, baked today', 'today BAKED loaf walnut')).toBeAllclose(1, { atol: 1e-6 });
  expect(await cosine('walnut loaf', 'walnut cake')).toBeAllclose(0.5, { atol: 1e-6 });
  expect(await cosine('walnut loaf', 'jazz piano')).toBeAllclose(0, { atol: 1e-6 });
});

test('a word said again counts by the root of its count', async () => {
  expect(await cosine('walnut walnut walnut walnut loaf', 'walnut')).toBeAllclose(2 / Math.sqrt(5), { atol: 1e-6 });
});

test('words of other scripts count, and names of Object.prototype are words', async () => {
  expect(await cosine('Ökonomie музыка', 'ökonomie Музыка')).toBeAllclose(1, { atol: 1e-6 });
  expect(await cosine('constructor', 'constructor')).toBeAllclose(1, { atol: 1e-6 });
});

test('a text too long is read from its start, and that is counted', async () => {
  const { truncated, data } = await model.encode(['walnut '.repeat(200_000), 'walnut']);
  expect(truncated).toBe(1);
  expect([...data.subarray(0, 256)]).toBeAllclose([...data.subarray(256)], { atol: 1e-6 });
});
