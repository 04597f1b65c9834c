import { sigmoid } from '../core/special.js';
import { invalid } from '../errors.js';

/** How the probability of acting follows from how well an item suits a person. Never falls as the match grows. */
export type OutcomeCurve =
  /** `sigmoid(slope · match + logit(base))`. */
  | { readonly kind: 'logistic'; readonly base: number; readonly slope: number }
  /** `base` whatever the match. */
  | { readonly kind: 'flat'; readonly base: number }
  /** `levels[j]` from the match `edges[j − 1]` on; one level more than edges, both rising. */
  | { readonly kind: 'staircase'; readonly levels: readonly number[]; readonly edges: readonly number[] }
  /** From `low` to `high` along a sigmoid through their middle at `centre`: some never act, some always would but can't. */
  | {
      readonly kind: 'saturated';
      readonly low: number;
      readonly high: number;
      readonly slope: number;
      readonly centre: number;
    };

/** Probability of acting, strictly between 0 and 1, at a match in standard deviations over all people and items. */
export function actProbability(curve: OutcomeCurve, match: number): number {
  if (curve.kind === 'flat') return curve.base;
  if (curve.kind === 'logistic') return sigmoid(curve.slope * match + logit(curve.base));
  if (curve.kind === 'staircase') return curve.levels[curve.edges.filter((edge) => match >= edge).length]!;
  return curve.low + (curve.high - curve.low) * sigmoid(curve.slope * (match - curve.centre));
}

/** Log-odds of a probability, `ln(p / (1 − p))`. */
export function logit(p: number): number {
  return Math.log(p / (1 - p));
}

/** @throws AttuneError `input/invalid` for a curve that falls, or leaves (0, 1) */
export function checkCurve(curve: OutcomeCurve): void {
  if (!isSound(curve)) {
    throw invalid('curve', curve?.kind, 'It never falls, and its probabilities lie strictly between 0 and 1.');
  }
}

function isSound(curve: OutcomeCurve | undefined): boolean {
  switch (curve?.kind) {
    case 'logistic':
      return isChance(curve.base) && isSlope(curve.slope);
    case 'flat':
      return isChance(curve.base);
    case 'saturated':
      return (
        isChance(curve.low) &&
        isChance(curve.high) &&
        curve.low <= curve.high &&
        isSlope(curve.slope) &&
        Number.isFinite(curve.centre)
      );
    case 'staircase': {
      const { levels, edges } = curve;
      return levels.every(isChance) && isRising(levels) && isRising(edges) && levels.length === edges.length + 1;
    }
    default:
      return false;
  }
}

/** @returns whether `p` is a probability strictly between 0 and 1 */
export function isChance(p: unknown): boolean {
  return typeof p === 'number' && p > 0 && p < 1;
}

function isSlope(slope: number): boolean {
  return slope >= 0 && slope < Infinity;
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((x, i) => Number.isFinite(x) && (i === 0 || x > numbers[i - 1]!));
}
