/**
 * A number in [0, 1) for a text, as good as drawn for it: the same text gives the same one everywhere, and texts that differ
 * by a character have nothing to do with each other. MurmurHash3 (x86, 32 bits, seed 0) over its UTF-16 code units, each
 * as a block of four bytes, by 2^32. For dealing people to groups, never for security.
 *
 * @see Appleby (2011), MurmurHash3; tests/golden/make_experiments.py makes the same with scikit-learn's
 */
export function uniformOf(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) {
    h ^= Math.imul(turned(Math.imul(text.charCodeAt(i), 0xcc9e2d51), 15), 0x1b873593);
    h = (Math.imul(turned(h, 13), 5) + 0xe6546b64) | 0;
  }
  h ^= 4 * text.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
}

function turned(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
