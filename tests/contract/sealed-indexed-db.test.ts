import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import type { Batch, Store } from '../../src/domain/ports.js';
import { openIndexedDbStore } from '../../src/storage/indexed-db.js';
import { openOnDisk } from '../../src/storage/on-disk.js';
import { createSealedStore } from '../../src/storage/sealed.js';
import { keysInMemory } from '../keys-in-memory.js';
import { lastingStoreContract } from './lasting-store.js';
import { act, readAll, record } from './store.js';

afterEach(() => void vi.restoreAllMocks());

lastingStoreContract('sealed fake-indexeddb', (user, newId, onLost) => openOnDisk(user, newId, true, onLost));

test('a page that comes back with a batch that was noted, found and stored meanwhile does not store it again', async () => {
  const open = (): Promise<Store> =>
    openIndexedDbStore(
      'came-back',
      () => crypto.randomUUID(),
      () => undefined,
    );
  const place = keysInMemory();
  const disk = await open();
  let wake = (): void => undefined;
  const asleep = new Promise<void>((resolve) => (wake = resolve));
  const append = (batch: Batch): Promise<number> => asleep.then(() => disk.append(batch));
  const sleeping = await createSealedStore(Object.create(disk, { append: { value: append } }) as Store, place);
  const awake = await createSealedStore(await open(), place);
  const batch = { interactions: [act('x'), act('y')], items: [record('x'), record('y')] };
  const own = sleeping.append(batch);
  const note = sleeping.sealNote(batch);
  const found = await awake.openNote(note!);
  const key = await awake.append({ ...found!, onceAfter: 0 });
  await awake.append({ interactions: [act('z')], items: [record('z')] });
  await awake.compact(); // into a record with a later key
  wake();
  expect(await own).toBe(key);
  expect((await readAll(awake)).filter((id) => id === batch.interactions[0]!.id)).toHaveLength(1);
  expect(await readAll(awake)).toHaveLength(3);
  await awake.erase();
  for (const store of [sleeping, awake]) store.close();
});

test('what a slow cipher holds up while the log is erased makes no new one', async () => {
  const store = await openOnDisk(
    'slow-cipher',
    () => crypto.randomUUID(),
    true,
    () => undefined,
  );
  const one = act('x');
  await store.append({ interactions: [one], items: [record('x')] });
  const { subtle } = crypto;
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  for (const name of ['encrypt', 'sign'] as const) {
    const asItIs = subtle[name].bind(subtle) as (...given: unknown[]) => Promise<ArrayBuffer>;
    vi.spyOn(subtle, name).mockImplementation(async (...given: unknown[]) => held.then(() => asItIs(...given)));
  }
  const waiting = [store.writeValue('derived/x', 1), store.readItems([one.itemId]), store.remove(new Set([one.id]))];
  await store.erase();
  goOn();
  expect(await Promise.all(waiting)).toEqual([undefined, [], 0]);
  expect((await indexedDB.databases()).filter(({ name }) => name?.includes('slow-cipher'))).toEqual([]);
  store.close();
});
