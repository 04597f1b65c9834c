import { AttuneError } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import type { Encrypt, Store } from '../domain/ports.js';
import { databaseName } from '../storage/schema.js';
import { keyDatabaseName } from '../storage/seal-schema.js';
import type { TabNote } from '../storage/tabs.js';
import { dropOrders } from './orders.js';

/** What earlier visits kept goes, readable or not, while this one works in memory. Where nothing was kept, nothing is made. */
export async function eraseDisk(user: string, newId: () => string): Promise<void> {
  dropOrders();
  const there = [await mayBeThere(keyDatabaseName(user)), await mayBeThere(databaseName(user))];
  if (there.every((each) => each === false)) return;
  const { forgetKeys } = await import('../storage/on-disk.js');
  const { deleteUnread, openIndexedDbStore } = await import('../storage/indexed-db.js');
  await forgetKeys(user).catch(() => undefined); // what follows doesn't depend on it
  const open = (): Promise<Store> => openIndexedDbStore(user, newId, () => undefined);
  await onDisk(user, open, (disk) => disk.erase()).catch(() => deleteUnread(user));
  await tellLogs(user, { type: 'erased' });
}

/**
 * The same for some interactions, and for what was made of some texts, only.
 *
 * @param tellsKinds whether what was made of a text also tells what was done: then that goes of the items that stay, too
 */
export async function forgetOnDisk(
  user: string,
  newId: () => string,
  encrypt: Encrypt,
  matches: (interaction: Interaction) => boolean,
  texts: readonly string[],
  tellsKinds: boolean,
): Promise<void> {
  let removed = 0;
  const { openOnDisk } = await import('../storage/on-disk.js');
  const open = (): Promise<Store> => openOnDisk(user, newId, encrypt, () => undefined);
  await onDisk(user, open, async (disk) => {
    await disk.embeddings?.forget(texts);
    const chosen = (await disk.readBatches(0)).flatMap(({ interactions }) => interactions.filter(matches));
    if (tellsKinds) {
      const items = await disk.readItems([...new Set(chosen.map(({ itemId }) => itemId))]);
      await disk.embeddings?.forget(items.map(({ text }) => text));
    }
    if (chosen.length > 0) removed = await disk.remove(new Set(chosen.map(({ id }) => id)));
  });
  if (removed > 0) await tellLogs(user, { type: 'changed' });
}

/** Tells the tabs whose logs lie on disk. */
async function tellLogs(user: string, note: TabNote): Promise<void> {
  (await import('../storage/tabs.js')).tellTabs(databaseName(user), note);
}

async function onDisk(user: string, open: () => Promise<Store>, task: (disk: Store) => Promise<void>): Promise<void> {
  const there = await mayBeThere(databaseName(user));
  if (there === false) return;
  const disk = await open().catch((error: unknown) => {
    if (there === undefined && error instanceof AttuneError) return undefined; // no disk to be had, nothing on it
    throw error;
  });
  if (disk === undefined) return;
  try {
    await task(disk);
  } finally {
    disk.close();
  }
}

/** Whether there is a database of this name; undefined where the browser doesn't tell. */
async function mayBeThere(name: string): Promise<boolean | undefined> {
  if (globalThis.indexedDB === undefined) return false;
  const listed = await indexedDB.databases?.().catch(() => undefined);
  return listed?.some((each) => each.name === name);
}
