import { openDB } from 'idb';
import { AttuneError } from '../errors.js';
import type { ItemRecord } from '../domain/item.js';
import type { StoredBatch } from '../domain/ports.js';
import { type Database, storageError } from './open.js';
import { interactionsAfter, readItemRecord, readRecord } from './records.js';
import { type AttuneSchema, databaseName, SCHEMA_VERSION } from './schema.js';
import { SEAL_VALUE } from './seal-schema.js';

/** What lies in a log, as one instant has it. */
export interface StoredLog {
  /** The value asked for by name. */
  readonly value: unknown;
  /** Names the log and its state, as `Log.epoch` does. */
  readonly epoch: string;
  readonly batches: readonly StoredBatch[];
  /** The items that these name. */
  readonly items: readonly ItemRecord[];
}

/** Whether a user has a log on this device. Rejects as `readStoredLog` does. */
export async function hasStoredLog(user: string): Promise<boolean> {
  return (await withLog(user, () => Promise.resolve(true))) ?? false;
}

/**
 * Reads a user's log from where no Attune runs, and changes nothing: no database is made, none is brought up to date, and
 * what is damaged is passed over and left to the page.
 *
 * Rejects with AttuneError `storage/unavailable`, also for a layout of another version.
 *
 * @param name of the value wanted
 * @param lastKey from that value and the epoch: the key after which batches are wanted
 */
export async function readStoredLog(
  user: string,
  name: string,
  lastKey: (value: unknown, epoch: string) => number,
): Promise<StoredLog | 'absent' | 'sealed'> {
  const found = await withLog(user, async (db, logId): Promise<StoredLog | 'sealed'> => {
    const transaction = db.transaction(['batches', 'items', 'values']);
    const values = transaction.objectStore('values');
    const valueOf = async (key: string): Promise<unknown> => {
      const { logId: owner, value } = ((await values.get(key)) ?? {}) as { logId?: unknown; value?: unknown };
      return owner === logId ? value : undefined;
    };
    if ((await valueOf(SEAL_VALUE)) !== undefined) return 'sealed';
    const epoch = `${logId}/${String(await valueOf('revision'))}`;
    const value = await valueOf(name);
    const after = lastKey(value, epoch);
    const range = IDBKeyRange.lowerBound(after, true);
    const store = transaction.objectStore('batches');
    const [keys, records] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    const batches = keys.flatMap((key, i): StoredBatch[] => {
      const record = readRecord(records[i])?.record;
      return record?.logId === logId ? [{ key, interactions: interactionsAfter(record, after) }] : [];
    });
    const ids = new Set(batches.flatMap(({ interactions }) => interactions.map(({ itemId }) => itemId)));
    const items = await Promise.all([...ids].map((id) => transaction.objectStore('items').get(id)));
    const sound = items.map(readItemRecord).filter((item) => item?.logId === logId) as ItemRecord[];
    return { value, epoch, batches, items: sound };
  });
  return found ?? 'absent';
}

/** Runs a task on the user's log; undefined where there is none. */
async function withLog<T>(user: string, task: (db: Database, logId: string) => Promise<T>): Promise<T | undefined> {
  const db = await openAsItIs(databaseName(user));
  if (db === undefined) return undefined;
  try {
    if (db.version !== SCHEMA_VERSION) {
      const what = `What is stored has layout ${db.version}, and this reads ${SCHEMA_VERSION}: load a page of the same version.`;
      throw new AttuneError('storage/unavailable', what);
    }
    const logId: unknown = await db.get('values', 'logId');
    return typeof logId === 'string' ? await task(db, logId) : undefined;
  } catch (error) {
    throw storageError(error);
  } finally {
    db.close();
  }
}

/** The database in whatever layout it has; undefined, and not made, where there is none. It is never in the way of an erase. */
async function openAsItIs(name: string): Promise<Database | undefined> {
  let isNew = false;
  try {
    return await openDB<AttuneSchema>(name, undefined, {
      upgrade(_db, _from, _to, transaction) {
        isNew = true;
        transaction.done.catch(() => undefined);
        transaction.abort();
      },
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
  } catch (error) {
    if (isNew) return undefined;
    throw storageError(error);
  }
}
