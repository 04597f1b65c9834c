import { expect, test } from 'vitest';
import { sealBox, openBox, type SealKeys } from '../../src/storage/crypto.js';
import { createPads, openPadded, type PaddedBytes, type Pads } from '../../src/storage/pads.js';
import { type Bytes, utf8 } from '../../src/storage/pack.js';
import { makeKeys } from '../keys-in-memory.js';

async function padsOf(keys: SealKeys): Promise<Pads> {
  const pads = createPads((pad) => sealBox(keys, 'pad', pad));
  await pads.prepare();
  return pads;
}
const opened = (keys: SealKeys, padded: PaddedBytes): Promise<Bytes | undefined> =>
  openPadded(padded, (box) => openBox(keys, 'pad', box));

const LENGTHS = [0, 1, 14, 15, 16, 300, 4048, 4049, 12_000];

test('what is sealed in one task opens again, whatever its length', async () => {
  const keys = await makeKeys();
  for (const length of LENGTHS) {
    const pads = await padsOf(keys);
    const plain = new Uint8Array(length).map((_, i) => i);
    expect(await opened(keys, pads.seal(plain)!)).toEqual(plain);
  }
});

test('the same text sealed twice has nothing in common with itself', async () => {
  const pads = await padsOf(await makeKeys());
  const [one, two] = [pads.seal(utf8('x'.repeat(2000)))!, pads.seal(utf8('x'.repeat(2000)))!];
  expect(one.boxes[0]).not.toEqual(two.boxes[0]);
  const same = one.text.filter((byte, i) => byte === two.text[i]).length;
  expect(same / one.text.length).toBeLessThan(0.05); // one in 256 by chance
});

test('nothing is sealed when too few pads are left, and again once there are more', async () => {
  const pads = await padsOf(await makeKeys());
  expect(pads.seal(new Uint8Array(65_000))).toBeDefined();
  expect(pads.seal(utf8('one more'))).toBeUndefined();
  await pads.prepare();
  expect(pads.seal(new Uint8Array(66_000))).toBeUndefined();
  expect(pads.seal(utf8('one more'))).toBeDefined();
});

test('one changed bit, a piece cut off or pads in another order are noticed', async () => {
  const keys = await makeKeys();
  const pads = await padsOf(keys);
  const padded = pads.seal(utf8('{"kind":"save"}'.repeat(400)))!;
  expect(padded.boxes.length).toBe(2);
  const text = padded.text;
  for (const at of [0, 15, 16, 1000, text.length - 1]) {
    const changed = text.slice();
    changed[at]! ^= 1;
    expect(await opened(keys, { ...padded, text: changed }), `bit in byte ${at}`).toBeUndefined();
  }
  for (const length of [0, 15, 16, 1000, text.length - 1]) {
    expect(await opened(keys, { ...padded, text: text.slice(0, length) }), `first ${length}`).toBeUndefined();
  }
  expect(await opened(keys, { ...padded, boxes: [...padded.boxes].reverse() })).toBeUndefined();
});

test('a pad that was changed, or is another log’s, does not open', async () => {
  const keys = await makeKeys();
  const padded = (await padsOf(keys)).seal(utf8('text'))!;
  const box = padded.boxes[0]!.slice();
  box[20]! ^= 1;
  await expect(opened(keys, { ...padded, boxes: [box] })).rejects.toThrow();
  await expect(opened(await makeKeys(), padded)).rejects.toThrow();
});
