import { type Bytes, base64, utf8 } from './pack.js';

/** Sealing single things: AES-GCM for what they say, HMAC for what they are found by. All of it is WebCrypto's. */

/** The two keys of one log, and their name: the HMAC of a constant, which tells a right key from a wrong one. */
export interface SealKeys {
  readonly id: string;
  readonly box: CryptoKey;
  readonly mac: CryptoKey;
}

/** Length of AES-GCM's random nonce in bytes: NIST SP 800-38D, 8.2; good for 2³² boxes a key. */
const NONCE = 12;

/** Bytes of an HMAC that are kept: 128 bits, out of reach of a chance collision. */
const HASH = 16;

/**
 * A box: nonce, ciphertext and tag.
 *
 * @param name what the box is; it opens under the same name only, so that boxes can't be exchanged
 */
export async function sealBox({ box }: SealKeys, name: string, plain: Bytes): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(name) }, box, plain);
  const bytes = new Uint8Array(NONCE + sealed.byteLength);
  bytes.set(iv);
  bytes.set(new Uint8Array(sealed), NONCE);
  return bytes;
}

/** What was sealed. Rejects with an `OperationError` for another key, another name or a changed bit. */
export async function openBox({ box }: SealKeys, name: string, sealed: Bytes): Promise<Bytes> {
  const parameters = { name: 'AES-GCM', iv: sealed.subarray(0, NONCE), additionalData: utf8(name) };
  return new Uint8Array(await crypto.subtle.decrypt(parameters, box, sealed.subarray(NONCE)));
}

/** A text's stand-in under this key: the same for the same text, and nothing to whoever has no key. For ids and names of caches. */
export async function keyedHash({ mac }: Pick<SealKeys, 'mac'>, text: string): Promise<string> {
  const hash = await crypto.subtle.sign('HMAC', mac, utf8(text));
  return base64(new Uint8Array(hash, 0, HASH));
}
