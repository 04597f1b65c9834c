import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AttuneExport } from 'attune';
import { answers, EXPECTED_FILE, LOG_FILE, moves } from '../regression.js';

const log = JSON.parse(readFileSync(LOG_FILE, 'utf8')) as AttuneExport;
const expected = JSON.parse(readFileSync(EXPECTED_FILE, 'utf8')) as Record<string, number>;

test('scores, probabilities, positions and ranks of a small log are what they were, to 1e-6 (`npm run fixtures:update`)', async () => {
  expect(log.interactions.length).toBeGreaterThan(180);
  expect(Object.keys(expected).length).toBeGreaterThan(500);
  expect(moves(expected, await answers(log))).toEqual([]);
});

test('a number that moved by more than 1e-6, came or went is told, the largest move first', () => {
  const before = { a: 1, b: 2, c: 3, gone: 4, broken: 5 };
  const after = { a: 1 + 5e-7, b: 2.5, c: 3.00001, come: 4, broken: NaN };
  expect(
    moves(before, after)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['b', 'broken', 'c', 'come', 'gone']);
  expect(moves({ b: 2, c: 3 }, { b: 2.5, c: 3.00001 })[0]).toEqual({ path: 'b', before: 2, after: 2.5, by: 0.5 });
});
