import { expect, test } from 'vitest';
import '../allclose.js';
import {
  buildTransitionTable,
  readTransitionTable,
  successorsIn,
  writeTransitionTable,
} from '../../src/core/transition-table.js';
import { addTransitions, countTransition, noTransitions, sharesOf } from '../../src/core/transitions.js';
import { seeded } from '../../src/core/random.js';

const corrupt = expect.objectContaining({ name: 'AttuneError', code: 'model/corrupt' });

/** Random walks over `size` items. */
function walks(size: number, people: number): { counts: ReturnType<typeof noTransitions>; items: string[] } {
  const counts = noTransitions();
  const random = seeded(1);
  for (let person = 0; person < people; person++) {
    const before: number[] = [];
    for (let step = 0; step < 40; step++) {
      const item = Math.floor(size * random() ** 2);
      countTransition(counts, before, item);
      before.push(item);
    }
  }
  return { counts, items: Array.from({ length: size }, (_, i) => `item ${i} ü`) };
}

test('a b c: what follows at once counts 1, what comes after it 1/2, each over the occurrences and five more', () => {
  const counts = noTransitions();
  const before: number[] = [];
  for (const item of [0, 1, 2]) {
    countTransition(counts, before, item);
    before.push(item);
  }
  expect([...sharesOf(counts, 0)]).toEqual([
    [1, 1 / 6],
    [2, 1 / 12],
  ]);
  const scores = new Float64Array(4);
  addTransitions((item) => sharesOf(counts, item), [0, 1], scores);
  expect(scores).toBeAllclose([0, 0.8 / 6, 1 / 6 + 0.8 / 12, 0], { atol: 1e-15 });
});

test('a table keeps the best 50 successors of each item to half a 255th of the largest, through its file', () => {
  const { counts, items } = walks(70, 30);
  const table = buildTransitionTable(counts, { items, until: 123, actions: 2400 });
  const read = readTransitionTable(writeTransitionTable(table));
  expect(read).toEqual(table);
  for (let item = 0; item < items.length; item++) {
    const exact = [...sharesOf(counts, item)].sort((a, b) => b[1] - a[1]);
    const kept = [...successorsIn(read, item)];
    expect(kept).toHaveLength(Math.min(50, exact.length));
    const shares = new Map(exact);
    const largest = exact[0]?.[1] ?? 0;
    const errors = kept.map(([successor, share]) => Math.abs(share - shares.get(successor)!));
    expect(Math.max(0, ...errors)).toBeLessThanOrEqual((largest / 255) * 0.501);
    const least = exact[49]?.[1] ?? 0;
    expect(kept.every(([successor]) => shares.get(successor)! >= least)).toBe(true);
  }
});

test('a table that was cut, changed, or is of another version is refused by its code', () => {
  const { counts, items } = walks(20, 5);
  const file = writeTransitionTable(buildTransitionTable(counts, { items, until: 1, actions: 1 }));
  const changed = (at: number): Uint8Array => file.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const files = [
    file.subarray(0, file.length - 1),
    file.subarray(0, 10),
    new Uint8Array(0),
    changed(file.length - 3),
    changed(18),
    changed(26),
    changed(30),
  ];
  for (const bytes of files) expect(() => readTransitionTable(bytes)).toThrow(corrupt);
  expect(readTransitionTable(file).items).toEqual(items);
});
