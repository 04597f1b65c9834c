import type { AttuneError } from '../errors.js';
import { asAttuneError } from '../errors.js';
import type { Batch, Store } from '../domain/ports.js';
import { openIndexedDbStore } from '../storage/indexed-db.js';
import { takeLeaving } from '../storage/leaving.js';
import { databaseName } from '../storage/schema.js';
import { openTabs, type TabNote } from '../storage/tabs.js';
import { makeRoom } from './make-room.js';
import { scheduleUpkeep } from './upkeep.js';

export { openTabs };

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
export async function openDisk(user: string, newId: () => string, events: DiskEvents): Promise<Store> {
  const { onLost, onRemoved, onWarning, now } = events;
  const store = await openIndexedDbStore(user, newId, onLost, onWarning);
  const key = await appendLeft(store, takeLeaving(user, store.logId));
  if (key !== undefined) tellOnce(databaseName(user), { type: 'appended', key });
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

/** Tells the other tabs before this one listens. */
function tellOnce(name: string, note: TabNote): void {
  const tabs = openTabs(name, { onNote() {}, onHide() {}, onSleep() {}, onWake() {} });
  tabs.tell(note);
  tabs.close();
}

/** Stores what pages that left could not, and what of it is not there; resolves with its newest key, if there is any. */
async function appendLeft(store: Store, notes: readonly Batch[]): Promise<number | undefined> {
  if (notes.length === 0) return undefined;
  let key: number | undefined;
  const known = new Set((await store.readBatches(0)).flatMap(({ interactions }) => interactions.map(({ id }) => id)));
  for (const { interactions, items } of notes) {
    const lost = interactions.filter(({ id }) => !known.has(id));
    if (lost.length > 0) key = await store.append({ interactions: lost, items });
  }
  return key;
}
