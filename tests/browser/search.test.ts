import { expect, test } from 'vitest';
import { compileKernel } from '../../src/core/scan-memory.js';
import { findBest } from '../../src/core/search.js';
import { bothTables, slowBest } from '../rows.js';
import { nearly, seeded, unit } from '../seeded.js';

test('the kernel compiles at once on the page and finds what plain JavaScript finds', () => {
  expect(compileKernel()).toBeInstanceOf(WebAssembly.Module);
  const random = seeded(1);
  const centre = unit(random, 100);
  const rows = Array.from({ length: 2100 }, (_, i) => (i % 3 === 0 ? nearly(random, centre, 1e-6) : unit(random, 100)));
  const interests = [nearly(random, centre, 0.5), unit(random, 100)];
  const bias = Float64Array.from(rows, () => random() / 10);
  const query = { q: unit(random, 100), interests, bias, k: 20 };
  const wanted = slowBest(rows, query);
  for (const table of bothTables(rows, 100)) {
    const { rows: best, scores } = findBest(table, query);
    expect([...best]).toEqual(wanted.map(({ row }) => row));
    expect([...scores]).toEqual(wanted.map(({ score }) => score));
  }
});
