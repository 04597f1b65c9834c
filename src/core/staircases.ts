import { applyIsotonic, fitIsotonic, type IsotonicParameters } from './isotonic.js';
import { logBeta } from './log-gamma.js';
import { cornersOf, type RankedScore, risingThrough } from './ranks.js';

/** Groups of neighbouring ranks between which levels may change: no finer than the corners of a curve. */
const GROUPS = 64;
/** Changes of level expected beforehand. Measured on 27 truths that nothing is judged by, 20 seeds: 0.3 to 3 differ by 0.001. */
const CHANGES = 3;

/**
 * The mean of all staircases, each counting by how probable the outcomes make it: levels may change between any two of up to 64
 * groups of ranks, three times expected, and each level is anywhere in [0, 1] beforehand. So a level is `(k + 1)/(n + 2)` for its
 * k positive outcomes of n, and a run of groups is worth `B(k + 1, n − k + 1)`; sums over all runs that end, and that begin, at a
 * group give the probability of each. Where their mean falls it is pooled. For steps, whose edges nobody knows to the outcome;
 * given as corners at up to 64 scores.
 *
 * O(n + groups²).
 *
 * @param points by `rankScores`
 * @see Barry & Hartigan (1992), "Product partition models for change point problems", §2
 */
export function fitSteps(points: readonly RankedScore[]): IsotonicParameters {
  const groups: { positives: number; negatives: number }[] = [];
  const groupOf: number[] = [];
  points.forEach(({ rank, positives, negatives }, i) => {
    const isNew = i === 0 || Math.floor(points[i - 1]!.rank * GROUPS) < Math.floor(rank * GROUPS);
    if (isNew) groups.push({ positives: 0, negatives: 0 });
    groups.at(-1)!.positives += positives;
    groups.at(-1)!.negatives += negatives;
    groupOf.push(groups.length - 1);
  });
  const rising = fitIsotonic(
    groups.map((_, i) => i),
    meansOf(groups),
    groups.map(({ positives, negatives }) => positives + negatives),
  );
  const corners = cornersOf(points.map(({ score }, i) => ({ score, group: groupOf[i]! })));
  return risingThrough(corners, ({ group }) => applyIsotonic(rising, group));
}

/** Positive and negative outcomes of neighbouring ranks, by weight. */
interface Group {
  readonly positives: number;
  readonly negatives: number;
}

/** Mean level of each group over all staircases. */
function meansOf(groups: readonly Group[]): Float64Array {
  const m = groups.length;
  const change = Math.min(0.5, CHANGES / m);
  const runs = groups.map(() => new Float64Array(m + 1)); // ln of what groups i to j − 1 are worth as one level
  eachRun(groups, (i, j, positives, negatives) => {
    const worth = logBeta(positives + 1, negatives + 1);
    // that the first run has the price of a change too is the same for all staircases
    runs[i]![j] = worth + Math.log(change) + (j - i - 1) * Math.log(1 - change);
  });
  const before = new Float64Array(m + 1); // ln of all staircases up to a group, and from it on
  for (let j = 1; j <= m; j++) before[j] = logSum(j, (i) => before[i]! + runs[i]![j]!);
  const behind = new Float64Array(m + 1);
  for (let i = m - 1; i >= 0; i--) behind[i] = logSum(m - i, (k) => runs[i]![i + 1 + k]! + behind[i + 1 + k]!);
  const rises = new Float64Array(m + 1);
  eachRun(groups, (i, j, positives, negatives) => {
    const probability = Math.exp(before[i]! + runs[i]![j]! + behind[j]! - before[m]!);
    const level = (positives + 1) / (positives + negatives + 2);
    rises[i]! += probability * level;
    rises[j]! -= probability * level;
  });
  let mean = 0;
  return rises.subarray(0, m).map((rise) => (mean += rise));
}

/** Each run of groups, from i until before j, with its outcomes. */
function eachRun(
  groups: readonly Group[],
  visit: (i: number, j: number, positives: number, negatives: number) => void,
): void {
  for (let i = 0; i < groups.length; i++) {
    let [positives, negatives] = [0, 0];
    for (let j = i + 1; j <= groups.length; j++) {
      positives += groups[j - 1]!.positives;
      negatives += groups[j - 1]!.negatives;
      visit(i, j, positives, negatives);
    }
  }
}

/** `ln Σ e^x` of some logarithms. */
function logSum(count: number, at: (k: number) => number): number {
  let [highest, sum] = [-Infinity, 0];
  for (let k = 0; k < count; k++) highest = Math.max(highest, at(k));
  for (let k = 0; k < count; k++) sum += Math.exp(at(k) - highest);
  return highest + Math.log(sum);
}
