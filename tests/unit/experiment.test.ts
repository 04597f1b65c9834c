import { expect, test } from 'vitest';
import { assign, type Experiment, firstExposure } from '../../src/domain/experiment.js';
import type { Interaction } from '../../src/domain/interaction.js';
import golden from '../golden/experiments.json' with { type: 'json' };
import { SOAK } from '../soak.js';

const KEYS = Array.from({ length: 8000 * SOAK }, (_, i) => `person-${i}`);
const spring: Experiment = { id: 'spring', arms: ['now', 'next', 'other'] };
const critical = new Map((golden.chiSquare as [number, number, number][]).map(([df, , value]) => [df, value]));

/** How many of `keys` are dealt to each, null's as 'none'. */
function tally(experiment: Experiment, keys: readonly string[] = KEYS): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    const arm = assign(experiment, key) ?? 'none';
    counts.set(arm, (counts.get(arm) ?? 0) + 1);
  }
  return counts;
}

/** Pearson's statistic of counts against expected ones. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}

test.each(['spring', 'summer', 'a', 'b'])('experiment %s deals people by its weights', (id) => {
  const weights = [5, 3, 1, 1];
  const arms = ['a', 'b', 'c', 'd'];
  const counts = tally({ id, arms, weights });
  const expected = weights.map((weight) => (weight / 10) * KEYS.length);
  expect(
    chiSquare(
      arms.map((arm) => counts.get(arm)!),
      expected,
    ),
  ).toBeLessThan(critical.get(3)!);
});

test('neighbouring keys spread evenly over small shares, as ids in a row do', () => {
  const arms = Array.from({ length: 20 }, (_, i) => `arm-${i}`);
  const counts = tally({ id: 'twenty', arms }, Array.from(KEYS.keys(), String));
  expect(
    chiSquare(
      arms.map((arm) => counts.get(arm) ?? 0),
      arms.map(() => KEYS.length / 20),
    ),
  ).toBeLessThan(critical.get(19)!);
});

test.each([
  ['two experiments', { id: 'one', arms: ['now', 'next'] }, { id: 'two', arms: ['now', 'next'] }],
  ['two salts', { id: 'one', arms: ['now', 'next'] }, { id: 'one', salt: '2', arms: ['now', 'next'] }],
  ['taking part and arm', { id: 'one', arms: ['all'], share: 0.5 }, { id: 'one', arms: ['now', 'next'] }],
  [
    'holdout and arm',
    { id: 'one', arms: ['all'], holdout: { name: 'one', share: 0.5 } },
    { id: 'one', arms: ['now', 'next'] },
  ],
] as const)('%s are independent', (_, a: Experiment, b: Experiment) => {
  const [first, second] = [tally(a), tally(b)];
  const cells = new Map<string, number>();
  for (const key of KEYS) {
    const cell = `${assign(a, key)} ${assign(b, key)}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  const counts = [...first.keys()].flatMap((x) => [...second.keys()].map((y) => [x, y] as const));
  const named = (x: string, y: string): number => cells.get(`${x === 'none' ? null : x} ${y}`) ?? 0;
  const expected = counts.map(([x, y]) => (first.get(x)! * second.get(y)!) / KEYS.length);
  expect(counts).toHaveLength(4);
  expect(
    chiSquare(
      counts.map(([x, y]) => named(x, y)),
      expected,
    ),
  ).toBeLessThan(critical.get(1)!);
});

test('the same person has the same arm wherever it is asked', () => {
  expect(['ada', 'bob', 'eve'].map((key) => assign(spring, key))).toEqual(
    ['ada', 'bob', 'eve'].map((key) => assign({ ...spring }, key)),
  );
});

test('a growing share takes nobody from their arm', () => {
  const [half, all] = [{ ...spring, share: 0.5 }, spring];
  const taking = KEYS.slice(0, 2000).filter((key) => assign(half, key) !== null);
  expect(taking.length).toBeGreaterThan(900);
  expect(taking.length).toBeLessThan(1100);
  expect(taking.filter((key) => assign(half, key) !== assign(all, key))).toEqual([]);
  expect(assign({ ...spring, share: 0 }, 'ada')).toBe(null);
});

test('who is in a holdout is in none of its experiments, and most are in all', () => {
  const holdout = { name: '2026', share: 0.1 };
  const [a, b] = [
    { ...spring, holdout },
    { id: 'autumn', arms: ['now', 'next'], holdout },
  ];
  const out = KEYS.slice(0, 2000).filter((key) => assign(a, key) === null);
  expect(out.filter((key) => assign(b, key) !== null)).toEqual([]);
  expect(Math.abs(out.length - 200)).toBeLessThan(45);
});

test('the arm met first is the one in the log, of those that the experiment still has', () => {
  const met = (id: string, at: number, arm: string, experiment = 'spring'): Interaction => ({
    ...{ id, at, kind: 'exposure', itemId: `experiment:${experiment}` },
    metadata: { experiment, arm },
  });
  const log = [met('c', 30, 'next'), met('b', 20, 'other'), met('a', 10, 'now', 'winter'), met('0', 5, 'gone')];
  expect(firstExposure(spring, log)).toEqual({ arm: 'other', at: 20 });
  expect(firstExposure(spring, [{ id: 'a', at: 1, kind: 'save', itemId: 'x' }])).toBeUndefined();
});

const wrong: [string, unknown][] = [
  ['nothing', undefined],
  ['no id', { arms: ['a'] }],
  ['no arms', { id: 'x', arms: [] }],
  ['arms that are no list', { id: 'x', arms: { a: 1 } }],
  ['an arm twice', { id: 'x', arms: ['a', 'a'] }],
  ['an arm without a name', { id: 'x', arms: ['a', ''] }],
  ['too few weights', { id: 'x', arms: ['a', 'b'], weights: [1] }],
  ['a weight of 0', { id: 'x', arms: ['a', 'b'], weights: [1, 0] }],
  ['a weight that is none', { id: 'x', arms: ['a', 'b'], weights: [1, NaN] }],
  ['a share above 1', { id: 'x', arms: ['a'], share: 1.5 }],
  ['a holdout without a share', { id: 'x', arms: ['a'], holdout: { name: 'y' } }],
  ['no holdout at all', { id: 'x', arms: ['a'], holdout: null }],
];

test.each(wrong)('an experiment of %s is refused', (_, experiment) => {
  expect(() => assign(experiment as Experiment, 'ada')).toThrow(expect.objectContaining({ code: 'input/invalid' }));
});

test('names of prototypes are names like others, and a key is a text', () => {
  expect(assign({ id: '__proto__', arms: ['constructor'] }, 'toString')).toBe('constructor');
  for (const key of ['', 7, null]) expect(() => assign(spring, key as string)).toThrow(/key/);
});
