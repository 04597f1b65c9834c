import { AttuneError } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import type { Store } from '../domain/ports.js';
import { databaseName } from '../storage/schema.js';

/** What earlier visits kept goes, readable or not, while this one works in memory. Where nothing was kept, nothing is made. */
export async function eraseDisk(user: string, newId: () => string): Promise<void> {
  await onDisk(user, newId, (disk) => disk.erase()).catch(async () => {
    const { deleteUnread } = await import('../storage/indexed-db.js');
    await deleteUnread(user);
  });
}

/** The same for some interactions only; resolves with whether there were any. */
export async function forgetOnDisk(
  user: string,
  newId: () => string,
  matches: (interaction: Interaction) => boolean,
): Promise<boolean> {
  let removed = 0;
  await onDisk(user, newId, async (disk) => {
    const chosen = (await disk.readBatches(0)).flatMap(({ interactions }) => interactions.filter(matches));
    if (chosen.length > 0) removed = await disk.remove(new Set(chosen.map(({ id }) => id)));
  });
  return removed > 0;
}

async function onDisk(user: string, newId: () => string, task: (disk: Store) => Promise<void>): Promise<void> {
  if (globalThis.indexedDB === undefined) return;
  const name = databaseName(user);
  const listed = await indexedDB.databases?.().catch(() => undefined); // some browsers don't tell
  if (listed?.every((each) => each.name !== name)) return;
  const { openIndexedDbStore } = await import('../storage/indexed-db.js');
  const disk = await openIndexedDbStore(user, newId, () => undefined).catch((error: unknown) => {
    if (listed === undefined && error instanceof AttuneError) return undefined; // no disk to be had, nothing on it
    throw error;
  });
  if (disk === undefined) return;
  try {
    await task(disk);
  } finally {
    disk.close();
  }
}
