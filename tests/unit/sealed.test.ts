import { memoryStore } from 'attune/core';
import { expect, test } from 'vitest';
import type { Store } from 'attune';
import { createSealedStore } from '../../src/storage/sealed.js';
import { act, readAll, record } from '../contract/store.js';
import { keysInMemory } from '../keys-in-memory.js';

test('an erase that fails at the log has taken the key, so that nothing left there can be read', async () => {
  const memory = memoryStore();
  const erase = (): Promise<void> => Promise.reject(new Error('the disk says no'));
  const stuck = Object.create(memory, { erase: { value: erase } }) as Store;
  const place = keysInMemory();
  const store = await createSealedStore(stuck, place);
  await store.append({ interactions: [act('x')], items: [record('x')] });
  await expect(store.erase()).rejects.toThrow('the disk says no');
  const reports: unknown[] = [];
  const after = await createSealedStore(memory, place, (report) => void reports.push(report));
  expect(await memory.readBatches(0)).toHaveLength(1);
  expect(await readAll(after)).toEqual([]);
  expect(await after.readItems()).toEqual([]);
  expect(reports).toHaveLength(2);
});

test('a log is erased also when its key cannot be', async () => {
  const memory = memoryStore();
  const place = { ...keysInMemory(), forget: () => Promise.reject(new Error('the disk says no')) };
  const store = await createSealedStore(memory, place);
  await store.append({ interactions: [act('x')], items: [record('x')] });
  await expect(store.erase()).rejects.toThrow('the disk says no');
  expect(await memory.readBatches(0)).toEqual([]);
});

test('which interactions share an item can be seen in a sealed log, and nothing else of them', async () => {
  const memory = memoryStore();
  const store = await createSealedStore(memory, keysInMemory());
  const acts = [act('x'), act('y'), act('x')];
  await store.append({ interactions: acts, items: [record('x'), record('y')] });
  const [batch] = await memory.readBatches(0);
  const [a, b, c] = batch!.interactions;
  expect(a!.itemId).toBe(c!.itemId);
  expect(a!.itemId).not.toBe(b!.itemId);
  for (const each of batch!.interactions) {
    expect(Object.keys(each).sort()).toEqual(['at', 'box', 'id', 'itemId', 'kind']);
    expect([each.at, each.kind]).toEqual([0, 'sealed']);
    expect(acts.map(({ id }) => id)).not.toContain(each.id);
  }
  expect((await memory.readItems()).map(({ text, title }) => text + title)).toEqual(['', '']);
});

test('an item has the same stand-in while the log lasts, and another after an erase', async () => {
  const memory = memoryStore();
  const store = await createSealedStore(memory, keysInMemory());
  const standIn = async (): Promise<string> => {
    await store.append({ interactions: [act('x')], items: [record('x')] });
    return (await memory.readItems()).map(({ id }) => id).join();
  };
  const before = await standIn();
  expect(await standIn()).toBe(before);
  await store.erase();
  expect(await standIn()).not.toBe(before);
});

test('what a page notes too late to be stored by itself is sealed newest first, as far as the pads reach', async () => {
  const store = await createSealedStore(memoryStore(), keysInMemory());
  const acts = Array.from({ length: 40 }, (_, i) => act(`item ${i}`));
  const items = acts.map(({ itemId }) => ({ ...record(itemId), text: 'x'.repeat(3000) }));
  const note = store.sealNote({ interactions: acts, items });
  const noted = await store.openNote(note!);
  expect(noted!.interactions).toEqual(acts.slice(20));
  expect(noted!.items).toEqual(items.slice(20));
});
