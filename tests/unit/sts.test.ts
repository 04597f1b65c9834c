import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pearson, readPairs, spearman } from '../../training/lite/sts.mjs';

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'pairs'), text);
  return join(folder, 'pairs');
}

test('pairs read alike from JSON, from three columns, and from STS-B’s own seven', () => {
  const pairs = [
    ['A man sings.', 'A man is singing.', 4.5],
    ['A dog.', 'Rain, again.', 0],
  ];
  expect(readPairs(file(JSON.stringify(pairs)))).toEqual(pairs);
  expect(readPairs(file('A man sings.\tA man is singing.\t4.5\nA dog.\tRain, again.\t0\n'))).toEqual(pairs);
  const published =
    'captions\tMSRvid\t2012\t1\t4.5\tA man sings.\tA man is singing.\nnews\tx\t2013\t2\t0\tA dog.\tRain, again.';
  expect(readPairs(file(published))).toEqual(pairs);
});

test('a line that is no pair is named', () => {
  expect(() => readPairs(file('A man sings.\tA man is singing.\n'))).toThrow('A man sings.');
});

test('correlations are SciPy’s, ties included', () => {
  const a = [0.1, 0.9, 0.4, 0.4, 0.75, 0.2];
  const b = [0, 5, 2.5, 3, 3, 1];
  // scipy.stats 1.10.1: pearsonr(a, b)[0], spearmanr(a, b)[0]
  expect(pearson(a, b)).toBeCloseTo(0.9248288312846776, 12);
  expect(spearman(a, b)).toBeCloseTo(0.9558823529411764, 12);
});

test('the probe sets hold 20 topics of 10 and 20 sliders of 8, and share no text', () => {
  const [first, second] = ['first', 'second'].map((name) =>
    JSON.parse(readFileSync(`training/lite/probes/${name}.json`, 'utf8')),
  );
  const seen = new Set<string>();
  for (const { topics, sliders } of [first, second]) {
    expect(topics.map(({ items }: { items: string[] }) => items.length)).toEqual(Array.from({ length: 20 }, () => 10));
    expect(sliders).toHaveLength(20);
    for (const { items } of topics) for (const item of items) seen.add(item);
    for (const { lowItems, highItems } of sliders) {
      expect([lowItems.length, highItems.length]).toEqual([4, 4]);
      for (const item of [...lowItems, ...highItems]) seen.add(item);
    }
  }
  expect(seen.size).toBe(2 * (20 * 10 + 20 * 8));
});
