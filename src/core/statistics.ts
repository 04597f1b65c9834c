import { addScaled, dotRow, type Vector } from './vector.js';

/** Rows from which on a set speaks for itself (SPEC §4). */
export const FULL = 50;

/** Mean and standard deviation of `direction · x` over a set of items, and how many items they rest on. */
export interface Spread {
  readonly mean: number;
  readonly sd: number;
  readonly count: number;
}

/**
 * Spread of `direction · x` over the rows at `offsets`, blended with a prior spread by `n / (n + 50)` while the
 * set is small: `μ = b·m + (1-b)·μ₀`, `σ² = b·s² + (1-b)·σ₀²` with `b = 1` from 50 rows on (SPEC: "below 50 items blended").
 * With all rows of a catalogue this is `μ = q·m`, `σ² = qᵀCq` of its mean and (population) covariance.
 *
 * @param prior spread to lean on when few rows are known; its `sd` is also the floor's source when all rows agree
 */
export function spreadOf(direction: Vector, data: Float32Array, offsets: Int32Array, prior: Spread): Spread {
  const n = offsets.length;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const value = dotRow(direction, data, offsets[i]!);
    sum += value;
    squares += value * value;
  }
  return blended(n, sum, squares, prior);
}

/** The spread that `n` values with this sum and sum of squares have, blended with the prior. */
export function blended(n: number, sum: number, squares: number, prior: Spread): Spread {
  const mean = n === 0 ? 0 : sum / n;
  const variance = n === 0 ? 0 : Math.max(0, squares / n - mean * mean);
  const blend = blendOf(n);
  const sd = Math.sqrt(blend * variance + (1 - blend) * prior.sd ** 2);
  return {
    mean: blend * mean + (1 - blend) * prior.mean,
    sd: sd > prior.sd / 100 ? sd : prior.sd, // a catalogue of copies has no spread to divide by
    count: n,
  };
}

/** How much `n` rows say for themselves. */
export function blendOf(n: number): number {
  return n >= FULL ? 1 : n / (n + FULL);
}

/** Standardized feature `(value - μ) / (3σ)`: about [-1, 1] for a catalogue's items, unclipped so that it stays linear. */
export function standardize(value: number, { mean, sd }: Pick<Spread, 'mean' | 'sd'>): number {
  return (value - mean) / (3 * sd);
}

/** Mean of the rows at `offsets`, shrunk to 0 by `n / (n + 50)` below 50 rows, like the spread. O(rows · dim). */
export function meanRow(data: Float32Array, offsets: Int32Array, dim: number): Float64Array {
  const n = offsets.length;
  const mean = new Float64Array(dim);
  for (const offset of offsets) addScaled(mean, data.subarray(offset, offset + dim), 1);
  const scale = n === 0 ? 0 : blendOf(n) / n;
  return mean.map((x) => x * scale);
}
