import type { Random } from './random.js';
import { gaussian } from './random.js';
import { dot, dotRow, norm, normalize, type Vector } from './vector.js';

/**
 * A low-rank residual on embeddings that stay as they are: `x' = x̂/|x̂|`, `x̂ = x + U·Vᵀ·x`. With U all zeros it changes nothing.
 * U and V are kept as their columns, one after the other: `rank × dim`, row-major.
 */
export interface Adapter {
  readonly up: Float64Array;
  readonly down: Float64Array;
  readonly rank: number;
  readonly dim: number;
}

/** An adapter that changes nothing: U zeros, the first column of V along `first`, the others in random directions; unit length all. */
export function identityAdapter(first: Vector, rank: number, random: Random): Adapter {
  const dim = first.length;
  const down = new Float64Array(rank * dim);
  for (let k = 0; k < rank; k++) {
    const row = k === 0 ? Float64Array.from(first) : Float64Array.from({ length: dim }, () => gaussian(random));
    down.set(normalize(row), k * dim);
  }
  return { up: new Float64Array(rank * dim), down, rank, dim };
}

/** `x'` of a row: unit length, all zeros where `x̂` is. O(rank · dim). */
export function adapt(adapter: Adapter, x: Vector): Float64Array {
  return normalize(residualOf(adapter, x).moved);
}

/** `x̂`, and `Vᵀ·x` on the way to it. */
function residualOf({ up, down, rank, dim }: Adapter, x: Vector): { moved: Float64Array; through: Float64Array } {
  const moved = Float64Array.from(x);
  const through = new Float64Array(rank);
  for (let k = 0; k < rank; k++) {
    const t = dotRow(x, down, k * dim);
    through[k] = t;
    for (let j = 0; j < dim; j++) moved[j]! += t * up[k * dim + j]!;
  }
  return { moved, through };
}

/** A row under an adapter, with what its part of a gradient is made of. */
interface Forward {
  readonly x: Vector;
  readonly through: Float64Array;
  readonly unit: Float64Array;
  readonly length: number;
  /** `q·x'` */
  readonly score: number;
}

function forward(adapter: Adapter, q: Vector, x: Vector): Forward {
  const { moved, through } = residualOf(adapter, x);
  const unit = normalize(moved);
  return { x, through, unit, length: norm(moved), score: dot(q, unit) };
}

/** Where to sum up gradients: as long as U and V. */
export interface AdapterGradient {
  readonly up: Float64Array;
  readonly down: Float64Array;
}

/**
 * Loss of one triplet: `ln(1 + e^(−s·(q·x⁺' − q·x⁻')))`, how improbable it is that the liked one is liked more (Bradley & Terry);
 * its gradient is added to `gradient`. By hand: `∂/∂x̂ = g·(q − (q·x')·x')/|x̂| = h`, `∂/∂uₖ = (vₖ·x)·h`, `∂/∂vₖ = (uₖ·h)·x`, for both
 * rows. Rows of zeros score 0 and have no gradient. O(rank · dim).
 *
 * @param q        what rows are compared with, any length: a direction of the person
 * @param steepness s > 0
 * @see Rendle et al. (2009), "BPR: Bayesian personalized ranking from implicit feedback", §4
 */
export function tripletLoss(
  adapter: Adapter,
  q: Vector,
  liked: Vector,
  passed: Vector,
  steepness: number,
  gradient: AdapterGradient,
): number {
  const [better, worse] = [forward(adapter, q, liked), forward(adapter, q, passed)];
  const margin = steepness * (better.score - worse.score);
  const miss = 1 / (1 + Math.exp(margin)); // in [0, 1] also where the power overflows
  const g = -steepness * miss;
  backward(adapter, q, better, g, gradient);
  backward(adapter, q, worse, -g, gradient);
  return Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
}

function backward(
  { up, rank, dim }: Adapter,
  q: Vector,
  { x, through, unit, length, score }: Forward,
  g: number,
  gradient: AdapterGradient,
): void {
  if (!(length > 0 && Number.isFinite(length))) return;
  const h = new Float64Array(dim);
  for (let j = 0; j < dim; j++) h[j] = (g * (q[j]! - score * unit[j]!)) / length;
  for (let k = 0; k < rank; k++) {
    const [forUp, forDown] = [through[k]!, dotRow(h, up, k * dim)];
    for (let j = 0; j < dim; j++) {
      gradient.up[k * dim + j]! += forUp * h[j]!;
      gradient.down[k * dim + j]! += forDown * x[j]!;
    }
  }
}
