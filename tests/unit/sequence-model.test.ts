import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SequenceEvent } from '../../src/compute/sequence/features.js';
import { openSequence } from '../../src/compute/sequence/model.js';
import type { SequenceShape } from '../../src/compute/sequence/shape.js';
import { dot } from '../../src/core/vector.js';
import '../allclose.js';
import { goldenModel } from '../golden/sequence-weights.js';

interface Case {
  readonly name: string;
  readonly shape: SequenceShape;
  readonly counts: readonly number[];
  readonly names: readonly [number, number, number];
  readonly seed: number;
  readonly size: number;
  readonly users: Readonly<Record<string, number[]>>;
  readonly kinds: Readonly<Record<string, number[]>>;
  readonly scores: Readonly<Record<string, number[]>>;
}

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'golden', 'sequence.json'), 'utf8')) as {
  cases: readonly Case[];
};

/** SPEC §8: equal to PyTorch to 1e-4. */
const AS_PYTORCH = { atol: 1e-4, rtol: 1e-4 };

test.each(cases)('user embeddings, kinds and scores are those of PyTorch: $name', (golden) => {
  const { file, texts, events } = goldenModel(golden.shape, golden.counts, golden.names, golden.seed, golden.size);
  const model = openSequence(file);
  const { width } = golden.shape;
  const projected = new Float32Array(texts.length * width);
  texts.forEach((text, i) => model.project({ itemId: `i${i}`, text }, projected, i * width));
  const state = model.start();
  for (const [place, user] of Object.entries(golden.users)) {
    model.append(state, events.slice(state.length, Number(place) + 1));
    expect(state.user).toBeAllclose(user, AS_PYTORCH);
    expect(model.kindsAfter(state)).toBeAllclose(golden.kinds[place]!, AS_PYTORCH);
    const scores = texts.map((_, i) => dot(state.user, projected.subarray(i * width, (i + 1) * width)));
    expect(scores).toBeAllclose(golden.scores[place]!, AS_PYTORCH);
  }
});

const tiny = cases[0]!;
const long = goldenModel(tiny.shape, tiny.counts, tiny.names, 9, 120);
const model = openSequence(long.file);

describe('a log', () => {
  test('read one by one, in parts or at once gives the same numbers', () => {
    const whole = model.start();
    model.append(whole, long.events);
    for (const step of [1, 2, 3, 7, 64, 119]) {
      const state = model.start();
      for (let at = 0; at < long.events.length; at += step) model.append(state, long.events.slice(at, at + step));
      expect(state.user).toEqual(whole.user);
      expect(state.length).toBe(120);
    }
  });

  test('longer than the reach is read as far as it matters, and no event less', () => {
    expect(model.reach).toBe(2 * (5 - 1) + 1);
    const whole = model.start();
    model.append(whole, long.events);
    const state = model.read(long.events);
    expect(state.length).toBe(9);
    expect(state.user).toEqual(whole.user);
    const other = (back: number): Float32Array =>
      model.read(long.events.map((event, i) => (i === 119 - back ? { ...event, itemId: 'i3', kind: 'n2' } : event)))
        .user;
    expect(other(9)).toEqual(whole.user);
    expect(other(8)).not.toEqual(whole.user);
  });

  test('grows on without growing in memory, across every edge of the window', () => {
    const state = model.read(long.events.slice(0, 50));
    model.append(state, long.events.slice(50));
    expect(state.user).toEqual(model.read(long.events).user);
    expect(state.kept[0]!.keys).toHaveLength(5 * 16);
  });

  test('that is empty leaves nobody known, and every kind possible', () => {
    const state = model.read([]);
    expect(state.user.every((x) => x === 0)).toBe(true);
    const kinds = model.kindsAfter(state);
    expect(kinds.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
    model.append(state, []);
    expect(state.length).toBe(0);
  });
});

describe('an item', () => {
  const text = long.texts[2]!;
  const project = (itemId: string, row = text): Float32Array => {
    const to = new Float32Array(tiny.shape.width);
    model.project({ itemId, text: row }, to);
    return to;
  };

  test('that the model never heard of stands where its text puts it', () => {
    expect(project('never heard of')).toEqual(project('i0')); // in the file, but never acted on: weight tanh(0)
    expect(project('never heard of')).not.toEqual(project('i2'));
    expect(project('constructor')).toEqual(project('i0'));
  });

  test('is its own the more, the more was done with it', () => {
    const own = long.file.tensors.get('items')!.subarray(2 * 16, 3 * 16);
    const alone = project('never heard of');
    const w = Math.tanh(40 / 200);
    const mixed = alone.map((x, j) => (1 - w) * x + (w * own[j]!) / Math.sqrt(16));
    expect(project('i2')).toBeAllclose(mixed, { atol: 1e-6 });
  });

  test('without a text is no error: nothing but its own is known', () => {
    expect(project('i2', new Float32Array(12)).every(Number.isFinite)).toBe(true);
  });
});

describe('numbers that are none', () => {
  const [event] = long.events as [SequenceEvent];
  test.each([
    ['text', { ...event, text: event.text.map((x, j) => (j === 3 ? NaN : x)) }],
    ['text', { ...event, text: event.text.subarray(1) }],
    ['at', { ...event, at: NaN }],
    ['dwellMs', { ...event, dwellMs: -1 }],
    ['dwellMs', { ...event, dwellMs: Infinity }],
  ])('are refused, and what was known stays: %s', (name, wrong) => {
    const state = model.read(long.events.slice(0, 7));
    const before = state.user.slice();
    expect(() => model.append(state, [event, wrong])).toThrow(
      expect.objectContaining({ code: 'input/invalid', message: expect.stringContaining(name) as string }) as Error,
    );
    expect([state.length, state.user]).toEqual([7, before]);
    model.append(state, [long.events[7]!]);
    expect(state.user).toEqual(model.read(long.events.slice(0, 8)).user);
  });

  test('are refused in an item', () => {
    const text = new Float32Array(12).fill(NaN);
    expect(() => model.project({ itemId: 'i1', text }, new Float32Array(16))).toThrow(
      expect.objectContaining({ code: 'input/invalid' }) as Error,
    );
  });
});

test('times that run backwards, and stays beyond any, are read as far as they make sense', () => {
  const [first, second] = long.events as [SequenceEvent, SequenceEvent];
  const at = first.at - 86_400_000 * 7;
  const backwards = model.read([first, { ...second, at, context: { hour: 3, weekday: 2 } }]).user;
  const together = model.read([first, { ...second, at: first.at, context: { hour: 3, weekday: 2 } }]).user;
  expect(backwards).toEqual(together);
  const odd = { ...second, dwellMs: 1e300, at: -8.64e15, context: { hour: 99, weekday: NaN, device: true } };
  expect(model.read([first, odd]).user.every(Number.isFinite)).toBe(true);
});
