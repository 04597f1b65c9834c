import { expect, test } from 'vitest';
import { drawHabits, type Habitual } from '../../src/lab/habits.js';
import { createWorld } from '../../src/lab/world.js';

const world = createWorld({ seed: 5, items: 20, people: 150 });
const people = [...drawHabits(world)];
const kindsOf = ({ interactions }: Habitual): string[] => interactions.map(({ kind }) => kind);
const order = ['view', 'read', 'click', 'save', 'share', 'purchase'];

test('the same world draws the same habits', () => {
  const again = drawHabits(world);
  for (const person of people.slice(0, 5)) expect(again.next().value).toEqual(person);
});

test('no kind is much more frequent than others, and after each most others occur', () => {
  const [kinds, pairs] = [new Map<string, number>(), new Set<string>()];
  for (const done of people.map(kindsOf)) {
    done.forEach((kind, i) => {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (i > 0) pairs.add(`${done[i - 1]} ${kind}`);
    });
  }
  expect(Math.max(...kinds.values()) / (60 * people.length)).toBeLessThan(0.25); // of six
  expect(pairs.size).toBe(36);
});

test('the chances come true as often as they say, and most of the time one kind is near certain', () => {
  let [expected, hits, last, count] = [0, 0, 0, 0];
  for (const { interactions, chances } of people) {
    for (const [n, chance] of chances.entries()) {
      const best = Math.max(...chance);
      expect(chance.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
      expected += best;
      hits += Number(order[chance.indexOf(best)] === interactions[n]!.kind);
      if (n >= 48) [last, count] = [last + best, count + 1];
    }
  }
  const size = people.length * 60;
  expect(Math.abs(expected - hits) / size).toBeLessThan(3 * Math.sqrt(0.25 / size));
  expect(last / count).toBeGreaterThan(0.85); // the Bayes limit of the last fifth
});

test('without certainty every kind is as likely as any other, with all of it and one habit nothing is in doubt', () => {
  const few = createWorld({ seed: 6, items: 3, people: 2 });
  for (const { chances } of drawHabits(few, { certainty: 0 })) {
    for (const p of chances.flatMap((chance) => [...chance])) expect(p).toBeCloseTo(1 / 6, 12);
  }
  for (const { chances, interactions } of drawHabits(few, { certainty: 1, habits: 1 })) {
    for (const [n, chance] of chances.entries())
      if (n >= 2) expect(chance[order.indexOf(interactions[n]!.kind)]).toBe(1);
  }
});

test('options that make no sense are refused', () => {
  const wrong = [{ kinds: ['one'] }, { habits: 0 }, { certainty: 1.1 }, { length: 1.5 }];
  for (const options of wrong) {
    expect(() => [...drawHabits(world, options)]).toThrow(expect.objectContaining({ code: 'input/invalid' }) as Error);
  }
});
