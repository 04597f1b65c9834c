import { type Attune, type AttuneError, createAttune, type Store } from 'attune';
import { afterEach, expect, test } from 'vitest';
import { openIndexedDbStore } from '../../src/storage/indexed-db.js';
import { act, readAll, record } from '../contract/store.js';
import { oneHotEncoder, song, type Song } from '../one-hot.js';
import { changeRaw, deleteRaw, readRaw } from '../raw-database.js';

/** Garbage where records should be: set aside and reported, never fatal, and the rest is read. */
let users = 0;
let user = '';
let reports: AttuneError[] = [];
let told: (() => void) | undefined;
const opened: { close(): unknown }[] = [];

async function open(): Promise<Store> {
  const store = await openIndexedDbStore(
    user,
    () => crypto.randomUUID(),
    () => undefined,
    (report) => {
      reports.push(report);
      told?.();
    },
  );
  opened.push(store);
  return store;
}

/** A store with three interactions on disk, and whatever `damage` did to it since. */
async function damaged(damage: (transaction: IDBTransaction, logId: string) => void): Promise<[Store, string[]]> {
  user = `damage-${Date.now()}-${users++}`;
  const store = await open();
  const acts = ['a', 'b', 'c'].map(act);
  for (const each of acts) await store.append({ interactions: [each], items: [record(each.itemId)] });
  await store.writeValue('sliders', { pace: 1 });
  const { logId } = store;
  store.close();
  await changeRaw(user, (transaction) => damage(transaction, logId));
  return [await open(), acts.map(({ id }) => id)];
}

/** Resolves once damage was reported. */
function reported(): Promise<void> {
  return new Promise((resolve) => {
    told = resolve;
    if (reports.length > 0) resolve();
  });
}

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await deleteRaw(user);
  reports = [];
  told = undefined;
});

const GARBAGE: readonly unknown[] = [
  null,
  42,
  'text',
  [],
  {},
  { logId: 7, interactions: [] },
  { interactions: [act('x')] },
  { logId: 'some', interactions: 'none' },
  new Uint8Array(64),
];

test.each(GARBAGE.map((garbage, i) => [i, garbage] as const))(
  'garbage in the log (%i) is set aside',
  async (_, garbage) => {
    const [store, ids] = await damaged((transaction) => transaction.objectStore('batches').add(garbage));
    expect(await readAll(store)).toEqual(ids);
    await reported();
    expect(reports.map(({ code }) => code)).toEqual(['storage/corrupt']);
    expect((await readRaw(user, 'quarantine')).map(([, value]) => value)).toEqual([
      { place: 'batches', key: 4, value: garbage },
    ]);
    expect(await readRaw(user, 'batches')).toHaveLength(3);
    expect(await readAll(await open())).toEqual(ids);
  },
);

test('a record that is partly sound keeps its sound part', async () => {
  const good = act('b');
  const broken = [
    null,
    { ...good, id: '' },
    { ...good, at: NaN },
    { ...good, weight: 'heavy' },
    { ...good, kind: 7 },
    { ...good, itemId: null },
  ];
  const [store, ids] = await damaged((transaction, logId) =>
    transaction.objectStore('batches').add({ logId, interactions: [...broken, good] }),
  );
  expect(await readAll(store)).toEqual([...ids, good.id]);
  await reported();
  expect((await readRaw(user, 'quarantine')).map(([, value]) => (value as { value: unknown }).value)).toEqual(broken);
  expect(await readAll(store)).toEqual([...ids, good.id]);
  expect(reports).toHaveLength(1);
});

test.each([
  [{ keys: [1, 'two'], ends: [1, 2] }],
  [{ keys: [2, 1], ends: [1, 2] }],
  [{ keys: [1], ends: [9] }],
  [{ keys: 'all', ends: null }],
])('a merged record with a damaged inside (%j) is read whole', async (parts) => {
  const pair = [act('a'), act('b')];
  const [store, ids] = await damaged((transaction, logId) =>
    transaction.objectStore('batches').add({ logId, interactions: pair, ...parts }),
  );
  expect(await readAll(store)).toEqual([...ids, ...pair.map(({ id }) => id)]);
  await store.compact();
  expect(await readAll(store)).toEqual([...ids, ...pair.map(({ id }) => id)]);
});

test('a damaged item is set aside, and the others are read', async () => {
  const [store] = await damaged((transaction, logId) => {
    transaction.objectStore('items').put({ id: 'b', text: { not: 'text' }, title: 'b', logId });
    transaction.objectStore('items').put({ id: 'd' });
  });
  expect((await store.readItems()).map(({ id }) => id)).toEqual(['a', 'c']);
  await reported();
  expect(await readRaw(user, 'items')).toHaveLength(2);
  expect(await readRaw(user, 'quarantine')).toHaveLength(2);
  await store.append({ interactions: [act('b')], items: [record('b')] });
  expect((await store.readItems(['b'])).map(({ id }) => id)).toEqual(['b']);
});

test('damaged values read as absent', async () => {
  const [store] = await damaged((transaction) => {
    transaction.objectStore('values').put('garbage', 'sliders');
    transaction.objectStore('values').put(null, 'derived/profile');
  });
  expect(await store.readValue('sliders')).toBeUndefined();
  expect(await store.readValue('derived/profile')).toBeUndefined();
  await store.writeValue('sliders', { pace: 0 });
  expect(await store.readValue('sliders')).toEqual({ pace: 0 });
});

test('a damaged log name is read off the log', async () => {
  const [store, ids] = await damaged((transaction) => transaction.objectStore('values').put({ odd: 1 }, 'logId'));
  expect(await readAll(store)).toEqual(ids);
  expect(await store.readValue('sliders')).toEqual({ pace: 1 });
});

test('forgetting, trimming and merging work around damage, and forgetting empties the quarantine', async () => {
  const [store, ids] = await damaged((transaction) => {
    for (const garbage of GARBAGE) transaction.objectStore('batches').add(garbage);
  });
  await store.compact();
  expect(await store.remove(new Set([ids[0]!]))).toBe(1);
  expect(await readAll(store)).toEqual(ids.slice(1));
  await reported();
  expect(await readRaw(user, 'quarantine')).not.toEqual([]);
  expect(await store.remove(new Set([ids[1]!]))).toBe(1);
  expect(await readRaw(user, 'quarantine')).toEqual([]);
  expect(await readAll(store)).toEqual(ids.slice(2));
});

test('the SDK opens on a damaged log, warns, and learns from the rest', async () => {
  user = `damage-${Date.now()}-${users++}`;
  const options = { consent: 'granted', user, encoder: oneHotEncoder() } as const;
  const first = await createAttune<Song>(options);
  first.track('save', song('jazz'));
  await first.flush();
  await first.close();
  await changeRaw(user, (transaction) => {
    transaction.objectStore('batches').add({ nothing: 'sound' });
    for (const name of ['sliders', 'upkeep']) transaction.objectStore('values').put([], name);
    transaction.objectStore('values').openCursor().onsuccess = ({ target }) => {
      const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
      if (cursor === null) return;
      if ((cursor.key as string).startsWith('derived/'))
        cursor.update({ ...cursor.value, value: { lastKey: 1, state: 'gone' } });
      cursor.continue();
    };
  });
  const attune: Attune<Song> = await createAttune<Song>(options);
  opened.push(attune);
  const warned = new Promise<AttuneError>((resolve) => attune.on('warning', resolve));
  expect((await warned).code).toBe('storage/corrupt');
  await attune.flush();
  expect(attune.profile().interactionCount).toBe(1);
  expect(attune.data.storage).toBe('indexed-db');
});
