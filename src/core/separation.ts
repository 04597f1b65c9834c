import { type Clusters, groupSums, type WeightedRows } from './kmeans.js';
import { dot, dotRow } from './vector.js';

/**
 * How far each two groups stand apart: Ashman's `D = |μ₁ − μ₂| / √((σ₁² + σ₂²)/2)` of their rows along the line between
 * their centroids, the least over all pairs. Each row is measured against the centroid of the *other* rows of its group,
 * because among many dimensions every row lies on its own group's side of a line that it helped to draw.
 *
 * Halves of anything that is not two things lie low: of a normal distribution 2.65, of a uniform one 3.46.
 *
 * @returns ≥ 0; Infinity for one group, 0 where a group has fewer than two rows of weight. O(rows · groups · dim).
 * @see Ashman, Bird & Zepf 1994, eq. 1
 */
export function leastSeparation(rows: WeightedRows, { centroids, assigned }: Clusters): number {
  const sums = groupSums(rows, assigned, centroids.length);
  const squares = sums.map((sum) => dot(sum, sum));
  const members = sums.map((_, group) => [...assigned.keys()].filter((i) => assigned[i] === group));
  const { data, dim, weights } = rows;
  const products = members.map((some) => sums.map((sum) => some.map((i) => dotRow(sum, data, i * dim))));

  /** The group's mean and variance of `x · (its centroid without x − the other's)`. */
  function along(own: number, other: number): { readonly mean: number; readonly variance: number } {
    const length = Math.sqrt(squares[other]!);
    let [total, sum, sumOfSquares] = [0, 0, 0];
    for (const [m, i] of members[own]!.entries()) {
      const weight = weights[i]!;
      const toOwn = products[own]![own]![m]!;
      const without = Math.sqrt(Math.max(0, squares[own]! - 2 * weight * toOwn + weight * weight));
      const value = (toOwn - weight) / (without || Infinity) - products[own]![other]![m]! / length;
      total += weight;
      sum += weight * value;
      sumOfSquares += weight * value * value;
    }
    const mean = sum / total;
    return { mean, variance: Math.max(0, sumOfSquares / total - mean * mean) };
  }

  let least = Infinity;
  for (let a = 0; a < centroids.length; a++) {
    for (let b = a + 1; b < centroids.length; b++) {
      if (members[a]!.length < 2 || members[b]!.length < 2) return 0;
      const [first, second] = [along(a, b), along(b, a)];
      const between = first.mean + second.mean; // each is positive on its own side
      const within = Math.sqrt((first.variance + second.variance) / 2);
      least = Math.min(least, between <= 0 ? 0 : between / within);
    }
  }
  return least;
}
