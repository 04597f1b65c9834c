import type { Encrypt, Store } from 'attune';
import { afterEach, expect, test } from 'vitest';
import { openOnDisk } from '../../src/storage/on-disk.js';
import { act, record } from '../contract/store.js';
import { DAY, START } from '../one-hot.js';
import { changeRaw, deleteRaw, readRaw } from '../raw-database.js';

/** Kept embeddings on a real disk: what lies there, sealed or not, and what becomes of it when something is wrong. */
let users = 0;
let user = '';
const opened: Store[] = [];
const newUser = (): string => (user = `embeddings-${Date.now()}-${users++}`);

async function open(encrypt: Encrypt): Promise<Store> {
  const store = await openOnDisk(
    user,
    () => crypto.randomUUID(),
    encrypt,
    () => undefined,
  );
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) {
    await store.erase().catch(() => undefined);
    store.close();
  }
  await deleteRaw(user);
});

const ROW = Float32Array.of(0.25, -0.5, 0.75, 1);
const keep = (store: Store, ...texts: string[]): Promise<void> =>
  store.embeddings!.write('m1', new Map(texts.map((text) => [text, ROW])), START);
const found = async (store: Store, ...texts: string[]): Promise<string[]> => [
  ...(await store.embeddings!.read('m1', texts, START)).keys(),
];

/** Whether each row lies there in the clear (0) or sealed (1). */
const forms = async (): Promise<number[]> => (await readRaw(user, 'embeddings')).map(([key]) => (key as [number])[0]);

/** All bytes and texts of what lies there. */
async function lying(): Promise<string> {
  return JSON.stringify(await readRaw(user, 'embeddings'), (_, value: unknown) =>
    ArrayBuffer.isView(value)
      ? String.fromCharCode(...new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      : value,
  );
}
const bytes = String.fromCharCode(...new Uint8Array(ROW.buffer));
const told = (text: string): string => JSON.stringify(text).slice(1, -1);

/** What anybody can compute who guesses a text. */
async function guess(text: string): Promise<string> {
  const units = Uint16Array.from(`content/${text}`, (character) => character.charCodeAt(0));
  const hash = await crypto.subtle.digest('SHA-256', units);
  return btoa(String.fromCharCode(...new Uint8Array(hash, 0, 16)));
}

test('in the clear a row can be read and its text confirmed; sealed neither, and no text lies there either way', async () => {
  for (const encrypt of [false, true]) {
    newUser();
    const store = await open(encrypt);
    await keep(store, 'a quiet lake');
    const all = await lying();
    expect(all.includes(told(bytes))).toBe(!encrypt);
    expect(all.includes(await guess('a quiet lake'))).toBe(!encrypt);
    expect(all).not.toContain('lake');
    expect(await forms()).toEqual([encrypt ? 1 : 0]);
    expect((await store.embeddings!.read('m1', ['a quiet lake'], START)).get('a quiet lake')).toEqual(ROW);
  }
});

test('sealing a log that was kept in the clear leaves no row of it, nor does a tab of before for longer than a day', async () => {
  newUser();
  const before = await open(false);
  await before.append({ interactions: [act('a')], items: [record('a')] });
  await keep(before, record('a').text, 'other');
  const store = await open(true);
  await expect.poll(forms).toEqual([]);
  expect(await found(store, 'other')).toEqual([]);
  await keep(store, 'other');
  await keep(before, 'other'); // it doesn't know
  expect(await forms()).toEqual([0, 1]); // in the order of the keys
  await store.compact();
  expect(await forms()).toEqual([1]);
  expect(await found(store, 'other')).toEqual(['other']);
});

test('of an item kept in one form, rows in the other go too', async () => {
  newUser();
  const before = await open(false);
  const store = await open(true);
  const [a, b] = [act('a'), act('b')];
  await before.append({ interactions: [a], items: [record('a')] });
  await store.append({ interactions: [b], items: [record('b')] });
  await keep(store, record('a').text);
  await store.remove(new Set([a.id]));
  expect(await found(store, record('a').text)).toEqual([]);
  await keep(before, record('b').text);
  await store.remove(new Set([b.id]));
  expect(await found(before, record('b').text)).toEqual([]);
});

test('an item sealed by an earlier version, whose text can’t be told, takes all rows with it', async () => {
  newUser();
  const store = await open(true);
  const acts = [act('a'), act('b')];
  await store.append({ interactions: acts, items: [record('a'), record('b')] });
  await keep(store, record('a').text, record('b').text);
  const [[, { mark: _, ...older }]] = (await readRaw(user, 'items')) as [[IDBValidKey, Record<string, unknown>]];
  await changeRaw(user, (transaction) => transaction.objectStore('items').put(older));
  const opening = await Promise.all(acts.map(async ({ itemId }) => (await store.readItems([itemId]))[0]));
  expect(opening).toEqual([record('a'), record('b')]);
  await store.remove(new Set([acts[0]!.id, acts[1]!.id]));
  expect(await forms()).toEqual([]);
});

test.each([false, true])('a damaged row is none, and is replaced (sealed: %s)', async (encrypt) => {
  newUser();
  const store = await open(encrypt);
  const damages: unknown[] = [null, 7, {}, { row: 'text' }, { row: new Uint8Array(3), mark: 'x', usedOn: 1 }];
  for (const damaged of damages) {
    await keep(store, 'a', 'b');
    const [[key]] = (await readRaw(user, 'embeddings')) as [[IDBValidKey, unknown]];
    await changeRaw(user, (transaction) => transaction.objectStore('embeddings').put(damaged, key));
    expect(await found(store, 'a', 'b')).toHaveLength(1);
    await store.embeddings!.read('m1', ['a', 'b'], START + DAY); // notes the use, of what is sound
    await store.embeddings!.trim(START);
    await keep(store, 'a', 'b');
    expect(await found(store, 'a', 'b')).toEqual(['a', 'b']);
  }
});

test('a damaged item that is set aside takes all rows with it, because its text can’t be told', async () => {
  newUser();
  const store = await open(false);
  const a = act('a');
  await store.append({ interactions: [a], items: [record('a')] });
  await keep(store, record('a').text);
  await changeRaw(user, (transaction) => transaction.objectStore('items').put({ id: 'a', title: 7 }));
  await store.readItems();
  await expect.poll(forms).toEqual([]);
});

/** WebKitGTK tells nothing of its room. */
const tellsRoom = typeof StorageManager === 'function';

test.runIf(tellsRoom)('where little room is left nothing is kept, and upkeep drops what there is', async () => {
  newUser();
  const store = await open(false);
  await keep(store, 'a');
  const { estimate } = StorageManager.prototype;
  StorageManager.prototype.estimate = () => Promise.resolve({ usage: 1_000_000, quota: 30_000_000 });
  try {
    await keep(store, 'b');
    expect(await found(store, 'a', 'b')).toEqual(['a']);
    await store.embeddings!.trim(START);
    expect(await found(store, 'a')).toEqual([]);
  } finally {
    StorageManager.prototype.estimate = estimate;
  }
  await keep(store, 'b');
  expect(await found(store, 'b')).toEqual(['b']);
});

test('rows of an erased log that lie there are never read, and go with the upkeep', async () => {
  newUser();
  const store = await open(false);
  await keep(store, 'a');
  const [[[form, , version, hash], value]] = (await readRaw(user, 'embeddings')) as [[[number, ...string[]], unknown]];
  for (const logId of ['0', 'zzzz']) {
    await changeRaw(user, (transaction) =>
      transaction.objectStore('embeddings').put(value, [form, logId, version!, `${hash}!`]),
    );
  }
  expect(await forms()).toHaveLength(3);
  await store.embeddings!.trim(START);
  expect(await forms()).toHaveLength(1);
  expect(await found(store, 'a')).toEqual(['a']);
});

test('reading a thousand rows takes one transaction', async () => {
  newUser();
  const store = await open(false);
  const texts = Array.from({ length: 1000 }, (_, i) => `A text of some length, as items have, number ${i}. `.repeat(4));
  await store.embeddings!.write('m1', new Map(texts.map((text) => [text, new Float32Array(384).fill(0.05)])), START);
  const { transaction } = IDBDatabase.prototype;
  let transactions = 0;
  IDBDatabase.prototype.transaction = function (...given) {
    transactions++;
    return transaction.apply(this, given);
  };
  try {
    const begun = performance.now();
    expect(await found(store, ...texts)).toHaveLength(1000);
    console.log(`1,000 rows of 384 read in ${(performance.now() - begun).toFixed(0)} ms`);
    expect(transactions).toBe(1);
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
});
