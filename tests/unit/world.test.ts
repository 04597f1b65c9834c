import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { dot, norm } from '../../src/core/vector.js';
import { AXES } from '../../src/lab/vocabulary.js';
import { worldEncoder } from '../../src/lab/encoder.js';
import { createWorld, matchOf, periodAt, trueProbability, type World, type WorldOptions } from '../../src/lab/world.js';
import type { OutcomeCurve } from '../../src/lab/curve.js';

const invalid = expect.objectContaining({ name: 'AttuneError', code: 'input/invalid' });
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const small = createWorld({ seed: 1, items: 60, people: 4 });

/** Mean probability of everybody on everything at an instant, person by person. */
function rates(world: World, at?: number): number[] {
  return world.people.map((person) => mean(world.items.map((item) => trueProbability(world, person, item, at))));
}

describe('a world', () => {
  test('is the same for the same options, plain data, and another one for another seed', () => {
    expect(structuredClone(small)).toEqual(createWorld({ seed: 1, items: 60, people: 4 }));
    const other = createWorld({ seed: 2, items: 60, people: 4 });
    expect(other.items[0]!.positions).not.toEqual(small.items[0]!.positions);
    expect(other.people[0]!.periods).not.toEqual(small.people[0]!.periods);
  });

  test('grows without moving what was there: more items and people are appended', () => {
    const larger = createWorld({ seed: 1, items: 80, people: 6 });
    expect(larger.items.slice(0, 60)).toEqual(small.items);
    expect(larger.people.slice(0, 4)).toEqual(small.people);
  });

  test('has axes at right angles, of which poles are the ends', () => {
    const { sliders } = small;
    for (const [s, { axis, poles }] of sliders.entries()) {
      const difference = poles[1].map((x, j) => x - poles[0][j]!);
      expect(dot(difference, axis) / norm(difference)).toBeAllclose(1, { atol: 1e-6 });
      for (const other of sliders.slice(s + 1)) expect(dot(axis, other.axis)).toBeAllclose(0, { atol: 1e-6 });
    }
  });

  test('embeds items at unit length, the further along an axis the further they stand on it', () => {
    for (const [s, { axis }] of small.sliders.entries()) {
      const positions = small.items.map((item) => item.positions[s]!);
      const read = small.items.map(({ embedding }) => dot(axis, embedding));
      const [a, b] = [mean(positions), mean(read)];
      const cross = mean(positions.map((x, i) => (x - a) * (read[i]! - b)));
      const scale = Math.sqrt(mean(positions.map((x) => (x - a) ** 2)) * mean(read.map((x) => (x - b) ** 2)));
      expect(cross / scale).toBeGreaterThan(0.9);
    }
    expect(small.items.every(({ embedding }) => Math.abs(norm(embedding) - 1) < 1e-6)).toBe(true);
  });

  test('writes an item’s lean to a pole by that pole’s words, three at the very end, none in the middle', () => {
    for (const { text, positions } of small.items) {
      for (const [s, { lowWords, highWords }] of AXES.slice(0, positions.length).entries()) {
        const words = text.split(', ');
        const [low, high] = [lowWords, highWords].map((pole) => words.filter((word) => pole.includes(word)).length);
        const expected = Math.round(3 * Math.abs(positions[s]!));
        expect([low, high]).toEqual(positions[s]! < 0 ? [expected, 0] : [0, expected]);
      }
    }
    expect(new Set(small.items.map(({ text }) => text)).size).toBe(60);
  });

  test('matches people and items with mean 0 and deviation 1', () => {
    const world = createWorld({ seed: 3, items: 400, people: 200 });
    const matches = world.people.flatMap(({ periods }) =>
      world.items.map(({ positions }) => matchOf(periods[0]!.positions, positions)),
    );
    expect(mean(matches)).toBeAllclose(0, { atol: 0.03 });
    expect(mean(matches.map((x) => x * x))).toBeAllclose(1, { atol: 0.04 });
  });
});

describe('probabilities', () => {
  const curves: readonly OutcomeCurve[] = [
    { kind: 'logistic', base: 0.2, slope: 1.5 },
    { kind: 'flat', base: 0.1 },
    { kind: 'staircase', levels: [0.05, 0.3, 0.7], edges: [-0.5, 0.5] },
    { kind: 'saturated', low: 0.02, high: 0.5, slope: 3, centre: 0 },
  ];

  test.each(curves)('of a $kind curve never fall with the match, and can be given any mean', (curve) => {
    const world = createWorld({ seed: 4, items: 100, people: 3, curve, rate: 0.25 });
    expect(rates(world)).toBeAllclose([0.25, 0.25, 0.25], { atol: 1e-9 });
    for (const person of world.people) {
      const known = world.items
        .map((item) => [matchOf(person.periods[0]!.positions, item.positions), trueProbability(world, person, item)])
        .sort(([a], [b]) => a! - b!);
      expect(known.every(([, p], i) => i === 0 || p! >= known[i - 1]![1]!)).toBe(true);
    }
  });

  test('of a logistic curve are those of its formula', () => {
    const [person, item] = [small.people[0]!, small.items[0]!];
    const match = matchOf(person.periods[0]!.positions, item.positions);
    expect(trueProbability(small, person, item)).toBeAllclose(1 / (1 + 4 * Math.exp(-1.5 * match)), { rtol: 1e-12 });
  });

  test('go from .2 to .4 at the time of a change of rate, and not before, taste staying as it was', () => {
    const at = small.startAt + 1000;
    const world = createWorld({ seed: 5, items: 50, people: 2, rate: 0.2, rateChange: { at, rate: 0.4 } });
    expect(rates(world, at - 1)).toBeAllclose([0.2, 0.2], { atol: 1e-9 });
    expect(rates(world, at)).toBeAllclose([0.4, 0.4], { atol: 1e-9 });
    const [before, after] = world.people[0]!.periods;
    expect(after!.positions).toEqual(before!.positions);
  });

  test('follow another taste from the drift on, whatever else changes before or after', () => {
    const [first, second] = [small.startAt + 1000, small.startAt + 2000];
    const options = { seed: 6, items: 50, people: 1, rate: 0.2 };
    for (const [driftAt, at] of [
      [first, second],
      [second, first],
      [first, first],
    ] as const) {
      const [person] = createWorld({ ...options, driftAt, rateChange: { at, rate: 0.4 } }).people;
      const taste = (when: number): readonly number[] => periodAt(person!, when).positions;
      expect(taste(driftAt - 1)).toEqual(taste(0));
      expect(taste(driftAt)).not.toEqual(taste(0));
      expect(taste(Infinity)).toEqual(taste(driftAt));
    }
  });
});

test('a world’s encoder embeds its items and poles as they were made, and knows nothing else', async () => {
  const encoder = worldEncoder(small);
  const { definition, poles } = small.sliders[2]!;
  const { data, rows } = await encoder.encode([small.items[7]!.text, definition.high, 'else']);
  expect([rows, data.length, encoder.dim]).toEqual([3, 96, 32]);
  expect(data.subarray(0, 32)).toEqual(small.items[7]!.embedding);
  expect(data.subarray(32, 64)).toEqual(poles[1]);
  expect(data.subarray(64).every((x) => x === 0)).toBe(true);
  await expect(encoder.encode(['x'], { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
});

test.each([
  ['seed', { seed: 0.5 }],
  ['items', { items: 0 }],
  ['people', { people: 1.5 }],
  ['sliders', { sliders: 7 }],
  ['dim', { sliders: 5, dim: 5 }],
  ['noise', { noise: NaN }],
  ['rate', { rate: 1 }],
  ['rate', { rateChange: { at: 0, rate: 0 } }],
  ['curve', { curve: { kind: 'logistic', base: 0, slope: 1 } }],
  ['curve', { curve: { kind: 'logistic', base: 0.5, slope: -1 } }],
  ['curve', { curve: { kind: 'flat', base: 1 } }],
  ['curve', { curve: { kind: 'saturated', low: 0.5, high: 0.4, slope: 1, centre: 0 } }],
  ['curve', { curve: { kind: 'staircase', levels: [0.1, 0.2], edges: [0, 1] } }],
  ['curve', { curve: { kind: 'staircase', levels: [0.2, 0.1], edges: [0] } }],
  ['curve', { curve: { kind: 'other' } }],
])('a world with a wrong %s is refused (%o)', (name, options) => {
  const wrong = { seed: 1, ...options } as WorldOptions;
  expect(() => createWorld(wrong)).toThrow(invalid);
  expect(() => createWorld(wrong)).toThrow(name);
});
