import type { AttuneError } from '../errors.js';
import { asAttuneError } from '../errors.js';
import type { Batch, Encrypt, Store } from '../domain/ports.js';
import type { Note } from '../storage/leaving.js';
import { takeLeaving } from '../storage/left.js';
import type { SealedStore } from '../storage/sealed.js';
import { openOnDisk } from '../storage/on-disk.js';
import { databaseName } from '../storage/schema.js';
import { makeRoom } from './make-room.js';
import { scheduleUpkeep } from './upkeep.js';

export { openTabs } from '../storage/tabs.js';

/** The log on disk and what looks after it, loaded apart from the page's first code. */

/** What the disk tells the log. */
export interface DiskEvents {
  /** The log was erased elsewhere: what this tab knows is void. */
  readonly onLost: () => void;
  /** Upkeep, or a full disk, deleted the oldest: read everything again, in every tab. */
  readonly onRemoved: () => void;
  readonly onWarning: (warning: AttuneError) => void;
  /** Epoch ms. */
  readonly now: () => number;
}

/**
 * Opens the log on disk, with its daily upkeep, and with room made for a batch that finds none.
 *
 * Rejects with AttuneError `storage/unavailable` or `storage/quota`.
 */
export async function openDisk(
  user: string,
  newId: () => string,
  encrypt: Encrypt,
  events: DiskEvents,
): Promise<Store> {
  const { onLost, onRemoved, onWarning, now } = events;
  const store = await openOnDisk(user, newId, encrypt, onLost, onWarning);
  await appendLeft(store, takeLeaving(user, store.logId));
  scheduleUpkeep(store, databaseName(user), now, onRemoved, (error) =>
    onWarning(asAttuneError(error, 'storage/unavailable', 'The log could not be tended')),
  );
  let turn: Promise<unknown> = Promise.resolve();

  async function appendInRoom(batch: Batch, refusal: unknown): Promise<number> {
    const { key, removed } = await makeRoom(store, batch, onWarning);
    if (removed > 0) onRemoved();
    if (key === undefined) throw refusal;
    return key;
  }

  const append = (batch: Batch): Promise<number> =>
    store.append(batch).catch((error: unknown) => {
      if (batch.refusable || (error as AttuneError).code !== 'storage/quota') throw error;
      const appended = turn.then(() => appendInRoom(batch, error)); // one at a time: room made for one may do for all
      turn = appended.catch(() => undefined);
      return appended;
    });
  return Object.create(store, { append: { value: append } }) as Store;
}

/** Stores what pages that left could not, and what of it is not there. */
async function appendLeft(store: Store & Partial<SealedStore>, notes: readonly Note[]): Promise<void> {
  for (const note of notes) {
    const batch = 'boxes' in note ? await store.openNote?.(note) : note;
    if (batch !== undefined) await store.append({ ...batch, onceAfter: 0 });
  }
}
