import type { Bytes } from './pack.js';

/**
 * Sealing without waiting. A page that leaves can't wait for WebCrypto, so random pads are sealed beforehand: what it
 * has to note is added to a pad bit by bit, and the pad's box stands beside it. A pad is used once and then dropped,
 * so nothing can be learned from two of them; a one-time polynomial hash tells whether anything was changed.
 *
 * @see Shannon 1949 (one-time pad); Carter & Wegman 1981 (one-time authentication by universal hashing)
 */
export interface Pads {
  /** Seals in this task, or undefined when too few pads are ready; `prepare` makes more. */
  seal(plain: Bytes): PaddedBytes | undefined;
  /** Makes as many as are to be in stock. */
  prepare(): Promise<void>;
}

/** `boxes`: the pads, sealed, in order. `text`: what was sealed and its hash, under them. */
export interface PaddedBytes {
  readonly boxes: readonly Bytes[];
  readonly text: Bytes;
}

/** Bytes a pad, and how many wait: a click takes one; all of them take what a page does in half a second. Judgement. */
const PAD = 4096;
const STOCK = 16;

/** Bytes of the hash's two keys, and of the hash, at the front of the pads and of the text. */
const WORD = 16;

/** @param sealPad seals a pad so that `openPadded` gets it back */
export function createPads(sealPad: (pad: Bytes) => Promise<Bytes>): Pads {
  const ready: { pad: Bytes; box: Bytes }[] = [];
  return {
    seal(plain) {
      const used = ready.splice(0, padsFor(plain.length));
      if (used.length < padsFor(plain.length)) {
        ready.unshift(...used);
        return undefined;
      }
      const pad = joined(used.map((each) => each.pad));
      return { boxes: used.map(({ box }) => box), text: added(joined([hashOf(plain, pad), plain]), pad) };
    },
    async prepare() {
      const pads = Array.from({ length: STOCK - ready.length }, () => crypto.getRandomValues(new Uint8Array(PAD)));
      const made = await Promise.all(pads.map(async (pad) => ({ pad, box: await sealPad(pad) })));
      ready.push(...made);
    },
  };
}

/** What was sealed, or undefined when it was changed. Rejects when `openPad` does. */
export async function openPadded(
  { boxes, text }: PaddedBytes,
  openPad: (box: Bytes) => Promise<Bytes>,
): Promise<Bytes | undefined> {
  const pad = joined(await Promise.all(boxes.map(openPad)));
  if (pad.length < text.length + 2 * WORD || text.length < WORD) return undefined;
  const whole = added(text, pad);
  const plain = whole.slice(WORD);
  const hash = hashOf(plain, pad);
  return hash.every((byte, i) => byte === whole[i]) ? plain : undefined;
}

const padsFor = (length: number): number => Math.ceil((length + 3 * WORD) / PAD);

/** The bits of both, added; the pad's first two words are the hash's. */
function added(text: Bytes, pad: Bytes): Bytes {
  return text.map((byte, i) => byte ^ pad[i + 2 * WORD]!);
}

/** 2¹²⁷ − 1, a prime above every 15-byte word. */
const PRIME = 2n ** 127n - 1n;

/** `(… (m₁·r + m₂)·r + … + length)·r + s mod p` over words of 15 bytes; r and s are the pad's first two words. */
function hashOf(plain: Bytes, pad: Bytes): Bytes {
  const r = wordAt(pad, 0, WORD) % PRIME;
  const s = wordAt(pad, WORD, 2 * WORD);
  let sum = 0n;
  for (let at = 0; at < plain.length; at += WORD - 1) sum = ((sum + wordAt(plain, at, at + WORD - 1)) * r) % PRIME;
  sum = ((sum + BigInt(plain.length)) * r + s) % PRIME;
  return Uint8Array.from({ length: WORD }, (_, i) => Number((sum >> BigInt(8 * i)) & 255n));
}

function wordAt(bytes: Bytes, from: number, to: number): bigint {
  let word = 0n;
  for (const byte of bytes.subarray(from, to)) word = (word << 8n) | BigInt(byte);
  return word;
}

function joined(parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
