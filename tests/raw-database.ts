import { databaseName } from '../src/storage/schema.js';

/** IndexedDB past our own code: what another version, a devtools panel or a failing disk would have left there. */

/** Opens a user's database as it is, or makes one with `create` at `version`. Ignores `versionchange`, as a frozen tab does. */
export function openRaw(user: string, version?: number, create?: (db: IDBDatabase) => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(databaseName(user), version);
    opening.onupgradeneeded = () => create?.(opening.result);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/** Runs `change` in one transaction over all stores of the user's database, and resolves once it is committed. */
export async function changeRaw(user: string, change: (transaction: IDBTransaction) => void): Promise<void> {
  const db = await openRaw(user);
  const transaction = db.transaction([...db.objectStoreNames], 'readwrite');
  change(transaction);
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  db.close();
}

/** Everything in one store of the user's database. */
export async function readRaw(user: string, place: string): Promise<[IDBValidKey, unknown][]> {
  const db = await openRaw(user);
  const transaction = db.transaction(place);
  const [keys, values] = [transaction.objectStore(place).getAllKeys(), transaction.objectStore(place).getAll()];
  await new Promise((resolve) => (transaction.oncomplete = resolve));
  db.close();
  return keys.result.map((key, i) => [key, values.result[i]]);
}

/** Deletes the user's database; resolves once it is gone. */
export function deleteRaw(user: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(databaseName(user));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

/** A database as a fixture describes it. */
export interface DatabaseFixture {
  readonly version: number;
  readonly stores: Readonly<
    Record<string, { keyPath: string | null; autoIncrement: boolean; entries: readonly [IDBValidKey, unknown][] }>
  >;
}

/** Plants the fixture as the user's database, in its own layout version. */
export async function plantFixture(user: string, { version, stores }: DatabaseFixture): Promise<void> {
  const db = await openRaw(user, version, (made) => {
    for (const [name, { keyPath, autoIncrement, entries }] of Object.entries(stores)) {
      const store = made.createObjectStore(name, { keyPath, autoIncrement });
      for (const [key, value] of entries) {
        if (keyPath === null) store.put(revive(value), key);
        else store.put(revive(value));
      }
    }
  });
  db.close();
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== 'object') return value;
  const { $float64, $number } = value as { $float64?: number[]; $number?: string };
  if ($float64 !== undefined) return Float64Array.from($float64);
  if ($number !== undefined) return Number($number);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, revive(each)]));
}
