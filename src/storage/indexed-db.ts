import { unwrap } from 'idb';
import { AttuneError } from '../errors.js';
import type { Batch, StoredBatch } from '../domain/ports.js';
import { createEmbeddingCache } from './embedding-cache.js';
import { createRowStore } from './embedding-rows.js';
import { findLeft } from './left.js';
import { appendOnce } from './once.js';
import { type Database, deleteDatabase, isConnectionLost, isUnreadable, openDatabase, readLogId } from './open.js';
import { storageError } from './open.js';
import { interactionsAfter, readItemRecord, readRecord } from './records.js';
import { type ReplacingStore, replaceRecords } from './replace.js';
import { deleteDerived, dropUnreadable, mergeBatches } from './rewrite.js';
import { removeInteractions, removeOldestRecords, setAside } from './rewrite.js';
import { databaseName, recordsOf } from './schema.js';

/** Stands for the log's name between erasing it and the next connection, which finds or makes the new one. */
const ERASED = '';

/** How many lost connections in a row one call lives through: each erase in another tab may cost one. Judgement. */
const RECONNECTIONS = 5;

/** How many of the newest records are looked through for a batch whose end the lost connection left open. Judgement. */
const LOOK_BACK = 64;

/**
 * The log of one user in IndexedDB.
 *
 * Never awaits anything but the database inside a transaction. Appends put and commit in the same task, so that a
 * click on a link that navigates at once is kept. A connection lost to another tab, or to the browser, is reopened
 * at the next call; if the log was erased meanwhile, `onLost` is told and what this tab had is dropped. What is found
 * damaged is moved to the quarantine and reported to `onDamage`; the rest goes on.
 *
 * Rejects with AttuneError `storage/unavailable` or `storage/quota`.
 */
export async function openIndexedDbStore(
  user: string,
  newId: () => string,
  onLost: () => void,
  onDamage: (report: AttuneError) => void = () => undefined,
): Promise<ReplacingStore> {
  const name = databaseName(user);
  let database: Database | undefined;
  let connecting: Promise<Database> | undefined;
  let logId = ERASED;
  let closed = false;
  let merging: AbortController | undefined;
  let clearing: Promise<void> | undefined;
  let erasing: Promise<void> | undefined;
  let erasures = 0;
  await connect();

  function forget(): void {
    database?.close();
    database = undefined;
  }

  async function connect(): Promise<Database> {
    if (closed) throw new AttuneError('closed', 'This store was closed.');
    if (database !== undefined) return database;
    connecting ??= reconnect().finally(() => (connecting = undefined));
    return connecting;
  }

  async function reconnect(): Promise<Database> {
    let isGone = false;
    const opened = await openDatabase(name, () => {
      isGone = true;
      forget();
    });
    const current = await readLogId(opened, newId).catch((error: unknown) => {
      opened.close();
      throw error;
    });
    if (closed) opened.close();
    else if (!isGone) database = opened;
    const erased = logId !== ERASED && logId !== current;
    logId = current;
    if (erased) onLost();
    return opened;
  }

  /** Refuses what was meant for a log that is no more. */
  function expectLog(logAtCall: string): void {
    if (logAtCall === ERASED || logId === logAtCall) return;
    throw new AttuneError('storage/unavailable', 'The log was erased meanwhile.');
  }

  /** Whether the log was erased here, and no tab has begun another. */
  async function isGone(): Promise<boolean> {
    await erasing;
    const listed = await indexedDB.databases?.().catch(() => undefined);
    return logId === ERASED && listed?.every((each) => each.name !== name) === true;
  }

  /**
   * Runs what may run again: on a fresh connection when one was lost, or once more without what can't be read.
   *
   * @param nothing what there is to say when the log was erased meanwhile: who only looked must not make a new one
   */
  async function run<T>(task: (db: Database) => Promise<T>, nothing?: () => T): Promise<T> {
    let mayClear = true;
    const before = erasures;
    for (let left = RECONNECTIONS; ; left--) {
      let db: Database | undefined;
      try {
        const isErased = nothing !== undefined && logId === ERASED && (erasing !== undefined || erasures > before);
        if (isErased && (await isGone())) return nothing();
        db = await connect();
        return await task(db);
      } catch (error) {
        if (left > 0 && isConnectionLost(error)) {
          if (database === db) forget();
        } else if (mayClear && db !== undefined && isUnreadable(error)) {
          mayClear = false;
          await (clearing ??= clear(db).finally(() => (clearing = undefined)));
        } else throw storageError(error);
      }
    }
  }

  /** Whoever reads meanwhile waits for the same clearing: what is dropped is reported once. */
  async function clear(db: Database): Promise<void> {
    await db.clear('embeddings'); // whichever can't be read, it can be made again
    report(await dropUnreadable(db, isUnreadable));
  }

  function report(count: number): void {
    if (count === 0) return;
    onDamage(new AttuneError('storage/corrupt', `Damaged and set aside: ${count}. Everything else is here.`));
  }

  /** Sets aside without making the reader wait. */
  function quarantine(damaged: Parameters<typeof setAside>[1]): void {
    if (damaged.length > 0) run((db) => setAside(db, damaged)).then(report, () => undefined); // found again next time
  }

  /** Puts and commits before returning, and listens to the transaction alone: an event a request would cost more. */
  function putNow(db: Database, batch: Batch): Promise<number> {
    const transaction = unwrap(db).transaction(['batches', 'items'], 'readwrite', { durability: 'relaxed' });
    let last: IDBRequest<IDBValidKey> | undefined;
    const done = new Promise<number>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve((last?.result as number | undefined) ?? 0));
      transaction.addEventListener('abort', () => reject(transaction.error ?? new DOMException('', 'AbortError')));
    });
    try {
      for (const interactions of recordsOf(batch.interactions)) {
        last = transaction.objectStore('batches').add({ logId, interactions });
      }
      for (const item of batch.items) transaction.objectStore('items').put({ ...item, logId });
      transaction.commit();
      return done;
    } catch (error) {
      done.catch(() => undefined);
      transaction.abort(); // what can't be cloned is refused after the batch was added: all or nothing
      return Promise.reject(error);
    }
  }

  /** The key of a batch whose commit may have gone through just before the connection was lost. */
  async function findStored(db: Database, { interactions }: Batch): Promise<number | undefined> {
    const wanted = interactions.at(-1)?.id;
    const { store } = db.transaction('batches');
    let cursor = await store.openCursor(null, 'prev');
    for (let i = 0; cursor !== null && i < LOOK_BACK; i++) {
      const ours = readRecord(cursor.value)?.record;
      if (ours?.logId === logId && ours.interactions.some(({ id }) => id === wanted)) return cursor.key;
      cursor = await cursor.continue();
    }
    return undefined;
  }

  const rows = createRowStore(run, () => logId);
  return {
    kind: 'indexed-db',
    get logId() {
      return logId;
    },
    append(batch) {
      merging?.abort(); // makes an exception, with its stack: a fifth of a lone append's time where nothing is merged
      merging = undefined;
      const logAtCall = logId;
      const write = (isAgain: boolean): Promise<number> => {
        let mayBeStored = isAgain;
        return run(async (db) => {
          expectLog(logAtCall);
          if (batch.onceAfter !== undefined) return appendOnce(db, logId, batch);
          const found = mayBeStored ? await findStored(db, batch) : undefined;
          mayBeStored = true;
          return found ?? putNow(db, batch);
        });
      };
      if (database === undefined || batch.onceAfter !== undefined) return write(false);
      try {
        return putNow(database, batch).catch((error: unknown) => {
          if (isConnectionLost(error)) return write(true);
          throw storageError(error);
        });
      } catch {
        return write(true); // the connection closed under us and its event is still to come
      }
    },
    readBatches: (after, limit) =>
      run(async (db) => {
        const transaction = db.transaction('batches');
        const range = IDBKeyRange.lowerBound(after, true);
        const [keys, records] = await Promise.all([
          transaction.store.getAllKeys(range, limit),
          transaction.store.getAll(range, limit),
          transaction.done,
        ]);
        const damaged: { place: 'batches'; key: number }[] = [];
        const batches = keys.flatMap((key, i): StoredBatch[] => {
          const found = readRecord(records[i]);
          if (found === undefined || found.damaged.length > 0) damaged.push({ place: 'batches', key });
          if (found?.record.logId !== logId) return [];
          return [{ key, interactions: interactionsAfter(found.record, after) }];
        });
        quarantine(damaged);
        return batches;
      }, none),
    readItems: (ids) =>
      run(async (db) => {
        const { store } = db.transaction('items');
        const keys = ids ?? (await store.getAllKeys());
        const records = await (ids === undefined ? store.getAll() : Promise.all(ids.map((id) => store.get(id))));
        const damaged: { place: 'items'; key: string }[] = [];
        const items = records.flatMap((record, i) => {
          if (record === undefined) return [];
          const sound = readItemRecord(record);
          if (sound === undefined) damaged.push({ place: 'items', key: keys[i]! });
          if (sound?.logId !== logId) return [];
          const { logId: _, ...item } = sound;
          return [item];
        });
        quarantine(damaged);
        return items;
      }, none),
    replace: (replacement) => run((db) => replaceRecords(db, logId, replacement)),
    valueNames: () => run(async (db) => (await db.getAllKeys('values')).filter((key) => key !== 'logId'), none),
    rows,
    embeddings: globalThis.crypto?.subtle && createEmbeddingCache(rows),
    remove: (interactionIds) =>
      run((db) => removeInteractions(db, interactionIds, { logId, value: newId() }, rows.forgotten), zero),
    removeOldest: (count) =>
      run(
        (db) =>
          removeOldestRecords(db, count, { logId, value: newId() }, rows.forgotten).catch((error: unknown) => {
            if ((error as DOMException | null)?.name !== 'QuotaExceededError') throw error;
            return removeOldestRecords(db, count, undefined, rows.forgotten); // no room even for a revision's name
          }),
        zero,
      ),
    compact() {
      const { signal } = (merging = new AbortController());
      return run(
        (db) =>
          mergeBatches(db, logId, signal).catch((error: unknown) => {
            if (signal.aborted) return 0;
            throw error;
          }),
        zero,
      );
    },
    readValue: (key) =>
      run(async (db) => {
        const found: unknown = await db.get('values', key);
        const { logId: owner, value } = (found ?? {}) as { logId?: unknown; value?: unknown };
        return owner === logId ? value : undefined;
      }, nothing),
    writeValue(key, value) {
      const logAtCall = logId;
      return run(
        async (db) => {
          const transaction = db.transaction('values', 'readwrite', { durability: 'relaxed' });
          const put = transaction.store.put({ logId: logAtCall || logId, value }, key);
          transaction.commit(); // Firefox drops what a leaving page has not committed
          await Promise.all([put, transaction.done]);
        },
        logAtCall === ERASED ? undefined : nothing,
      );
    },
    dropDerived: () =>
      run(async (db) => {
        const transaction = db.transaction(['values', 'embeddings'], 'readwrite');
        await deleteDerived(transaction.objectStore('values'));
        await transaction.objectStore('embeddings').clear();
        await transaction.done;
      }, nothing),
    erase: () => (erasing = eraseAll().finally(() => (erasing = undefined))),
    rest: forget,
    close() {
      closed = true;
      forget();
    },
  };

  async function eraseAll(): Promise<void> {
    // Clearing works whoever else is connected; deleting waits for tabs that sleep, and may finish later.
    await run(async (db) => {
      const stores = ['batches', 'items', 'values', 'quarantine', 'embeddings'] as const;
      const transaction = db.transaction(stores, 'readwrite');
      await Promise.all([...stores.map((store) => transaction.objectStore(store).clear()), transaction.done]);
    });
    forget();
    logId = ERASED;
    erasures++;
    for (const { drop } of findLeft(user)) drop();
    await deleteDatabase(name);
  }
}

const none = (): [] => [];
const zero = (): number => 0;
const nothing = (): undefined => undefined;

/** Deletes a log that could not be opened, such as one of a newer layout; where there is no disk there is nothing on it. */
export async function deleteUnread(user: string): Promise<void> {
  await (async () => deleteDatabase(databaseName(user)))().catch(() => undefined);
}
