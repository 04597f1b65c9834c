import type { IsotonicParameters } from './isotonic.js';
import { cornersOf, type RankedScore, risingThrough } from './ranks.js';
import { sigmoid } from './special.js';

/**
 * Ramps of the curve, and curvature, in nats, of the pull of each ramp's height to 0. Measured on 27 truths that nothing is judged
 * by, 60 seeds, weighed with the other fits: 5 to 13 ramps and pulls of 0.3 and 1 differ by less than 0.001; 5 ramps at a pull of 3
 * are worse on steps by 0.005.
 */
const RAMPS = 7;
const PULL = 1;

/** Gain, in nats, below which a last step is taken: what is left after it is of the order of its square. */
const GAIN_TOLERANCE = 1e-10;
/** More steps than any fixture has needed (some 10); a bound, not a setting. */
const MAX_STEPS = 100;
/** Smallest part of a Newton step that is tried. */
const MIN_STEP = 1e-10;

/**
 * A smooth rising curve of no given form: `p = sigmoid(c + Σ βₖ·Iₖ(u))`, u the rank of a score, Iₖ seven quadratic ramps from 0 to
 * 1, one after the other (I-splines of order 2), all `βₖ ≥ 0`, of least `−Σ w (t·ln p + (1−t)·ln(1−p)) + ½·Σ βₖ²`, with Platt's
 * smoothed targets t. For probabilities that go from one level to another, which bend every logistic curve; given as corners at
 * up to 64 scores.
 *
 * O(n) a step, about seven steps.
 *
 * @param points by `rankScores`
 * @see Ramsay (1988), "Monotone regression splines in action", §2; Bertsekas (1982) for Newton's method under bounds
 */
export function fitRising(points: readonly RankedScore[]): IsotonicParameters {
  if (points.length === 0) return { scores: [], probabilities: [] };
  const positives = points.reduce((sum, point) => sum + point.positives, 0);
  const negatives = points.reduce((sum, point) => sum + point.negatives, 0);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const rows = points.map((point) => ({
    place: placeOf(point.rank),
    weight: point.positives + point.negatives,
    target: high * point.positives + low * point.negatives,
  }));
  const start = [Math.log((positives + 1) / (negatives + 1)), ...Array.from({ length: RAMPS }, () => 0)];
  const heights = descend(rows, start);
  const levels = levelsOf(heights);
  return risingThrough(cornersOf(points), ({ rank }: RankedScore) => sigmoid(logitAt(placeOf(rank), heights, levels)));
}

/** Where a rank lies: in one of six stretches, in which earlier ramps are 1, later ones 0, and two on their way, the first ahead. */
interface Place {
  readonly stretch: number;
  readonly ahead: number;
  readonly behind: number;
}

/** Outcomes at a place: their weight, and the weighted sum of their targets. */
interface Row {
  readonly place: Place;
  readonly weight: number;
  readonly target: number;
}

function placeOf(rank: number): Place {
  const along = rank * (RAMPS - 1);
  const stretch = Math.min(RAMPS - 2, Math.floor(along));
  const part = along - stretch;
  return { stretch, ahead: 1 - (1 - part) ** 2 / 2, behind: part ** 2 / 2 };
}

/** The logit at the beginning of each stretch, less what its own two ramps add: the constant and all ramps before, summed. */
function levelsOf(heights: readonly number[]): number[] {
  let level = 0;
  return heights.map((height) => (level += height));
}

/** `heights` has the constant, then each ramp's. */
function logitAt({ stretch, ahead, behind }: Place, heights: readonly number[], levels: readonly number[]): number {
  return levels[stretch]! + ahead * heights[stretch + 1]! + behind * heights[stretch + 2]!;
}

/** Newton's method for the constant and for heights that stay at 0 or above: those that the slope holds at 0 sit a step out. */
function descend(rows: readonly Row[], start: number[]): number[] {
  let [heights, current] = [start, lossOf(rows, start)];
  for (let step = 0; step < MAX_STEPS; step++) {
    const { gradient, hessian } = slopesOf(rows, heights);
    const free = gradient.flatMap((slope, k) => (k === 0 || heights[k]! > 0 || slope < 0 ? [k] : []));
    const move = solve(
      free.map((k) => free.map((l) => hessian[k]![l]!)),
      free.map((k) => -gradient[k]!),
    );
    for (let part = 1; ; part /= 2) {
      if (part < MIN_STEP) return heights; // as low as numbers go
      const next = [...heights];
      let [promised, isHeld] = [0, false];
      for (const [i, k] of free.entries()) {
        next[k]! += part * move[i]!;
        if (k > 0 && next[k]! < 0) [next[k], isHeld] = [0, true];
        promised += gradient[k]! * (next[k]! - heights[k]!);
      }
      if (!isHeld && promised > -GAIN_TOLERANCE) return next; // a step that a bound cut short tells nothing of what is left
      const reached = lossOf(rows, next);
      if (reached > current + 1e-4 * promised) continue;
      [heights, current] = [next, reached];
      break;
    }
  }
  return heights;
}

function lossOf(rows: readonly Row[], heights: readonly number[]): number {
  const levels = levelsOf(heights);
  let sum = 0;
  for (let k = 1; k < heights.length; k++) sum += (PULL / 2) * heights[k]! ** 2;
  for (const { place, weight, target } of rows) {
    const logit = logitAt(place, heights, levels); // −(t·ln p + (1−t)·ln(1−p)) without overflow
    sum += weight * (Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)))) - target * logit;
  }
  return sum;
}

/** First and second derivatives of the loss, summed over each stretch before they are spread over the ramps. */
function slopesOf(
  rows: readonly Row[],
  heights: readonly number[],
): { readonly gradient: number[]; readonly hessian: number[][] } {
  const levels = levelsOf(heights);
  const gradient = heights.map((height, k) => (k === 0 ? 0 : PULL * height));
  const hessian = heights.map((_, k) => heights.map((__, l) => (k === l && k > 0 ? PULL : 0)));
  const stretches = Array.from({ length: RAMPS - 1 }, () => ({ slopes: [0, 0, 0], bends: [0, 0, 0, 0, 0, 0] }));
  for (const { place, weight, target } of rows) {
    const { ahead, behind } = place;
    const { slopes, bends } = stretches[place.stretch]!;
    const p = sigmoid(logitAt(place, heights, levels));
    const residual = weight * p - target;
    const curvature = weight * p * (1 - p);
    slopes[0]! += residual;
    slopes[1]! += residual * ahead;
    slopes[2]! += residual * behind;
    bends[0]! += curvature;
    bends[1]! += curvature * ahead;
    bends[2]! += curvature * ahead * ahead;
    bends[3]! += curvature * behind;
    bends[4]! += curvature * behind * ahead;
    bends[5]! += curvature * behind * behind;
  }
  stretches.forEach(({ slopes, bends }, stretch) => {
    for (let k = 0; k <= stretch + 2; k++) {
      const row = Math.max(0, k - stretch); // 0 for the constant and ramps passed, 1 for the one ahead, 2 behind
      gradient[k]! += slopes[row]!;
      for (let l = 0; l <= k; l++) {
        const bend = bends[(row * (row + 1)) / 2 + Math.max(0, l - stretch)]!;
        hessian[k]![l]! += bend;
        if (l < k) hessian[l]![k]! += bend;
      }
    }
  });
  return { gradient, hessian };
}

/** x of `A·x = b` for a symmetric positive definite A; overwrites both. */
function solve(a: number[][], b: number[]): number[] {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const factor = a[j]![i]! / a[i]![i]!;
      for (let k = i; k < n; k++) a[j]![k]! -= factor * a[i]![k]!;
      b[j]! -= factor * b[i]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= a[i]![k]! * b[k]!;
    b[i]! /= a[i]![i]!;
  }
  return b;
}
