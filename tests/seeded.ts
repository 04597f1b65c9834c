import { gaussian, type Random, seeded } from '../src/core/random.js';
import { norm } from '../src/core/vector.js';

export { gaussian, seeded };

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
