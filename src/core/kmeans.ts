import { type Random, seeded } from './random.js';
import { addScaled, dotRow, isZero, normalize } from './vector.js';

/** Rows to be grouped: unit vectors, or all zeros for what points nowhere and is in no group. */
export interface WeightedRows {
  /** Row-major. */
  readonly data: Float32Array;
  readonly dim: number;
  /** One a row, finite and ≥ 0; a row of weight 0 is grouped and moves nothing. */
  readonly weights: Float64Array;
}

/** Rows by the centroid they are nearest to, by cosine. */
export interface Clusters {
  /** Unit length, different from each other. */
  readonly centroids: readonly Float64Array[];
  /** Index of each row's centroid; −1 for rows of zeros. */
  readonly assigned: Int32Array;
  /** `Σ w·cos(x, its centroid) / Σ w`, in [−1, 1]; 0 without rows. */
  readonly fit: number;
}

/** Rounds after which a grouping that still changes is taken as it is. Judgement: measured runs end within 20. */
const MOST_ROUNDS = 50;

/**
 * At most `k` groups by spherical k-means: `max Σ w·(x · c)` over unit centroids c, from a start that is drawn as in
 * k-means++. Fewer where there are fewer different directions. The same seed gives the same groups.
 *
 * @param k at least 1
 * @see Dhillon & Modha 2001 (spherical k-means); Arthur & Vassilvitskii 2007 (k-means++)
 */
export function clusterRows(rows: WeightedRows, k: number, seed: number): Clusters {
  return refineClusters(rows, drawStart(rows, k, seeded(seed)));
}

/**
 * Lloyd's rounds from given unit centroids: each row goes to its nearest one (of equal ones the first), each centroid to
 * the direction of its rows' weighted sum. One that is left without rows moves to the row that fits worst, or goes
 * where all fit. O(rounds · rows · k · dim).
 */
export function refineClusters(rows: WeightedRows, start: readonly Float64Array[]): Clusters {
  let centroids: Float64Array[] = start.map((centroid) => centroid.slice());
  let assigned: Int32Array | undefined;
  for (let round = 0; ; round++) {
    const { nearest, cosines } = assign(rows, centroids);
    const isSettled = assigned?.every((group, i) => group === nearest[i]) === true;
    assigned = nearest;
    if (isSettled || round === MOST_ROUNDS || centroids.length === 0) {
      return { centroids, assigned, fit: fitOf(rows.weights, cosines) };
    }
    centroids = move(rows, centroids, nearest, cosines);
  }
}

/** `Σ w·x` of each group. */
export function groupSums({ data, dim, weights }: WeightedRows, assigned: Int32Array, groups: number): Float64Array[] {
  const sums = Array.from({ length: groups }, () => new Float64Array(dim));
  for (const [i, group] of assigned.entries()) {
    if (group >= 0) addScaled(sums[group]!, data.subarray(i * dim, (i + 1) * dim), weights[i]!);
  }
  return sums;
}

function drawStart({ data, dim, weights }: WeightedRows, k: number, random: Random): Float64Array[] {
  const row = (i: number): Float64Array => Float64Array.from(data.subarray(i * dim, (i + 1) * dim));
  const odds = Float64Array.from(weights, (weight, i) => (isZero(row(i)) ? 0 : weight));
  const farness = new Float64Array(weights.length).fill(1);
  const start: Float64Array[] = [];
  while (start.length < k) {
    const drawn = draw(odds, farness, random());
    if (drawn < 0) break;
    const centroid = normalize(row(drawn));
    start.push(centroid);
    for (let i = 0; i < farness.length; i++) {
      farness[i] = Math.min(start.length === 1 ? 2 : farness[i]!, ofNothing(1 - dotRow(centroid, data, i * dim)));
    }
  }
  return start;
}

/** What is left between a direction and itself after rounding of f32 rows is nothing. */
function ofNothing(distance: number): number {
  return distance < 1e-6 ? 0 : distance;
}

/** Index drawn with chances `odds · farness`; −1 when all are 0. */
function draw(odds: Float64Array, farness: Float64Array, at: number): number {
  const total = odds.reduce((sum, odd, i) => sum + odd * farness[i]!, 0);
  let left = at * total;
  let last = -1;
  for (let i = 0; i < odds.length; i++) {
    const part = odds[i]! * farness[i]!;
    if (part === 0) continue;
    last = i;
    left -= part;
    if (left < 0) break;
  }
  return last;
}

function assign(
  { data, dim, weights }: WeightedRows,
  centroids: readonly Float64Array[],
): { readonly nearest: Int32Array; readonly cosines: Float64Array } {
  const nearest = new Int32Array(weights.length).fill(-1);
  const cosines = new Float64Array(weights.length);
  for (let i = 0; i < weights.length; i++) {
    if (isZero(data.subarray(i * dim, (i + 1) * dim))) continue;
    let best = -Infinity;
    for (const [group, centroid] of centroids.entries()) {
      const cosine = dotRow(centroid, data, i * dim);
      if (cosine <= best) continue;
      best = cosine;
      nearest[i] = group;
    }
    cosines[i] = best;
  }
  return { nearest, cosines };
}

function move(
  rows: WeightedRows,
  centroids: readonly Float64Array[],
  nearest: Int32Array,
  cosines: Float64Array,
): Float64Array[] {
  const spare = cosines.map((cosine, i) => (nearest[i]! < 0 ? 0 : ofNothing(1 - cosine) * rows.weights[i]!));
  return groupSums(rows, nearest, centroids.length).flatMap((sum) => {
    const centroid = normalize(sum);
    if (!isZero(centroid)) return [centroid];
    const worst = spare.reduce((most, value, i) => (value > spare[most]! ? i : most), 0);
    if (!(spare[worst]! > 0)) return [];
    spare[worst] = 0;
    return [normalize(Float64Array.from(rows.data.subarray(worst * rows.dim, (worst + 1) * rows.dim)))];
  });
}

function fitOf(weights: Float64Array, cosines: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? 0 : cosines.reduce((sum, cosine, i) => sum + weights[i]! * cosine, 0) / total;
}
