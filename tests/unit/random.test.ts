import { expect, test } from 'vitest';
import '../allclose.js';
import { gaussian, mixSeeds, seeded, shuffled } from '../../src/core/random.js';

const drawn = <V>(n: number, draw: () => V): V[] => Array.from({ length: n }, draw);

test('the same seed gives the same numbers, in [0, 1), another one others', () => {
  const numbers = drawn(1000, seeded(7));
  expect(drawn(1000, seeded(7))).toEqual(numbers);
  expect(drawn(5, seeded(8))).not.toEqual(numbers.slice(0, 5));
  expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true);
});

test('the first numbers of seed 1 are those they have always been: fixtures rest on them', () => {
  expect(drawn(3, seeded(1))).toBeAllclose([0.6270739405881613, 0.002735721180215478, 0.5274470399599522], { atol: 0 });
});

test('uniform numbers fill ten bins alike, and are not like the ones before them', () => {
  const numbers = drawn(20_000, seeded(3));
  const bins = Array.from({ length: 10 }, (_, bin) => numbers.filter((x) => Math.floor(10 * x) === bin).length);
  const chiSquare = bins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  expect(chiSquare).toBeLessThan(27.9); // 99.9 % of 9 degrees of freedom
  const correlation = numbers.slice(1).reduce((sum, x, i) => sum + 12 * (x - 0.5) * (numbers[i]! - 0.5), 0) / 20_000;
  expect(Math.abs(correlation)).toBeLessThan(0.025);
});

test('mixed seeds differ by every number and by their order', () => {
  const mixed = [mixSeeds(1, 2), mixSeeds(2, 1), mixSeeds(1, 3), mixSeeds(1), mixSeeds(1, 2, 0), mixSeeds()];
  expect(new Set(mixed).size).toBe(mixed.length);
  const many = new Set(Array.from({ length: 10_000 }, (_, i) => mixSeeds(5, i)));
  expect(many.size).toBeGreaterThan(9_990);
});

test('normal numbers have mean 0, deviation 1 and 4.6 % beyond two', () => {
  const random = seeded(11);
  const numbers = drawn(20_000, () => gaussian(random));
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const variance = numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length;
  const beyond = numbers.filter((x) => Math.abs(x) > 2).length / numbers.length;
  expect([mean, variance]).toBeAllclose([0, 1], { atol: 0.04 });
  expect(beyond).toBeAllclose(0.0455, { atol: 0.005 });
});

test('a shuffle keeps every entry, leaves the list as it was, and has no favourite order', () => {
  const random = seeded(13);
  const list = Object.freeze(['a', 'b', 'c']);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = shuffled(list, random).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  expect([...counts.values()].every((count) => Math.abs(count - 1000) < 120)).toBe(true);
});
