import { addScaled, type Vector } from './vector.js';

/**
 * Weight of evidence `ageMs` old: `2^(-ageMs / halfLifeMs)`.
 *
 * @param ageMs      ms; negative ages (a clock set back) count as 0
 * @param halfLifeMs ms, > 0
 * @returns in [0, 1]; 1 now, ½ after one half-life, 0 only by underflow
 */
export function decay(ageMs: number, halfLifeMs: number): number {
  return 2 ** (-Math.max(0, ageMs) / halfLifeMs);
}

/**
 * A weighted sum of vectors whose weights halve every `halfLifeMs`, kept in O(dim) whatever the number of additions:
 * `sum = Σ wᵢ · 2^(-(at - atᵢ)/halfLifeMs) · xᵢ`, where `at` is the newest instant added so far.
 * Additions commute, so any order of the same additions gives the same sum, to rounding.
 */
export interface DecayedSum {
  readonly halfLifeMs: number;
  /** Epoch ms the sum is expressed at; `-Infinity` while empty. */
  at: number;
  /** The same sum of the weights alone. */
  total: number;
  readonly sum: Float64Array;
}

/** An empty sum of `dim` numbers. */
export function emptySum(dim: number, halfLifeMs: number): DecayedSum {
  return { halfLifeMs, at: -Infinity, total: 0, sum: new Float64Array(dim) };
}

/** A copy that can be added to without changing the original. */
export function copySum(from: DecayedSum): DecayedSum {
  return { halfLifeMs: from.halfLifeMs, at: from.at, total: from.total, sum: from.sum.slice() };
}

/** Adds `weight · x`, dated `at` (epoch ms), to `into`, in place. */
export function addToSum(into: DecayedSum, x: Vector, weight: number, at: number): void {
  if (at > into.at) {
    const kept = into.at === -Infinity ? 0 : decay(at - into.at, into.halfLifeMs);
    for (let j = 0; j < into.sum.length; j++) into.sum[j] = into.sum[j]! * kept;
    into.total = into.total * kept + weight;
    into.at = at;
    addScaled(into.sum, x, weight);
  } else {
    const aged = weight * decay(into.at - at, into.halfLifeMs);
    into.total += aged;
    addScaled(into.sum, x, aged);
  }
}

/** The sum as it stands at `now` (epoch ms, not before `from.at`), as a copy. */
export function sumAt(from: DecayedSum, now: number): DecayedSum {
  const scale = from.at === -Infinity ? 0 : decay(now - from.at, from.halfLifeMs);
  const { halfLifeMs, total, sum } = from;
  return { halfLifeMs, at: now, total: total * scale, sum: sum.map((x) => x * scale) };
}
