import type { IsotonicParameters } from './isotonic.js';
import { normalQuantile } from './normal-quantile.js';
import { applyPlatt, fitPlatt } from './platt.js';
import { cornersOf, type RankedScore, risingThrough } from './ranks.js';

/**
 * A smooth rising curve that doesn't depend on the scale of the scores: Platt scaling of their normal scores,
 * `p = sigmoid(slope · Φ⁻¹(u) + intercept)`, u the share of weight below a score with half of its own, given as corners at up to 64
 * scores. Any rising change of all scores gives the same probabilities there: skewed ones, ones with outliers and ones that bunch
 * at their ends, which bend Platt's curve, are as good as others. Where probability seems to fall, it is level.
 *
 * O(n) a step, about ten steps.
 *
 * @param points by `rankScores`
 * @see Platt (1999); van der Waerden (1952) for normal scores
 */
export function fitRanked(points: readonly RankedScore[]): IsotonicParameters {
  const [normals, outcomes, weights]: [number[], number[], number[]] = [[], [], []];
  const add = (normal: number, outcome: number, weight: number): void => {
    if (weight === 0) return;
    normals.push(normal);
    outcomes.push(outcome);
    weights.push(weight);
  };
  for (const { rank, positives, negatives } of points) {
    const normal = normalQuantile(rank);
    add(normal, 1, positives);
    add(normal, 0, negatives);
  }
  const fitted = fitPlatt(normals, outcomes, weights);
  const curve = { ...fitted, slope: Math.max(0, fitted.slope) };
  return risingThrough(cornersOf(points), ({ rank }) => applyPlatt(curve, normalQuantile(rank)));
}
