import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSequenceFile } from '../../src/compute/sequence/file.js';
import { checksum } from '../../src/core/checksum.js';
import { LITE } from '../../src/encoder/lite-release.js';
import '../allclose.js';
import { SOAK } from '../soak.js';

const golden = join(import.meta.dirname, '..', 'golden');
const bytesOf = (kind: string): Uint8Array => new Uint8Array(readFileSync(join(golden, `sequence-${kind}.attune`)));
const { held } = JSON.parse(readFileSync(join(golden, 'sequence.json'), 'utf8')) as {
  held: Readonly<Record<string, number[]>>;
};

/** Of all lengths and bytes each one in the soak, every 17th else. */
const STEP = SOAK > 1 ? 1 : 17;

/** The file with another header, its length and checksum right. */
function withHeader(bytes: Uint8Array, change: (header: Record<string, unknown>) => void): Uint8Array {
  const length = new DataView(bytes.buffer).getUint32(20, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(28, 28 + length))) as Record<string, unknown>;
  change(header);
  const written = new TextEncoder().encode(JSON.stringify(header));
  const text = new Uint8Array(Math.ceil(written.length / 4) * 4).fill(32);
  text.set(written);
  const file = new Uint8Array([...bytes.subarray(0, 28), ...text, ...bytes.subarray(28 + length)]);
  new DataView(file.buffer).setUint32(20, text.length, true);
  new DataView(file.buffer).setUint32(24, checksum(text), true);
  return file;
}

const damaged = (why: string) =>
  expect.objectContaining({ code: 'model/corrupt', message: expect.stringContaining(why) as string }) as Error;

test.each([
  ['f32', 0],
  ['f16', 2 ** -11],
  ['i8', 1 / 127], // of a row's largest, which is at most 1 here
])('a file that Python wrote in %s holds the numbers it was given', (kind, tolerance) => {
  const { tensors, items, kinds, until, card, shape } = readSequenceFile(bytesOf(kind));
  expect([items, kinds, until, card]).toEqual([['a', 'b', 'ü'], ['view', 'save'], 1_700_000_000_000, { seed: 4 }]);
  expect(shape).toEqual({ layers: 1, width: 8, heads: 2, hidden: 12, window: 4, text: 6, blend: 200 });
  for (const [name, numbers] of Object.entries(held)) {
    expect(tensors.get(name)!).toBeAllclose(numbers, { atol: tolerance / 2 + 1e-7, rtol: 1e-7 });
  }
  expect(tensors.get('counts')).toEqual(Float32Array.of(0, 7, 300)); // never shortened
});

test('8 bits take a quarter of the matrices, 16 bits half', () => {
  const [whole, half, quarter] = ['f32', 'f16', 'i8'].map((kind) => bytesOf(kind).length);
  expect(half!).toBeLessThan(whole!);
  expect(quarter!).toBeLessThan(half!);
});

describe('a file that is not whole is refused, whatever is wrong with it:', () => {
  const good = bytesOf('i8');
  const changed = (at: number): Uint8Array => good.map((byte, i) => (i === at ? byte ^ 1 : byte));

  test('every length it could have been cut to', () => {
    for (let length = 0; length < good.length; length += STEP) {
      expect(() => readSequenceFile(good.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'model/corrupt' }) as Error,
      );
    }
    expect(() => readSequenceFile(new Uint8Array([...good, 0]))).toThrow(damaged('bytes instead of'));
  });

  test('every byte that could have been changed', () => {
    for (let at = 0; at < good.length; at += STEP) {
      expect(() => readSequenceFile(changed(at))).toThrow(expect.objectContaining({ code: 'model/corrupt' }) as Error);
    }
  });

  test('another version is named', () => {
    const other = good.slice();
    other.set(new TextEncoder().encode('attune-sequence-2\n'));
    expect(() => readSequenceFile(other)).toThrow(damaged('of version 2, and this Attune reads version 1'));
    expect(() => readSequenceFile(new TextEncoder().encode('<!doctype html><title>Not found'))).toThrow(
      damaged('it begins with "<!doctype'),
    );
  });

  test('headers that say too little, or what no model can be', () => {
    const cases: [string, (header: Record<string, unknown>) => void][] = [
      ['says too little', (header) => delete header['kinds']],
      ['says too little', (header) => (header['until'] = '2026')],
      ['heads is 0', (header) => (header['shape'] = { ...(header['shape'] as object), heads: 0 })],
      ['no multiple of 3 heads', (header) => (header['shape'] = { ...(header['shape'] as object), heads: 3 })],
      ['width is 1000000000', (header) => (header['shape'] = { ...(header['shape'] as object), width: 1e9 })],
      ['is no kinds of 4 × 8', (header) => (header['kinds'] = ['view', 'save', 'share'])],
      ['tensors, not', (header) => (header['tensors'] as object[]).pop()],
      ['is no kinds', (header) => ((header['tensors'] as { type: string }[])[0]!.type = 'constructor')],
    ];
    for (const [why, change] of cases) {
      expect(() => readSequenceFile(withHeader(good, change)), why).toThrow(damaged(why));
    }
    expect(readSequenceFile(withHeader(good, () => {})).items).toHaveLength(3);
  });

  test('numbers that are none', () => {
    const whole = bytesOf('f32');
    const at = whole.length - 4;
    new DataView(whole.buffer).setUint32(at, 0x7f800000, true); // +Infinity, the last of `items`
    const file = withHeader(whole, (header) => {
      const entry = (header['tensors'] as { rows: number; columns: number; sum: number }[]).at(-1)!;
      entry.sum = checksum(whole.slice(whole.length - 4 * entry.rows * entry.columns));
    });
    expect(() => readSequenceFile(file)).toThrow(damaged('items holds what is no finite number'));
  });
});

test("the demo's model is whole, small, and the one that its card and the demo name", () => {
  const folder = join(import.meta.dirname, '..', '..', 'demo');
  const bytes = readFileSync(join(folder, 'foundation', 'invented.attune'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { items, kinds, encoder, card } = readSequenceFile(bytes);
  expect(bytes.length).toBeLessThanOrEqual(600_000);
  expect([encoder, [...kinds].sort()]).toEqual([LITE.modelVersion, ['click', 'hide', 'read', 'save', 'share']]);
  const catalogue = JSON.parse(readFileSync(join(folder, 'catalog.json'), 'utf8')) as { id: string }[];
  expect([...items].sort()).toEqual(catalogue.map(({ id }) => id).sort());
  const said = readFileSync(join(folder, 'foundation', 'CARD.md'), 'utf8');
  expect(said).toContain(sha256);
  expect(said).toContain(`${bytes.length.toLocaleString('en')} bytes`);
  expect(said).toContain(`${(card['epochs'] as number).toString()} epochs were kept`);
  expect(readFileSync(join(folder, 'foundation-model.ts'), 'utf8')).toContain(sha256);
});
