import type { AttuneError } from '../errors.js';
import { asAttuneError } from '../errors.js';
import type { Batch, Encrypt, Store } from '../domain/ports.js';
import { findLeft } from '../storage/left.js';
import { joinLog } from '../storage/log-tabs.js';
import type { SealedStore } from '../storage/sealed.js';
import { openOnDisk } from '../storage/on-disk.js';
import { databaseName } from '../storage/schema.js';
import { tellTabs } from '../storage/tabs.js';
import { makeRoom } from './make-room.js';
import { scheduleUpkeep } from './upkeep.js';

export { joinLog };

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
  const onUntended = (error: unknown): void =>
    onWarning(asAttuneError(error, 'storage/unavailable', 'The log could not be tended'));
  const store = await openOnDisk(user, newId, encrypt, onLost, onWarning);
  const key = await appendLeft(user, store).catch(onUntended);
  if (key !== undefined) tellTabs(databaseName(user), { type: 'appended', key });
  scheduleUpkeep(store, databaseName(user), now, onRemoved, onUntended);
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

/** Stores what pages that left could not, unless it is there; resolves with its newest key. What fails is left for next time. */
async function appendLeft(user: string, store: Store & Partial<SealedStore>): Promise<number | undefined> {
  let key: number | undefined;
  for (const { note, drop } of findLeft(user, store.logId)) {
    const batch = 'boxes' in note ? await store.openNote?.(note) : note;
    if (batch !== undefined) key = await store.append({ ...batch, onceAfter: 0 });
    drop();
  }
  return key;
}
