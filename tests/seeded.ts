import { norm } from '../src/core/vector.js';

type Random = () => number;

/** mulberry32: seeded numbers in [0, 1). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A vector of length 1 in a random direction. */
export function unit(random: Random, dim: number): Float32Array {
  return nearly(random, new Float32Array(dim), 1);
}

/** A unit vector that differs from `centre` by about `spread`. */
export function nearly(random: Random, centre: Float32Array, spread: number): Float32Array {
  const row = Float64Array.from(centre, (x) => x + (spread / Math.sqrt(centre.length)) * gaussian(random));
  const length = norm(row);
  return Float32Array.from(row, (x) => x / length);
}
