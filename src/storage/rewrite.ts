import type { Interaction } from '../domain/interaction.js';
import { addMarks, deleteMarked, type Marks, marksOf } from './embedding-rows.js';
import type { Database } from './open.js';
import { keepOf, mergeRecords, readItemRecord, readRecord, type BatchRecord } from './records.js';
import { type Damaged, MAX_RECORD } from './schema.js';

/** What changes the log after it was written. Each function is one transaction, or says where it is several. */

/** Records read at once while merging: at most 8,192 interactions, a few milliseconds of decoding. Judgement. */
const WINDOW = 32;

/**
 * Merges small neighbouring records, a window a transaction, so that appends of other tabs get their turn. Records of
 * erased logs, which nobody reads, go for good. Resolves with how many records fewer there are.
 *
 * @param giveWay aborted when an append is due: one that waits behind another transaction is lost when the page goes.
 *                What was merged stays merged; the rest waits for another time
 */
export async function mergeBatches(db: Database, logId: string, giveWay: AbortSignal): Promise<number> {
  let gone = 0;
  let stale = 0;
  let from = -Infinity;
  for (;;) {
    if (giveWay.aborted) break;
    const transaction = db.transaction('batches', 'readwrite');
    const stop = (): void => {
      try {
        transaction.abort();
      } catch {
        // It is committing already: whoever waits behind it waits no longer.
      }
    };
    giveWay.addEventListener('abort', stop);
    transaction.done.catch(() => undefined).finally(() => giveWay.removeEventListener('abort', stop));
    const range = IDBKeyRange.lowerBound(from);
    const keys = await transaction.store.getAllKeys(range, WINDOW);
    const records = await transaction.store.getAll(range, WINDOW);
    let run: { key: number; record: BatchRecord }[] = [];
    let size = 0;
    const write = async (): Promise<void> => {
      if (run.length > 1) {
        await transaction.store.put(mergeRecords(run), run.at(-1)!.key);
        for (const { key } of run.slice(0, -1)) await transaction.store.delete(key);
        gone += run.length - 1;
      }
      run = [];
      size = 0;
    };
    for (const [i, key] of keys.entries()) {
      const found = readRecord(records[i]);
      if (found !== undefined && found.record.logId !== logId) {
        await transaction.store.delete(key);
        stale++;
      } else if (found === undefined || found.damaged.length > 0) await write();
      else {
        const { length } = found.record.interactions;
        if (size + length > MAX_RECORD) await write();
        run.push({ key, record: found.record });
        size += length;
      }
    }
    const last = keys.at(-1);
    from = run.length > 1 || last === undefined ? (last ?? from) : (run[0]?.key ?? last);
    await write();
    await transaction.done;
    if (keys.length < WINDOW) break;
  }
  if (stale > 0) await removeStaleItems(db, logId);
  return gone + stale;
}

async function removeStaleItems(db: Database, logId: string): Promise<void> {
  const transaction = db.transaction('items', 'readwrite');
  for (let cursor = await transaction.store.openCursor(); cursor; cursor = await cursor.continue()) {
    const item = readItemRecord(cursor.value);
    if (item !== undefined && item.logId !== logId) await cursor.delete();
  }
  await transaction.done;
}

/**
 * Removes interactions by id, with every item no other one names and what was made of its text, every derived value,
 * and the quarantine: whoever takes something back must not find it in a damaged copy.
 *
 * @param forgotten receives the marks of the texts that went
 */
export async function removeInteractions(
  db: Database,
  ids: ReadonlySet<string>,
  revision: Revision,
  forgotten: Set<string>,
): Promise<number> {
  const stays = ({ id }: Interaction): boolean => !ids.has(id);
  return rewriteBatches(db, revision, forgotten, (record) => {
    const kept = keepOf(record, stays);
    return kept.interactions.length === record.interactions.length ? record : kept;
  });
}

/** Removes whole records, oldest first, until at least `count` interactions are gone, and what goes with them. */
export async function removeOldestRecords(
  db: Database,
  count: number,
  revision: Revision | undefined,
  forgotten: Set<string>,
): Promise<number> {
  let left = count;
  return rewriteBatches(db, revision, forgotten, (record) => {
    if (left <= 0) return record;
    left -= record.interactions.length;
    return { ...record, interactions: [] }; // whole: deleting needs no room, rewriting would
  });
}

/** The log's next `revision`, as it is stored once something was removed. */
type Revision = { readonly logId: string; readonly value: string };

async function rewriteBatches(
  db: Database,
  revision: Revision | undefined,
  forgotten: Set<string>,
  change: (record: BatchRecord) => BatchRecord,
): Promise<number> {
  const transaction = db.transaction(['batches', 'items', 'values', 'quarantine', 'embeddings'], 'readwrite');
  transaction.done.catch(() => undefined); // told by the request that fails with it
  const named = new Set<string>();
  let removed = 0;
  for (let cursor = await transaction.objectStore('batches').openCursor(); cursor; cursor = await cursor.continue()) {
    const found = readRecord(cursor.value);
    if (found === undefined) continue; // set aside by whoever reads it
    const { record } = found;
    const kept = change(record);
    for (const { itemId } of kept.interactions) named.add(itemId);
    if (kept === record) continue;
    removed += record.interactions.length - kept.interactions.length;
    await (kept.interactions.length === 0 ? cursor.delete() : cursor.update(kept));
  }
  if (removed > 0) {
    const items = transaction.objectStore('items');
    const marks: Marks[] = [];
    for (const id of await items.getAllKeys()) {
      if (named.has(id)) continue;
      marks.push(marksOf(await items.get(id)));
      await items.delete(id);
    }
    await deleteMarked(transaction.objectStore('embeddings'), marks);
    addMarks(forgotten, marks);
    await deleteDerived(transaction.objectStore('values'));
    const values = transaction.objectStore('values');
    await (revision === undefined ? values.delete('revision') : values.put(revision, 'revision'));
    await transaction.objectStore('quarantine').clear();
  }
  await transaction.done;
  return removed;
}

/** Deletes every value that can be computed again. */
export async function deleteDerived(values: {
  getAllKeys(): Promise<string[]>;
  delete(key: string): Promise<void>;
}): Promise<void> {
  for (const key of await values.getAllKeys()) if (key.startsWith('derived/')) await values.delete(key);
}

/**
 * Moves what is damaged under these keys into the quarantine, as it was found; the sound part of a record stays.
 * Resolves with how many things were moved.
 */
export async function setAside(
  db: Database,
  damaged: readonly { place: 'batches' | 'items'; key: number | string }[],
): Promise<number> {
  const transaction = db.transaction(['batches', 'items', 'quarantine', 'embeddings'], 'readwrite');
  const quarantine = transaction.objectStore('quarantine');
  const batches = transaction.objectStore('batches');
  const items = transaction.objectStore('items');
  let moved = 0;
  const move = async (place: Damaged['place'], key: number | string, value: unknown): Promise<void> => {
    await quarantine.add({ place, key, value });
    moved++;
  };
  for (const { place, key } of damaged) {
    if (place === 'items') {
      const value = await items.get(key as string);
      if (value === undefined || readItemRecord(value) !== undefined) continue; // mended meanwhile
      await move('items', key, value);
      await items.delete(key as string);
      await transaction.objectStore('embeddings').clear(); // whichever row was its text's can't be told any more
    } else {
      const value = await batches.get(key as number);
      const found = readRecord(value);
      if (found?.damaged.length === 0) continue;
      if (value === undefined && (await batches.getKey(key as number)) === undefined) continue;
      for (const each of found?.damaged ?? [value]) await move('batches', key, each);
      if (found === undefined || found.record.interactions.length === 0) await batches.delete(key as number);
      else await batches.put(found.record, key as number);
    }
  }
  await transaction.done;
  return moved;
}

/**
 * Deletes each record that the browser itself can't read any more, and notes it in the quarantine: one of them would
 * fail every reading of many. A transaction a record, because a failed one ends its transaction.
 */
export async function dropUnreadable(db: Database, isUnreadable: (error: unknown) => boolean): Promise<number> {
  let dropped = 0;
  for (const place of ['batches', 'items', 'values'] as const) {
    for (const key of await db.getAllKeys(place)) {
      try {
        await db.get(place, key);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        await db.delete(place, key);
        await db.add('quarantine', { place, key });
        dropped++;
      }
    }
  }
  return dropped;
}
