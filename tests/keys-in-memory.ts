import { keyedHash, type SealKeys } from '../src/storage/crypto.js';
import type { KeyPlace } from '../src/storage/held-seal.js';

/** Keys that are kept nowhere, for stores that last no longer. */
export function keysInMemory(): KeyPlace {
  let kept: Promise<SealKeys> | undefined;
  return {
    open: () => (kept ??= makeKeys()),
    async forget() {
      kept = undefined;
    },
  };
}

/** Keys as they are made for a log. */
export async function makeKeys(): Promise<SealKeys> {
  const box = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const mac = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
  return { id: await keyedHash({ mac }, 'attune/key'), box, mac };
}
