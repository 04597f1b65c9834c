import { type Attune, type AttuneError, type AttuneOptions, createAttune, type Encrypt } from 'attune';
import { afterEach, expect, test } from 'vitest';
import { openOnDisk } from '../../src/storage/on-disk.js';
import { keyDatabaseName } from '../../src/storage/seal-schema.js';
import { act, readAll, record } from '../contract/store.js';
import { closeAll, isStored, newUser, openLasting } from '../lasting.js';
import { oneHotEncoder, song, type Song, watchWarnings } from '../one-hot.js';
import { changeRaw, deleteRaw, openRaw, readRaw } from '../raw-database.js';

/** What lies on disk when it is to be sealed, and what becomes of a page whose key is gone or wrong. */
const SECRET = { secret: 'a text of the site' };
const PLACES = ['batches', 'items', 'values', 'quarantine'];

afterEach(closeAll);

const open = (user: string, encrypt: Encrypt, options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> =>
  openLasting(user, { encrypt, ...options });

/** All that lies in the user's log, as text; bytes as one character each. */
async function lying(user: string): Promise<string> {
  const found = await Promise.all(PLACES.map((place) => readRaw(user, place)));
  return JSON.stringify(found, (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? String.fromCharCode(...new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      : value,
  );
}

/** Words that are on disk in a clear log. */
const TELLING = ['jazz', 'save', 'pace', '1760000000000', 'a remark'];

/** Does things that leave every kind of trace. */
async function leaveTraces(attune: Attune<Song>): Promise<void> {
  attune.track('save', song('jazz'), { metadata: { note: 'a remark' } });
  attune.track('view', song('sea'));
  attune.setSlider('pace', 0.5);
  await attune.flush();
  await attune.close(); // stores slider and snapshot
}

async function keysOf(user: string): Promise<string[]> {
  return (await indexedDB.databases()).map(({ name }) => name!).filter((name) => name === keyDatabaseName(user));
}

function deleteKeys(user: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(keyDatabaseName(user));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

/** A page, and the warnings of its start. */
async function openHearing(user: string, encrypt: Encrypt): Promise<[Attune<Song>, readonly AttuneError[]]> {
  const attune = await createAttune<Song>({ consent: 'granted', user, encoder: oneHotEncoder(), encrypt });
  const { seen } = watchWarnings(attune);
  await attune.flush();
  return [attune, await seen()];
}

test('a clear log tells what was done, on what, when and how a slider stands', async () => {
  const user = newUser();
  await leaveTraces(await open(user, false));
  const found = await lying(user);
  expect(TELLING.filter((word) => !found.includes(word))).toEqual([]);
  expect(await keysOf(user)).toEqual([]);
});

test.each([true, SECRET])('a sealed log (%j) tells none of it, and reads the same again', async (encrypt) => {
  const user = newUser();
  await leaveTraces(await open(user, encrypt));
  const found = await lying(user);
  expect(found.length).toBeGreaterThan(500);
  expect(TELLING.filter((word) => found.includes(word))).toEqual([]);
  const again = await open(user, encrypt);
  const { interactions, items, sliders } = await again.data.export();
  expect(interactions.map(({ kind, itemId, metadata }) => [kind, itemId, metadata])).toEqual([
    ['save', 'jazz', { note: 'a remark' }],
    ['view', 'sea', undefined],
  ]);
  expect(items.map(({ id, text }) => [id, text])).toEqual([
    ['jazz', 'jazz.'],
    ['sea', 'sea.'],
  ]);
  expect(sliders).toEqual({ pace: 0.5 });
  expect(again.profile().interactionCount).toBe(2);
});

test('the key can be used and not taken out, and of a secret only salt and name are kept', async () => {
  for (const encrypt of [true, SECRET]) {
    const user = newUser();
    await leaveTraces(await open(user, encrypt));
    const db = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open(keyDatabaseName(user));
      opening.onsuccess = () => resolve(opening.result);
    });
    const reading = db.transaction('keys').objectStore('keys').getAll();
    await new Promise((resolve) => (reading.onsuccess = resolve));
    db.close();
    const [kept] = reading.result as Record<string, unknown>[];
    if (encrypt === true) {
      const { box, mac } = kept as { box: CryptoKey; mac: CryptoKey };
      expect([box.extractable, mac.extractable]).toEqual([false, false]);
    } else expect(Object.keys(kept!).sort()).toEqual(['id', 'salt', 'type']);
  }
});

test('what was kept in the clear reads at once when it is to be sealed, and soon nothing of it is left in the clear', async () => {
  const user = newUser();
  await leaveTraces(await open(user, false));
  await changeRaw(user, (transaction) => transaction.objectStore('quarantine').add({ value: 'jazz, damaged' }));
  const attune = await open(user, true);
  expect(attune.profile().interactionCount).toBe(2);
  attune.track('save', song('jazz')); // an item that is there in both forms, for a moment
  await attune.flush();
  const told = async (): Promise<string[]> => {
    const found = await lying(user);
    return TELLING.filter((word) => found.includes(word));
  };
  await expect.poll(told).toEqual([]); // positions are sealed after the records
  const { interactions, items, sliders } = await attune.data.export();
  expect(interactions.map(({ itemId }) => itemId).sort()).toEqual(['jazz', 'jazz', 'sea']);
  expect(items.map(({ id }) => id)).toEqual(['jazz', 'sea']);
  expect(sliders).toEqual({ pace: 0.5 });
  expect(await readRaw(user, 'items')).toHaveLength(2);
});

test('what a tab of before still writes in the clear is read, and sealed by the next compaction', async () => {
  const user = newUser();
  const store = await openOnDisk(
    user,
    () => crypto.randomUUID(),
    true,
    () => undefined,
  );
  const [a, b] = [act('x'), act('y')];
  const first = await store.append({ interactions: [a], items: [record('x')] });
  await expect.poll(() => lying(user)).toContain('"whole":true');
  const { logId } = store;
  await changeRaw(user, (transaction) => {
    transaction.objectStore('batches').add({ logId, interactions: [b] });
    transaction.objectStore('items').put({ ...record('y'), logId });
    transaction.objectStore('values').put({ logId, value: 'made of boxes' }, 'derived/profile');
  });
  expect(await readAll(store)).toEqual([a.id, b.id]);
  expect(await store.readItems(['y', 'x'])).toEqual([record('y'), record('x')]);
  expect(await store.readValue('derived/profile')).toBeUndefined();
  await store.compact();
  expect(await lying(user)).not.toContain('text of');
  expect(await lying(user)).not.toContain(b.id);
  expect((await store.readBatches(first)).flatMap(({ interactions }) => interactions)).toEqual([b]);
  expect(await store.readItems()).toEqual([record('x'), record('y')]);
  expect(await store.remove(new Set([b.id]))).toBe(1);
  expect(await store.readItems()).toEqual([record('x')]);
  store.close();
});

test('a sealed log stays sealed when the option is gone, until it is erased and another page begins it', async () => {
  const user = newUser();
  await leaveTraces(await open(user, true));
  const attune = await open(user, false);
  expect(attune.profile().interactionCount).toBe(2);
  attune.track('save', song('jazz'));
  await attune.flush();
  expect(await lying(user)).not.toContain('jazz');
  await attune.data.erase();
  expect(await keysOf(user)).toEqual([]);
  await attune.close();
  await leaveTraces(await open(user, false));
  expect(await lying(user)).toContain('jazz');
});

const lockedOut: readonly (readonly [string, Encrypt, (user: string) => Promise<void>, Encrypt])[] = [
  ['the key’s database was deleted', true, deleteKeys, true],
  ['the key’s database was deleted and the option is gone', true, deleteKeys, false],
  ['the salt’s database was deleted', SECRET, deleteKeys, SECRET],
  ['the secret is another', SECRET, async () => undefined, { secret: 'another text' }],
  ['the secret is not given', SECRET, async () => undefined, true],
  ['the secret is not given and the option is gone', SECRET, async () => undefined, false],
  ['a secret is given for a log sealed without one', true, async () => undefined, SECRET],
];
test.each(lockedOut)(
  'when %s, the page works in memory, says so once, changes nothing on disk, and can erase it',
  async (_, sealedWith, change, openedWith) => {
    const user = newUser();
    await leaveTraces(await open(user, sealedWith));
    await change(user);
    const before = await lying(user);
    const [attune, warnings] = await openHearing(user, openedWith);
    expect(warnings.map(({ code }) => code)).toEqual(['storage/unavailable']);
    expect(attune.data.storage).toBe('memory');
    attune.track('save', song('rock'));
    await attune.flush();
    expect(attune.profile().interactionCount).toBe(1);
    expect(await lying(user)).toBe(before);
    await attune.data.erase();
    expect([await isStored(user), await keysOf(user)]).toEqual([false, []]);
    await attune.close();
    const [anew, heard] = await openHearing(user, openedWith);
    expect(heard).toEqual([]);
    expect(anew.data.storage).toBe('indexed-db');
    await anew.close();
  },
);

test('after a wrong secret the right one finds everything', async () => {
  const user = newUser();
  await leaveTraces(await open(user, SECRET));
  await (await open(user, { secret: 'another text' })).close();
  expect((await open(user, SECRET)).profile().interactionCount).toBe(2);
});

test.each([true, SECRET])('tabs that open at once agree on the key (%j)', async (encrypt) => {
  const user = newUser();
  const stores = await Promise.all(
    Array.from({ length: 4 }, () =>
      openOnDisk(
        user,
        () => crypto.randomUUID(),
        encrypt,
        () => undefined,
      ),
    ),
  );
  const acts = stores.map(() => act('x'));
  await Promise.all(stores.map((store, i) => store.append({ interactions: [acts[i]!], items: [] })));
  for (const store of stores) expect((await readAll(store)).sort()).toEqual(acts.map(({ id }) => id).sort());
  for (const store of stores) store.close();
  expect(await keysOf(user)).toHaveLength(1);
});

/** A store with three sealed interactions, after `damage` to what lies there; and what it reported. */
async function damaged(damage: (batches: [IDBValidKey, unknown][], transaction: IDBTransaction) => void) {
  const user = newUser();
  const reports: AttuneError[] = [];
  const newId = (): string => crypto.randomUUID();
  const store = await openOnDisk(
    user,
    newId,
    true,
    () => undefined,
    (report) => void reports.push(report),
  );
  const acts = ['a', 'b', 'c'].map(act);
  for (const each of acts) await store.append({ interactions: [each], items: [record(each.itemId)] });
  await store.writeValue('sliders', { pace: 1 });
  await expect.poll(() => lying(user)).toContain('"whole":true');
  const batches = await readRaw(user, 'batches');
  await changeRaw(user, (transaction) => damage(batches, transaction));
  return { store, ids: acts.map(({ id }) => id), reports };
}
interface Boxed {
  logId: string;
  interactions: { box: Uint8Array }[];
}
const boxIn = (found: [IDBValidKey, unknown] | undefined): { box: Uint8Array } => (found![1] as Boxed).interactions[0]!;

test('a box with one bit changed is left out and reported once, and everything else is there', async () => {
  const { store, ids, reports } = await damaged((batches, transaction) => {
    boxIn(batches[1]).box[30]! ^= 1;
    transaction.objectStore('batches').put(batches[1]![1], batches[1]![0]);
  });
  for (let i = 0; i < 2; i++) expect(await readAll(store)).toEqual([ids[0], ids[2]]);
  expect(reports.map(({ code }) => code)).toEqual(['storage/corrupt']);
  expect(await store.readItems()).toHaveLength(3);
  store.close();
});

test('boxes put in each other’s place do not open', async () => {
  const { store, ids, reports } = await damaged(([a, b], transaction) => {
    [boxIn(a).box, boxIn(b).box] = [boxIn(b).box, boxIn(a).box];
    for (const [key, value] of [a!, b!]) transaction.objectStore('batches').put(value, key);
  });
  expect(await readAll(store)).toEqual([ids[2]]);
  expect(reports).toHaveLength(2);
  store.close();
});

test.each([7, null, new Uint8Array(3)])('what is no box (%j) where one should be is left out', async (box) => {
  const { store, ids, reports } = await damaged(([a], transaction) => {
    Object.assign(boxIn(a), { box });
    transaction.objectStore('batches').put(a![1], a![0]);
    transaction.objectStore('values').put({ logId: (a![1] as Boxed).logId, value: { box } }, 'sliders');
  });
  expect(await readAll(store)).toEqual(ids.slice(1));
  expect(await store.readValue('sliders')).toBeUndefined();
  expect(reports.map(({ code }) => code)).toEqual(['storage/corrupt', 'storage/corrupt']);
  store.close();
});

test.each([true, SECRET])(
  'after an erase (%j) no database is left, and what comes next has another key',
  async (encrypt) => {
    const user = newUser();
    const attune = await open(user, encrypt);
    const keyName = async (): Promise<unknown> => new Map(await readRaw(user, 'values')).get('seal');
    attune.track('save', song('jazz'));
    await attune.flush();
    const before = await keyName();
    await attune.data.erase();
    expect([await isStored(user), await keysOf(user)]).toEqual([false, []]);
    attune.track('save', song('rock'));
    await attune.flush();
    expect(await lying(user)).not.toContain('rock');
    expect(await keyName()).not.toEqual(before);
    expect((await attune.data.export()).interactions.map(({ itemId }) => itemId)).toEqual(['rock']);
  },
);

test('an erase takes the key also while a sleeping tab holds the log', async () => {
  const user = newUser();
  const attune = await open(user, true);
  attune.track('save', song('jazz'));
  await attune.flush();
  const sleeping = await openRaw(user);
  await attune.data.erase();
  expect(await keysOf(user)).toEqual([]);
  sleeping.close();
  await deleteRaw(user);
});

test('a refusal passed at the start takes key and log of an earlier grant', async () => {
  const user = newUser();
  await leaveTraces(await open(user, true));
  const refused = await open(user, true, { consent: 'denied' });
  await refused.flush();
  await expect.poll(async () => [await isStored(user), await keysOf(user)]).toEqual([false, []]);
});

test('in a session, what is forgotten goes from the sealed log too', async () => {
  const user = newUser();
  await leaveTraces(await open(user, true));
  const session = await open(user, true, { privacy: 'session' });
  await session.data.forget({ item: 'jazz' });
  await session.close();
  const { interactions } = await (await open(user, true)).data.export();
  expect(interactions.map(({ itemId }) => itemId)).toEqual(['sea']);
});

/** Notes of leaving pages about a user's log. */
const notesOf = (user: string): string[] =>
  Object.entries(localStorage).flatMap(([key, text]) => (key.startsWith(`attune/${user}/`) ? [String(text)] : []));

test('a page that leaves notes in the same task what is not stored, sealed, and it is stored once', async () => {
  const user = newUser();
  const attune = await open(user, true);
  attune.track('view', song('rock'));
  attune.track('save', song('jazz'), { metadata: { note: 'a remark' } });
  dispatchEvent(new PageTransitionEvent('pagehide'));
  const [note, ...others] = notesOf(user);
  expect(others).toEqual([]);
  expect(note).toMatch(/"sealed":"[\w+/=]{200,}"/);
  expect(TELLING.filter((word) => note!.includes(word))).toEqual([]);
  const next = await open(user, true); // finds the note while the first page's own writes are still being sealed
  await attune.flush(); // between its two writes the first page may have noted the second anew
  await next.flush();
  expect(notesOf(user)).toEqual([]);
  const { interactions } = await next.data.export();
  expect(interactions.map(({ itemId }) => itemId)).toEqual(['rock', 'jazz']);
  expect(interactions[1]!.metadata).toEqual({ note: 'a remark' });
  for (const each of [attune, next]) expect(each.profile().interactionCount).toBe(2);
});
