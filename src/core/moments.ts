import { blended, blendOf, type Spread } from './statistics.js';
import { addScaled, type Vector } from './vector.js';

/**
 * What a catalogue's mean m and (population) covariance C are made of, as sums that rows enter and leave: then `μ = q·m` and
 * `σ² = qᵀCq` along any direction q, without the rows.
 */
export interface Moments {
  readonly dim: number;
  count: number;
  /** `Σ x` */
  readonly sum: Float64Array;
  /** `Σ x·xᵀ`, its upper triangle row by row: `dim · (dim + 1) / 2` numbers. */
  readonly products: Float64Array;
}

export function createMoments(dim: number): Moments {
  return { dim, count: 0, sum: new Float64Array(dim), products: new Float64Array(triangle(dim)) };
}

/** How many numbers an upper triangle has. */
export function triangle(dim: number): number {
  return (dim * (dim + 1)) / 2;
}

/** Adds a row, or takes one out again with `weight` −1. A row of zeros, of which nothing is known, is left out. O(dim²). */
export function addMoment(moments: Moments, x: Float32Array, weight: 1 | -1 = 1): void {
  const { dim, sum, products } = moments;
  if (x.every((value) => value === 0)) return;
  moments.count += weight;
  addScaled(sum, x, weight);
  for (let i = 0, at = 0; i < dim; i++) {
    const scaled = weight * x[i]!;
    for (let j = i; j < dim; j++, at++) products[at] = products[at]! + scaled * x[j]!;
  }
}

/**
 * What `spreadOf` gives of the rows themselves. O(dim²).
 */
export function spreadAlong({ dim, count, sum, products }: Moments, direction: Vector, prior: Spread): Spread {
  let total = 0;
  let squares = 0;
  for (let i = 0, at = 0; i < dim; i++) {
    const d = direction[i]!;
    total += d * sum[i]!;
    let inner = d * products[at++]!;
    for (let j = i + 1; j < dim; j++, at++) inner += 2 * direction[j]! * products[at]!;
    squares += d * inner;
  }
  return blended(count, total, squares, prior);
}

/** Mean of the rows, shrunk to 0 below 50 of them as `meanRow` does. */
export function meanOf({ count, sum }: Moments): Float64Array {
  const scale = count === 0 ? 0 : blendOf(count) / count;
  return sum.map((x) => x * scale);
}
