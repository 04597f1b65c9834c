/**
 * A number in [0, 1) for a pair of whole numbers under a seed: the same for the same three, as good as uniform and
 * independent over others. So a draw needs no state, and can be looked up again in any order. MurmurHash3's finalizer over
 * each number in turn.
 *
 * @param seed, a, b whole numbers below 2^32
 */
export function drawAt(seed: number, a: number, b: number): number {
  return mixed(mixed(mixed(seed) ^ mixed(a + 0x9e3779b9)) ^ mixed(b + 0x7f4a7c15)) / 4_294_967_296;
}

function mixed(x: number): number {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
