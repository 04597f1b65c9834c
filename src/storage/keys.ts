import { type DBSchema, openDB } from 'idb';
import type { Encrypt } from '../domain/ports.js';
import { AttuneError } from '../errors.js';
import { keyedHash, type SealKeys } from './crypto.js';
import { storageError } from './open.js';
import { type Bytes, utf8 } from './pack.js';
import { keyDatabaseName } from './seal-schema.js';

/** Where a log's keys come from: made once and kept in a small database of their own, or derived from a secret. */

/** OWASP Password Storage Cheat Sheet, 2023: PBKDF2-HMAC-SHA-256, 600,000 iterations. */
const ITERATIONS = 600_000;

type KeyRecord =
  ({ readonly type: 'made' } & SealKeys) | { readonly type: 'derived'; readonly id: string; readonly salt: Bytes };

interface KeySchema extends DBSchema {
  keys: { key: 'current'; value: KeyRecord };
}

/**
 * The keys of a user's log; made, where the log has none yet, so that tabs which do it at once agree.
 *
 * Rejects with AttuneError `storage/unavailable` when they are missing, another's, or not to be had; nothing is changed then.
 *
 * @param expected name of the keys the log is sealed with; undefined when it is not sealed yet
 */
export async function openKeys(user: string, encrypt: Encrypt, expected: string | undefined): Promise<SealKeys> {
  if (globalThis.crypto?.subtle === undefined) {
    throw refusal('Encrypting needs a page served by https, or from localhost.');
  }
  const found = await onKeys(user, (store) => store.get('current'));
  if (found === undefined && expected !== undefined) throw refusal('The key of what is stored here is gone.', ERASE);
  const secret = typeof encrypt === 'object' ? encrypt.secret : undefined;
  const keys = secret === undefined ? await keptKeys(user, found) : await secretKeys(user, secret, found);
  if (expected !== undefined && keys.id !== expected) {
    throw refusal('The key found here is not the one that what is stored was sealed with.', ERASE);
  }
  return keys;
}

async function keptKeys(user: string, found: KeyRecord | undefined): Promise<SealKeys> {
  if (found?.type === 'derived') {
    throw refusal('What is stored here is sealed with a secret.', 'Pass it as `encrypt: { secret }`.', ERASE);
  }
  if (found !== undefined) return found;
  const [box, mac] = await Promise.all([
    crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
  ]);
  const made = { type: 'made', id: await nameOf(mac), box, mac } as const;
  return keptKeys(user, await keepFirst(user, made));
}

async function secretKeys(user: string, secret: string, found: KeyRecord | undefined): Promise<SealKeys> {
  if (found?.type === 'made') {
    throw refusal('What is stored here is sealed without a secret.', 'Pass `encrypt: true`.', ERASE);
  }
  const salt = found?.salt ?? crypto.getRandomValues(new Uint8Array(16));
  const keys = await derive(secret, salt);
  const first = found ?? (await keepFirst(user, { type: 'derived', id: keys.id, salt }));
  if (first.id === keys.id) return keys;
  if (found === undefined) return secretKeys(user, secret, first); // another tab's salt came first
  throw refusal('What is stored here is sealed with another secret.', 'Pass that one.', ERASE);
}

/** Both keys from one secret: PBKDF2 makes guessing dear, HKDF (RFC 5869) makes two of one. */
async function derive(secret: string, salt: Bytes): Promise<SealKeys> {
  const { subtle } = crypto;
  const password = await subtle.importKey('raw', utf8(secret), 'PBKDF2', false, ['deriveBits']);
  const stretching = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ITERATIONS };
  const bits = await subtle.deriveBits(stretching, password, 256);
  const root = await subtle.importKey('raw', bits, 'HKDF', false, ['deriveKey']);
  const expand = (use: string): HkdfParams => ({ name: 'HKDF', hash: 'SHA-256', salt: utf8(''), info: utf8(use) });
  const [box, mac] = await Promise.all([
    subtle.deriveKey(expand('attune/box'), root, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    subtle.deriveKey(expand('attune/mac'), root, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
  ]);
  return { id: await nameOf(mac), box, mac };
}

const nameOf = (mac: CryptoKey): Promise<string> => keyedHash({ mac }, 'attune/key');

/** Keeps the record unless there is one; resolves with the one that is kept. */
function keepFirst(user: string, record: KeyRecord): Promise<KeyRecord> {
  return onKeys(user, async (store) => {
    const first = await store.get('current');
    if (first === undefined) await store.put(record, 'current');
    return first ?? record;
  });
}

interface KeyStore {
  get(key: 'current'): Promise<KeyRecord | undefined>;
  put(record: KeyRecord, key: 'current'): Promise<unknown>;
}

/** One transaction on a connection of its own: an open one would stand in the way of an erase. */
async function onKeys<T>(user: string, task: (store: KeyStore) => Promise<T>): Promise<T> {
  try {
    const db = await openDB<KeySchema>(keyDatabaseName(user), 1, {
      upgrade: (made) => void made.createObjectStore('keys'),
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    try {
      const transaction = db.transaction('keys', 'readwrite');
      const result = await task(transaction.store);
      await transaction.done;
      return result;
    } finally {
      db.close();
    }
  } catch (error) {
    throw storageError(error);
  }
}

const ERASE = 'It is left as it is and this page works in memory; `data.erase()` starts anew.';

function refusal(...sentences: readonly string[]): AttuneError {
  return new AttuneError('storage/unavailable', sentences.join(' '));
}
