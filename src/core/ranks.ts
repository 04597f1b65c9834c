import type { IsotonicParameters } from './isotonic.js';

/** Most corners of a curve, evenly over the different scores. Judgement: with all of 300 the error stayed the same to 0.0002. */
const CORNERS = 64;

/** Outcomes of one score, and its rank: the share of weight below it, with half of its own, in (0, 1). */
export interface RankedScore {
  readonly score: number;
  readonly rank: number;
  /** Weight of the positive ones among them, and of the others. */
  readonly positives: number;
  readonly negatives: number;
}

/**
 * The different scores, rising, with their ranks, which no rising change of all scores changes.
 *
 * O(n log n). Order doesn't matter; a weight of 2 is the outcome twice, a weight of 0 none.
 *
 * @param scores   finite, any range and order
 * @param outcomes 1 or 0, as many
 * @param weights  ≥ 0, as many; all 1 when left out
 */
export function rankScores(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): RankedScore[] {
  const weight = (i: number): number => (weights === undefined ? 1 : weights[i]!);
  const order = Array.from({ length: scores.length }, (_, i) => i)
    .filter((i) => weight(i) > 0)
    .sort((a, b) => scores[a]! - scores[b]!);
  const total = order.reduce((sum, i) => sum + weight(i), 0);
  const points: RankedScore[] = [];
  let below = 0;
  for (let first = 0; first < order.length;) {
    const score = scores[order[first]!]!;
    let [positives, negatives] = [0, 0];
    for (; first < order.length && scores[order[first]!] === score; first++) {
      if (outcomes[order[first]!]! > 0) positives += weight(order[first]!);
      else negatives += weight(order[first]!);
    }
    const own = positives + negatives;
    points.push({ score, rank: (below + own / 2) / total, positives, negatives });
    below += own;
  }
  return points;
}

/** Up to 64 of the points, evenly, both ends among them. */
export function cornersOf<T>(points: readonly T[]): T[] {
  const count = Math.min(CORNERS, points.length);
  return Array.from({ length: count }, (_, i) => points[Math.round((i * (points.length - 1)) / (count - 1 || 1))]!);
}

/** The curve through the corners; level where it would fall. */
export function risingThrough<T extends { readonly score: number }>(
  corners: readonly T[],
  probability: (corner: T) => number,
): IsotonicParameters {
  let highest = 0;
  return {
    scores: corners.map(({ score }) => score),
    probabilities: corners.map((corner) => (highest = Math.max(highest, probability(corner)))),
  };
}
