import type { AttuneError } from '../errors.js';
import type { Encrypt } from '../domain/ports.js';
import { openKeys } from './keys.js';
import type { ReplacingStore } from './replace.js';
import { createSealedStore, type SealedStore } from './sealed.js';

/** The log on disk, sealed with the user's keys; loaded only where a log is. */
export function sealDisk(
  store: ReplacingStore,
  user: string,
  encrypt: Encrypt,
  forget: () => Promise<void>,
  onDamage?: (report: AttuneError) => void,
): Promise<SealedStore> {
  return createSealedStore(store, { open: (expected) => openKeys(user, encrypt, expected), forget }, onDamage);
}
