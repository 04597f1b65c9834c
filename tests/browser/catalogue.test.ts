import { type Attune, createAttune, type Encoder } from 'attune';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCatalogue, entryOf } from '../../src/core/build-catalogue.js';
import { dot } from '../../src/core/vector.js';
import { deleteCatalogues } from '../../src/storage/catalogue-database.js';
import { seeded } from '../seeded.js';

const DIM = 256;
/** Above 16 MB in f32, so that rows are read from the disk's copy, and enough for the kernel. */
const COUNT = 17_000;

interface Thing {
  readonly id: string;
  readonly title: string;
}

const random = seeded(1);
const rows = new Float32Array(COUNT * DIM);
const things: readonly Thing[] = Array.from({ length: COUNT }, (_, i) => ({ id: `t${i}`, title: `thing ${i}` }));

function unitRow(): Float32Array {
  const row = Float32Array.from({ length: DIM }, () => random() - 0.5);
  const length = Math.sqrt(dot(row, row));
  return row.map((x) => x / length);
}

/** Knows things by their numbers, and gives whatever else the row of thing 7. */
const encoder: Encoder = {
  modelVersion: 'numbers-1',
  dim: DIM,
  encode(texts) {
    const data = new Float32Array(texts.length * DIM);
    texts.forEach((text, i) => {
      const row = Number(/^thing (\d+)/.exec(text)?.[1] ?? 7) % COUNT;
      data.set(rows.subarray(row * DIM, (row + 1) * DIM), i * DIM);
    });
    return Promise.resolve({ data, rows: texts.length, dim: DIM, truncated: 0 });
  },
  close() {},
};

/** The first things. */
function fileOf(count: number): Blob {
  const some = things.slice(0, count);
  return new Blob(
    buildCatalogue({
      modelVersion: encoder.modelVersion,
      dim: DIM,
      ids: some.map(({ id }) => id),
      entries: some.map((thing) => entryOf(thing.title, JSON.stringify(thing))),
      rows: rows.subarray(0, count * DIM),
    }),
  );
}

let file: Blob;
const opened: Attune<Thing>[] = [];
const warnings: string[] = [];

async function open(): Promise<Attune<Thing>> {
  const attune = await createAttune<Thing>({
    consent: 'granted',
    user: 'catalogue',
    encoder,
    text: ({ title }) => title,
    maxWaitMs: 20_000,
  });
  attune.on('warning', ({ message }) => void warnings.push(message));
  opened.push(attune);
  return attune;
}

beforeAll(async () => {
  await deleteCatalogues();
  for (let i = 0; i < COUNT; i++) rows.set(unitRow(), i * DIM);
  file = fileOf(COUNT);
});
afterAll(async () => {
  await opened[0]?.data.erase();
  await Promise.all(opened.map((attune) => attune.close()));
});

test('a catalogue too large for memory ranks from the disk’s copy as its items do, and again at the next visit', async () => {
  const attune = await open();
  attune.track('save', things[3]!);
  attune.track('hide', things[4]!);
  await attune.flush();
  const catalogue = await attune.openCatalogue(file);
  expect(catalogue.size).toBe(COUNT);
  await catalogue.remove(['t3']);
  const again = await open();
  const kept = await again.openCatalogue();
  const wanted = await (
    await open()
  ).rank(
    things.filter(({ id }) => id !== 't3'),
    { limit: 30 },
  );
  for (const [by, from] of [
    [attune, catalogue],
    [again, kept],
  ] as const) {
    const ranking = await by.rank(from, { limit: 30 });
    expect(from.size).toBe(COUNT - 1);
    expect(ranking.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
    expect(ranking.map(({ item }) => item)).toEqual(wanted.map(({ item }) => item));
    for (const [i, { score }] of ranking.entries()) expect(score).toBeCloseTo(wanted[i]!.score, 3);
  }
  expect(warnings).toEqual([]);
});

test('a large file whose codes were changed on the way is refused', async () => {
  const attune = await open();
  const at = file.size - COUNT * DIM * 4 - 2_500_000; // in the codes, which come before items and rows
  const byte = new Uint8Array(await file.slice(at, at + 1).arrayBuffer())[0]!;
  const damaged = new Blob([file.slice(0, at), Uint8Array.of(byte ^ 1), file.slice(at + 1)]);
  await expect(attune.openCatalogue(damaged, { name: 'damaged' })).rejects.toMatchObject({
    code: 'model/corrupt',
    message: expect.stringContaining('codes'),
  });
});

test('items that go while rows are being read from the disk spoil no ranking', async () => {
  const attune = await open();
  await attune.flush();
  const catalogue = await attune.openCatalogue(file, { name: 'changing' });
  for (let turn = 0; turn < 5; turn++) {
    const gone = things.slice(100 * turn + 10, 100 * turn + 110).map(({ id }) => id);
    const [before] = await Promise.all([attune.rank(catalogue, { limit: 200 }), catalogue.remove(gone)]);
    expect(before).toHaveLength(200);
    const ids = new Set((await attune.rank(catalogue, { limit: 200 })).map(({ id }) => id));
    expect(gone.filter((id) => ids.has(id))).toEqual([]);
  }
});

test('a browser that stores no Blobs keeps the bytes, and what comes after does not wait', async () => {
  const { put } = IDBObjectStore.prototype;
  let refused = 0;
  IDBObjectStore.prototype.put = function (value, key) {
    if (!((value as { file?: unknown }).file instanceof Blob)) return put.call(this, value, key);
    refused++;
    throw new DOMException('no Blobs here', 'DataCloneError');
  };
  try {
    const before = warnings.length;
    const attune = await open();
    await (await attune.openCatalogue(fileOf(9), { name: 'bytes' })).remove(['t5']);
    const kept = await (await open()).openCatalogue(undefined, { name: 'bytes' });
    expect([kept.size, refused, warnings.length - before]).toEqual([8, 1, 0]);
    expect(await kept.get(['t4', 't5'])).toEqual([things[4]]);
  } finally {
    IDBObjectStore.prototype.put = put;
  }
});
