import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Batch, Store } from '../../src/domain/ports.js';
import { openIndexedDbStore } from '../../src/storage/indexed-db.js';
import { openOnDisk } from '../../src/storage/on-disk.js';
import { createSealedStore } from '../../src/storage/sealed.js';
import { keysInMemory } from '../keys-in-memory.js';
import { lastingStoreContract } from './lasting-store.js';
import { act, readAll, record } from './store.js';

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
