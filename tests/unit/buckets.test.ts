import { expect, test } from 'vitest';
import { buckets } from '../../src/encoder/buckets.js';

test('texts are run with those nearest in length, shortest first, each once', () => {
  expect(buckets([9, 3, 10, 4, 3], { texts: 2, tokens: 100 })).toEqual([[1, 4], [3, 0], [2]]);
});

test('a bucket holds at most so many texts, and tokens with their padding; a longer text runs alone', () => {
  const lengths = Array.from({ length: 300 }, (_, i) => 1 + ((i * 37) % 150));
  const limits = { texts: 16, tokens: 512 };
  const all = buckets([...lengths, 2000, 2000], limits);
  expect(all.flat().sort((a, b) => a - b)).toEqual([...lengths, 0, 0].map((_, i) => i));
  expect(all.slice(-2)).toEqual([[300], [301]]);
  for (const bucket of all.slice(0, -2)) {
    expect(bucket.length).toBeLessThanOrEqual(limits.texts);
    const longest = Math.max(...bucket.map((i) => lengths[i]!));
    expect(longest * bucket.length).toBeLessThanOrEqual(limits.tokens);
  }
});

test('no texts need no bucket, and one text a run is a bucket each', () => {
  expect(buckets([], { texts: 4, tokens: 10 })).toEqual([]);
  expect(buckets([2, 1], { texts: 1, tokens: 10 })).toEqual([[1], [0]]);
});
