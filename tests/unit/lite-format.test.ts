import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { liteEncoder } from 'attune/core';
import { LITE } from '../../src/encoder/lite-release.js';
import { parseLite } from '../../src/encoder/lite-format.js';

const released = readFileSync(new URL('../../public/models/lite/lite.attune', import.meta.url));

/** A copy that can be damaged. */
function copy(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}

/** A lite file of four tokens and two numbers a row, laid out as training/lite/pack.py does. */
function small(): Uint8Array {
  const coded = ['[UNK]', 'jazz', 'jazzy', 'rock'].reduce<{ bytes: number[]; before: string }>(
    ({ bytes, before }, token) => {
      let shared = 0;
      while (shared < before.length && before[shared] === token[shared]) shared++;
      const further = new TextEncoder().encode(token.slice(shared));
      return { bytes: [...bytes, shared, further.length, ...further], before: token };
    },
    { bytes: [], before: '' },
  ).bytes;
  const align = (n: number, to: number): number => Math.ceil(n / to) * to;
  const scalesOffset = align(36 + coded.length, 2);
  const rowsOffset = align(scalesOffset + 8, 16);
  const file = new Uint8Array(rowsOffset + 4);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode('ATLT'));
  [2, 4, 2, 4, coded.length, scalesOffset, rowsOffset].forEach((n, i) => view.setUint32(4 + 4 * i, n, true));
  view.setFloat32(32, 0.5, true);
  file.set(coded, 36);
  [0x3c00, 0x3800, 0xc000, 0x0001].forEach((half, i) => view.setUint16(scalesOffset + 2 * i, half, true)); // 1, ½, -2, 2⁻²⁴
  file.set([0x88, 0x79, 0xf0, 0x8a], rowsOffset);
  return file;
}

const corrupt = expect.objectContaining({ name: 'AttuneError', code: 'model/corrupt' });

test('a small file reads as it was written', () => {
  const { tokens, dim, damping, scales, rows } = parseLite(copy(small()));
  expect(tokens).toEqual(['[UNK]', 'jazz', 'jazzy', 'rock']);
  expect([dim, damping, ...scales]).toEqual([2, 0.5, 1, 0.5, -2, 2 ** -24]);
  expect([...rows]).toEqual([0x88, 0x79, 0xf0, 0x8a]);
});

test('the released file reads, and gives rows of unit length or zeros', async () => {
  const { data, dim } = await liteEncoder(copy(released)).encode([
    'quiet piano at night',
    '',
    '\ud800 __proto__ constructor',
  ]);
  const lengths = [0, 1, 2].map((i) => Math.hypot(...data.subarray(i * dim, (i + 1) * dim)));
  expect(lengths).toBeAllclose([1, 0, 1], { atol: 1e-5 });
});

test('a table of another version says so, so that its rows are not compared with the released one’s', () => {
  expect(liteEncoder(copy(released), 'own-1').modelVersion).toBe('own-1');
  expect(liteEncoder(copy(released)).modelVersion).toBe(LITE.modelVersion);
});

const FIELDS = ['magic', 'version', 'rows', 'dim', 'bits', 'vocabBytes', 'scalesOffset', 'rowsOffset'];

describe.each([
  ['a small file', small()],
  ['the released file', new Uint8Array(released)],
])('%s is refused', (_, good) => {
  test.each(FIELDS)('when %s in its header is changed', (field) => {
    const at = 4 * FIELDS.indexOf(field);
    const was = new DataView(copy(good)).getUint32(at, true);
    for (const value of [0, 1, 7, was - 2, was - 1, was + 1, was + 2, was + 16, 2 * was, 0x7fffffff, 0xffffffff]) {
      if (value === was) continue;
      const bytes = copy(good);
      new DataView(bytes).setUint32(at, value, true);
      expect(() => parseLite(bytes), `${field} ${was} → ${value}`).toThrow(corrupt);
    }
  });

  test('when it is cut off, wherever that is', () => {
    const cuts = [0, 1, 3, 4, 35, 36, 37, 44, good.length >> 1, good.length - 2, good.length - 1];
    for (let i = 1; i < 20; i++) cuts.push(Math.floor((i * good.length) / 20));
    for (const cut of cuts) expect(() => parseLite(copy(good.slice(0, cut))), `cut at ${cut}`).toThrow(corrupt);
  });

  test('when something follows it', () => {
    expect(() => parseLite(copy(Uint8Array.from([...good.slice(0, 64), ...good])))).toThrow(corrupt);
    const longer = new Uint8Array(good.length + 1);
    longer.set(good);
    expect(() => parseLite(longer.buffer)).toThrow(corrupt);
  });
});

test('a damping below zero or without bounds is refused', () => {
  for (const damping of [-0.1, NaN, Infinity]) {
    const bytes = copy(small());
    new DataView(bytes).setFloat32(32, damping, true);
    expect(() => parseLite(bytes), `${damping}`).toThrow(corrupt);
  }
});

test('a vocabulary whose lengths make no sense is refused', () => {
  for (const [at, value] of [
    [36, 1],
    [37, 255],
    [37, 0],
    [43, 200],
    [44, 6],
  ] as const) {
    const bytes = small();
    bytes[at] = value;
    expect(() => parseLite(copy(bytes)), `byte ${at} → ${value}`).toThrow(corrupt);
  }
});

test('an empty buffer and a web page served in its place are refused', () => {
  expect(() => parseLite(new ArrayBuffer(0))).toThrow(corrupt);
  expect(() => parseLite(copy(new TextEncoder().encode(`<!doctype html>${' '.repeat(200)}`)))).toThrow(corrupt);
});
