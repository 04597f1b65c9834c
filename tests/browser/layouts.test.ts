import { type Attune, createAttune, type Encoder } from 'attune';
import { afterEach, expect, test } from 'vitest';
import '../allclose.js';
import { openIndexedDbStore } from '../../src/storage/indexed-db.js';
import { SCHEMA_VERSION } from '../../src/storage/schema.js';
import { act, record } from '../contract/store.js';
import v1 from '../fixtures/databases/v1.json' with { type: 'json' };
import v2 from '../fixtures/databases/v2.json' with { type: 'json' };
import { oneHotEncoder, song, type Song, watchWarnings } from '../one-hot.js';
import { type DatabaseFixture, deleteRaw, openRaw, plantFixture, readRaw } from '../raw-database.js';

/** What lies on the disk may be older than this code, or newer, or held by another version of it. */
let users = 0;
let user = '';
const opened: { close(): unknown }[] = [];
const LAYOUTS = [v1, v2];
const newUser = (): string => (user = `layouts-${Date.now()}-${users++}`);

const store = (): ReturnType<typeof openIndexedDbStore> =>
  openIndexedDbStore(
    user,
    () => crypto.randomUUID(),
    () => undefined,
  );

function open(): Promise<Attune<Song>> {
  return createAttune<Song>({ consent: 'granted', user, encoder: oneHotEncoder() });
}

function closing<T extends { close(): unknown }>(it: T): T {
  opened.push(it);
  return it;
}

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await deleteRaw(user);
});

const tableEncoder: Encoder = {
  modelVersion: 'fixture-1',
  dim: 3,
  async encode(texts) {
    const table: Record<string, number[]> = v1.vectors;
    return { data: Float32Array.from(texts.flatMap((text) => table[text]!)), rows: texts.length, dim: 3, truncated: 0 };
  },
  close() {},
};

test.each(LAYOUTS)('a database of layout $version opens with everything it had', async (old) => {
  newUser();
  await plantFixture(user, old as unknown as DatabaseFixture);
  const attune = closing(
    await createAttune({
      consent: 'granted',
      user,
      encoder: tableEncoder,
      sliders: [{ id: 'pace', low: 'calm', high: 'wild' }],
      now: () => old.now,
    }),
  );
  const { seen } = watchWarnings(attune as Attune<never>);
  await attune.flush();
  const { embedding, interactionCount, evidence } = attune.profile();
  expect(interactionCount).toBe(old.said.interactionCount);
  expect(evidence).toBeCloseTo(old.said.evidence, 9);
  expect([...embedding]).toBeAllclose(old.said.embedding, { rtol: 1e-9, atol: 1e-12 });
  expect(await attune.data.export()).toEqual({ ...old.said.export, exportedAt: old.now });
  expect(attune.data.storage).toBe('indexed-db');
  expect(await seen()).toEqual([]);
});

test.each(LAYOUTS)('snapshot and settings of layout $version are read from the new one', async (old) => {
  newUser();
  await plantFixture(user, old as unknown as DatabaseFixture);
  const opening = closing(await store());
  const [[name]] = old.stores.values.entries as unknown as [[string]];
  expect(await opening.readValue(name)).toMatchObject({ lastKey: 5, state: { modelVersion: 'fixture-1' } });
  expect(await opening.readValue('sliders')).toEqual({ pace: -0.4 });
  const raw = closing(await openRaw(user));
  expect(raw.version).toBe(SCHEMA_VERSION);
  expect(raw.objectStoreNames).toContain('embeddings');
});

test('a database of a newer layout is left alone: memory, and a warning that says so', async () => {
  newUser();
  const newer = SCHEMA_VERSION + 1;
  const db = await openRaw(user, newer, (made) => made.createObjectStore('batches').put('tomorrow', 1));
  db.close();
  const attune = closing(await open());
  const { seen } = watchWarnings(attune);
  attune.track('save', song('jazz'));
  await attune.flush();
  expect(attune.profile().interactionCount).toBe(1);
  expect(attune.data.storage).toBe('memory');
  const warnings = await seen();
  expect(warnings.map(({ code }) => code)).toEqual(['storage/unavailable']);
  expect(warnings[0]!.message).toMatch(/newer version of Attune/);
  await attune.close();
  expect(await readRaw(user, 'batches')).toEqual([[1, 'tomorrow']]);
  const after = closing(await openRaw(user));
  expect(after.version).toBe(newer);
});

test('an erase reaches a database of a newer layout as well', async () => {
  newUser();
  (await openRaw(user, SCHEMA_VERSION + 1, (made) => made.createObjectStore('batches').put('tomorrow', 1))).close();
  const attune = closing(await open());
  await attune.data.erase();
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(`attune/${user}`);
});

test('a newer layout may come while this one is open: it gives way, goes on in memory, and loses nothing stored', async () => {
  newUser();
  const attune = closing(await open());
  const { seen } = watchWarnings(attune);
  attune.track('save', song('jazz'));
  await attune.flush();
  const db = await openRaw(user, SCHEMA_VERSION + 1, (made) => made.createObjectStore('tomorrow')); // resolves: nothing blocks it
  db.close();
  attune.track('save', song('sea'));
  await attune.flush();
  expect(attune.profile().interactionCount).toBe(2);
  expect(attune.data.storage).toBe('memory');
  expect((await seen()).map(({ code }) => code)).toContain('storage/unavailable');
  expect(await readRaw(user, 'batches')).toHaveLength(1);
});

test('an older version in a tab that never gives way: memory for now, everything there once it has gone', async () => {
  newUser();
  await plantFixture(user, v1 as unknown as DatabaseFixture);
  const frozen = await openRaw(user);
  await expect(store()).rejects.toMatchObject({
    code: 'storage/unavailable',
    message: expect.stringMatching(/close it/),
  });
  frozen.close();
  const opening = closing(await store());
  expect((await opening.readBatches(0)).flatMap(({ interactions }) => interactions)).toHaveLength(5);
});

test('a database deleted while open is made anew at the next action', async () => {
  newUser();
  const attune = closing(await open());
  const { seen } = watchWarnings(attune);
  attune.track('save', song('jazz'));
  await attune.flush();
  await deleteRaw(user);
  await attune.data.recent(); // learns of it
  expect(attune.profile().interactionCount).toBe(0);
  attune.track('save', song('sea'));
  await attune.flush();
  expect((await attune.data.recent()).map(({ itemId }) => itemId)).toEqual(['sea']);
  expect(attune.data.storage).toBe('indexed-db');
  expect(await seen()).toEqual([]);
});

test('a browser that never answers counts as refusing', async () => {
  newUser();
  const { open: real } = IDBFactory.prototype;
  IDBFactory.prototype.open = function never() {
    return Object.assign(new EventTarget(), {}) as unknown as IDBOpenDBRequest;
  };
  try {
    await expect(store()).rejects.toMatchObject({ code: 'storage/unavailable' });
  } finally {
    IDBFactory.prototype.open = real;
  }
  const kept = closing(await store());
  expect(await kept.append({ interactions: [act('x')], items: [record('x')] })).toBeGreaterThan(0);
});
