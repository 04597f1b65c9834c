import { type IDBPDatabase, openDB } from 'idb';
import { AttuneError } from '../errors.js';
import type { Batch, Store, StoredBatch } from '../domain/ports.js';
import { type AttuneSchema, databaseName, recordsOf, SCHEMA_VERSION } from './schema.js';

type Database = IDBPDatabase<AttuneSchema>;

/** Stands for the log's name between erasing it and the next connection, which finds or makes the new one. */
const ERASED = '';

/** How long opening may take before the store counts as unavailable: some browsers never answer. Judgement. */
const OPEN_TIMEOUT_MS = 3000;

/**
 * The log of one user in IndexedDB.
 *
 * Never awaits anything but the database inside a transaction. Appends put and commit in the same task, so that a
 * click on a link that navigates at once is kept. A connection lost to another tab, or to the browser, is reopened
 * at the next call; if the log was erased meanwhile, `onLost` is told and what this tab had is dropped.
 *
 * Rejects with AttuneError `storage/unavailable` or `storage/quota`.
 */
export async function openIndexedDbStore(user: string, newId: () => string, onLost: () => void): Promise<Store> {
  const name = databaseName(user);
  let database: Database | undefined = await open(name, forget);
  let logId = await readLogId(database, newId);
  let closed = false;

  function forget(): void {
    database = undefined;
  }

  async function connect(): Promise<Database> {
    if (closed) throw new AttuneError('closed', 'This store was closed.');
    if (database !== undefined) return database;
    const reopened = await open(name, forget);
    const current = await readLogId(reopened, newId);
    database = reopened;
    const known = logId;
    logId = current;
    if (known !== ERASED && known !== current) onLost();
    return database;
  }

  /** Puts and commits before returning: nothing here may await before `done`. */
  function putNow(db: Database, batch: Batch): Promise<number> {
    const transaction = db.transaction(['batches', 'items'], 'readwrite', { durability: 'relaxed' });
    const requests: Promise<unknown>[] = [];
    try {
      const records = transaction.objectStore('batches');
      let key: Promise<number> | undefined;
      for (const interactions of recordsOf(batch.interactions)) {
        key = records.add({ logId, interactions });
        requests.push(key);
      }
      for (const item of batch.items) requests.push(transaction.objectStore('items').put({ ...item, logId }));
      transaction.commit();
      return Promise.all([...requests, transaction.done]).then(() => key ?? 0);
    } catch (error) {
      for (const request of [...requests, transaction.done]) request.catch(() => undefined);
      transaction.abort(); // what can't be cloned is refused after the batch was added: all or nothing
      return Promise.reject(error);
    }
  }

  return {
    kind: 'indexed-db',
    get logId() {
      return logId;
    },
    append(batch) {
      const logAtCall = logId;
      const late = async (): Promise<number> => {
        const db = await connect();
        if (logAtCall !== ERASED && logId !== logAtCall)
          throw new AttuneError('storage/unavailable', 'The log was erased meanwhile.');
        return putNow(db, batch);
      };
      try {
        return (database === undefined ? late() : putNow(database, batch)).catch(fail);
      } catch {
        forget(); // the connection closed under us and its event is still to come: once more on a fresh one
        return late().catch(fail);
      }
    },
    readBatches: (after) =>
      guard(async () => {
        const transaction = (await connect()).transaction('batches');
        const range = IDBKeyRange.lowerBound(after, true);
        const [keys, records] = await Promise.all([
          transaction.store.getAllKeys(range),
          transaction.store.getAll(range),
          transaction.done,
        ]);
        return keys.flatMap((key, i): StoredBatch[] => {
          const record = records[i]!;
          return record.logId === logId ? [{ key, interactions: record.interactions }] : [];
        });
      }),
    readItems: (ids) =>
      guard(async () => {
        const { store } = (await connect()).transaction('items');
        const records = await (ids === undefined ? store.getAll() : Promise.all(ids.map((id) => store.get(id))));
        return records.flatMap((record) => {
          if (record?.logId !== logId) return [];
          const { logId: _, ...item } = record;
          return [item];
        });
      }),
    remove: (interactionIds) => guard(async () => removeInteractions(await connect(), interactionIds)),
    readValue: (key) => guard(async () => (await connect()).get('values', key)),
    writeValue: (key, value) =>
      guard(async () => {
        const transaction = (await connect()).transaction('values', 'readwrite', { durability: 'relaxed' });
        await Promise.all([transaction.store.put(value, key), transaction.done]);
      }),
    async erase() {
      // Clearing works whoever else is connected; deleting waits for tabs that sleep, and may finish later.
      const db = await guard(connect);
      const transaction = db.transaction(['batches', 'items', 'values'], 'readwrite');
      await Promise.all([
        transaction.objectStore('batches').clear(),
        transaction.objectStore('items').clear(),
        transaction.objectStore('values').clear(),
        transaction.done,
      ]).catch(fail);
      db.close();
      forget();
      logId = ERASED;
      await deleteDatabase(name);
    },
    close() {
      closed = true;
      database?.close();
      database = undefined;
    },
  };
}

async function open(name: string, onClosed: () => void): Promise<Database> {
  let late = false;
  try {
    if (globalThis.indexedDB === undefined) throw new Error('this browser offers no IndexedDB here');
    const opening = openDB<AttuneSchema>(name, SCHEMA_VERSION, {
      upgrade(db) {
        db.createObjectStore('batches', { autoIncrement: true });
        db.createObjectStore('items', { keyPath: 'id' });
        db.createObjectStore('values');
      },
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        onClosed();
      },
      terminated: onClosed,
    });
    opening.then((db) => late && db.close()).catch(() => undefined);
    return await Promise.race([opening, afterTimeout()]);
  } catch (error) {
    late = true;
    throw storageError(error);
  }
}

function afterTimeout(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer in ${OPEN_TIMEOUT_MS} ms`)), OPEN_TIMEOUT_MS);
  });
}

/** The log's name, made in the same transaction that finds none. */
async function readLogId(db: Database, newId: () => string): Promise<string> {
  const fresh = newId();
  const transaction = db.transaction('values', 'readwrite');
  const known = await transaction.store.get('logId');
  if (typeof known !== 'string') await transaction.store.put(fresh, 'logId');
  await transaction.done;
  return typeof known === 'string' ? known : fresh;
}

async function removeInteractions(db: Database, ids: ReadonlySet<string>): Promise<number> {
  const transaction = db.transaction(['batches', 'items', 'values'], 'readwrite');
  const named = new Set<string>();
  let removed = 0;
  for (let cursor = await transaction.objectStore('batches').openCursor(); cursor; cursor = await cursor.continue()) {
    const { logId, interactions } = cursor.value;
    const kept = interactions.filter(({ id }) => !ids.has(id));
    for (const { itemId } of kept) named.add(itemId);
    if (kept.length === interactions.length) continue;
    removed += interactions.length - kept.length;
    await (kept.length === 0 ? cursor.delete() : cursor.update({ logId, interactions: kept }));
  }
  if (removed > 0) {
    const items = transaction.objectStore('items');
    for (const id of await items.getAllKeys()) if (!named.has(id)) await items.delete(id);
    const values = transaction.objectStore('values');
    for (const key of await values.getAllKeys()) if (key.startsWith('derived/')) await values.delete(key);
  }
  await transaction.done;
  return removed;
}

/** Resolves when the database is gone, or at once when a sleeping tab holds it: it is empty by then and goes later. */
function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onblocked = () => resolve();
    request.onerror = () => reject(storageError(request.error));
  });
}

async function guard<T>(task: () => Promise<T>): Promise<T> {
  return task().catch(fail);
}

function fail(error: unknown): never {
  throw storageError(error);
}

function storageError(error: unknown): AttuneError {
  if (error instanceof AttuneError) return error;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return name === 'QuotaExceededError'
    ? new AttuneError('storage/quota', 'This device has no room left; what happens now is kept in memory only.', {
        cause: error,
      })
    : new AttuneError('storage/unavailable', `Storage is not to be had (${name}: ${message}).`, { cause: error });
}
