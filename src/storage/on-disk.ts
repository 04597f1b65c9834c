import type { AttuneError } from '../errors.js';
import type { Encrypt, Store } from '../domain/ports.js';
import { openIndexedDbStore } from './indexed-db.js';
import { deleteDatabase } from './open.js';
import { keyDatabaseName, SEAL_VALUE } from './seal-schema.js';

/**
 * Opens a user's log in IndexedDB, sealed if that is asked for or if it already is: once sealed, a log stays sealed
 * until it is erased.
 *
 * Rejects with AttuneError `storage/unavailable` or `storage/quota`, also when its keys are missing or wrong.
 */
export async function openOnDisk(
  user: string,
  newId: () => string,
  encrypt: Encrypt,
  onLost: () => void,
  onDamage?: (report: AttuneError) => void,
): Promise<Store> {
  const store = await openIndexedDbStore(user, newId, onLost, onDamage);
  const forget = (): Promise<void> => forgetKeys(user);
  try {
    if (encrypt === false && (await store.readValue(SEAL_VALUE)) === undefined) {
      const erase = (): Promise<void> => forget().finally(() => store.erase());
      return Object.create(store, { erase: { value: erase } }) as Store;
    }
    const { sealDisk } = await import('./seal-disk.js');
    return await sealDisk(store, user, encrypt, forget, onDamage);
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Deletes a user's keys: what was sealed with them is unreadable from then on. A secret is not stored; its salt goes. */
export function forgetKeys(user: string): Promise<void> {
  return deleteDatabase(keyDatabaseName(user));
}
