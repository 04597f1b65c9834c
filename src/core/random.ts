/** A source of chance: uniform in [0, 1) at each call. */
export type Random = () => number;

/**
 * Seeded chance (mulberry32): the same seed gives the same numbers everywhere. 32 bits of state, period 2³²; for worlds,
 * samples and tests, never for secrets.
 *
 * @param seed any number; its low 32 bits count
 */
export function seeded(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A seed made of several numbers: streams of neighbouring seeds, or of the same numbers in another order, are not alike.
 *
 * @param numbers any; the low 32 bits of each count
 * @returns 32 bits
 */
export function mixSeeds(...numbers: readonly number[]): number {
  let mixed = 0x9e3779b9;
  for (const number of numbers) {
    mixed = Math.imul(mixed ^ number, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
  }
  return mixed >>> 0;
}

/** A draw of the standard normal distribution, by two numbers of `random` (Box & Muller 1958). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** `values` in random order, all orders alike (Fisher & Yates); the list given stays as it was. */
export function shuffled<V>(values: readonly V[], random: Random): V[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
