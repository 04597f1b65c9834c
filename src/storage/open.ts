import { type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { AttuneError } from '../errors.js';
import { type AttuneSchema, SCHEMA_VERSION } from './schema.js';

/** A connection to one user's database. */
export type Database = IDBPDatabase<AttuneSchema>;

/** How long opening may take before the store counts as unavailable: some browsers never answer. Judgement. */
const OPEN_TIMEOUT_MS = 3000;

/**
 * Opens the database, bringing an older layout up to date in the same transaction.
 *
 * Rejects with AttuneError `storage/unavailable` or `storage/quota`; what is on disk then stays as it is.
 *
 * @param onClosed the connection was given up: to a newer version, to a deletion, or by the browser
 */
export async function openDatabase(name: string, onClosed: () => void): Promise<Database> {
  let late = false;
  let reason = `no answer in ${OPEN_TIMEOUT_MS} ms`;
  try {
    if (globalThis.indexedDB === undefined) throw new Error('this browser offers no IndexedDB here');
    const opening = openDB<AttuneSchema>(name, SCHEMA_VERSION, {
      upgrade: (db, from, _to, transaction) => upgrade(db, from, transaction),
      blocked: () => void (reason = 'another tab keeps an older version open; close it and load this page again'),
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        onClosed();
      },
      terminated: onClosed,
    });
    opening.then((db) => late && db.close()).catch(() => undefined);
    const timeout = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(reason)), OPEN_TIMEOUT_MS);
    });
    return await Promise.race([opening, timeout]);
  } catch (error) {
    late = true;
    throw storageError(error);
  }
}

type Upgrade = IDBPTransaction<AttuneSchema, StoreNames<AttuneSchema>[], 'versionchange'>;

async function upgrade(db: Database, from: number, transaction: Upgrade): Promise<void> {
  if (from < 3) {
    const embeddings = db.createObjectStore('embeddings');
    embeddings.createIndex('mark', 'mark');
    embeddings.createIndex('usedOn', 'usedOn');
  }
  if (from < 1) {
    db.createObjectStore('batches', { autoIncrement: true });
    db.createObjectStore('items', { keyPath: 'id' });
    db.createObjectStore('values');
  }
  if (from < 2) {
    db.createObjectStore('quarantine', { autoIncrement: true });
    const values = transaction.objectStore('values');
    const known = await values.get('logId');
    const logId = typeof known === 'string' ? known : '';
    for (const key of await values.getAllKeys()) {
      if (key !== 'logId') await values.put({ logId, value: await values.get(key) }, key);
    }
  }
}

/**
 * The log's name, made in the same transaction that finds none. A damaged one is read off the newest batch
 * that has it, so that the log stays readable.
 */
export async function readLogId(db: Database, newId: () => string): Promise<string> {
  const fresh = newId();
  const transaction = db.transaction('values', 'readwrite');
  const known: unknown = await transaction.store.get('logId');
  if (known === undefined) await transaction.store.put(fresh, 'logId');
  await transaction.done;
  if (known === undefined || typeof known === 'string') return known ?? fresh;
  return mendLogId(db, fresh);
}

async function mendLogId(db: Database, fresh: string): Promise<string> {
  const transaction = db.transaction(['values', 'batches'], 'readwrite');
  let logId: string | undefined;
  let cursor = await transaction.objectStore('batches').openCursor(null, 'prev');
  for (; cursor !== null && logId === undefined; cursor = await cursor.continue()) {
    const { logId: found } = (cursor.value ?? {}) as { logId?: unknown };
    if (typeof found === 'string') logId = found;
  }
  await transaction.objectStore('values').put(logId ?? fresh, 'logId');
  await transaction.done;
  return logId ?? fresh;
}

/** How long a deletion waits for whoever holds the database: it may just be closing, or asleep. Judgement. */
const HELD_MS = 500;

/** Resolves when the database is gone, or soon when a sleeping tab holds it: it goes when that tab does. */
export function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onblocked = () => setTimeout(resolve, HELD_MS);
    request.onerror = () => reject(storageError(request.error));
  });
}

/** Whether the connection, and not what was asked of it, is what failed: WebKit loses its server and says UnknownError. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && ['AbortError', 'InvalidStateError', 'UnknownError'].includes(error.name);
}

/** Whether the browser has the record and can't read it: Chromium where the file of a large value is gone or damaged. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof Error && ['DataError', 'NotReadableError'].includes(error.name);
}

/** Any failure as the AttuneError that says what it means and what happens now. */
export function storageError(error: unknown): AttuneError {
  if (error instanceof AttuneError) return error;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  if (name === 'QuotaExceededError') {
    const what = 'This device has no room left; what happens now is kept in memory only.';
    return new AttuneError('storage/quota', what, { cause: error });
  }
  if (name === 'VersionError') {
    const what =
      'A newer version of Attune wrote what is stored here. It is left as it is, and this page works in memory: load the newer version.';
    return new AttuneError('storage/unavailable', what, { cause: error });
  }
  return new AttuneError('storage/unavailable', `Storage is not to be had (${name}: ${message}).`, { cause: error });
}
