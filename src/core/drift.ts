import { addScaled, dot, type Vector } from './vector.js';

/**
 * Rows in groups, oldest first, such as what a person liked by visit. Rows of one group may resemble each other, groups are
 * taken to be independent. The last group grows; the others are done.
 */
export interface RowGroups {
  readonly dim: number;
  /** `Σ x` and the count of each group's rows. */
  readonly sums: Float64Array[];
  readonly counts: number[];
  /** `sums[i] · sums[j]`, j ≤ i. */
  readonly products: number[][];
  /** `Σ x` of all rows up to and with each group. */
  readonly totals: Float64Array[];
}

export function emptyGroups(dim: number): RowGroups {
  return { dim, sums: [], counts: [], products: [], totals: [] };
}

/** Adds a row to the last group, or begins one with it, in place. O(groups · dim). */
export function addRow({ dim, sums, counts, products, totals }: RowGroups, x: Vector, begins: boolean): void {
  if (begins || sums.length === 0) {
    sums.push(new Float64Array(dim));
    counts.push(0);
    products.push([]);
    totals.push(totals.at(-1)?.slice() ?? new Float64Array(dim));
  }
  const own = sums.at(-1)!;
  addScaled(own, x, 1);
  addScaled(totals.at(-1)!, x, 1);
  counts[counts.length - 1]!++;
  products[products.length - 1] = sums.map((sum) => dot(sum, own));
}

/** How rows of the first groups lie: what later ones are measured by. */
export interface Reference {
  readonly count: number;
  readonly mean: Float64Array;
  /** `|mean|²`. */
  readonly square: number;
  /** Traces of A and A², A the covariance a row; `along` its part in the mean's direction, `mᵀAm`. */
  readonly trace: number;
  readonly traceOfSquare: number;
  readonly along: number;
}

/**
 * The reference of the groups before `end`, at least two. Covariances are of groups' sums, a row: where the rows of a group
 * resemble each other they are larger, as is then what chance can do. O(end²).
 */
export function referenceOf({ counts, products, totals, sums }: RowGroups, end: number): Reference {
  const own = counts.slice(0, end);
  const count = own.reduce((sum, n) => sum + n, 0);
  const squares = own.reduce((sum, n) => sum + n * n, 0);
  const mean = totals[end - 1]!.map((x) => x / count);
  const square = dot(mean, mean);
  const toMean = own.map((_, u) => dot(mean, sums[u]!));
  let [trace, traceOfSquare, along] = [0, 0, 0];
  for (let u = 0; u < end; u++) {
    const [n, row] = [own[u]!, products[u]!];
    trace += row[u]! - 2 * n * toMean[u]! + n * n * square;
    along += (toMean[u]! - n * square) ** 2;
    for (let v = 0; v < u; v++) {
      const m = own[v]!;
      traceOfSquare += 2 * (row[v]! - n * toMean[v]! - m * toMean[u]! + n * m * square) ** 2;
    }
  }
  return {
    count,
    mean,
    square,
    trace: trace / (count - squares / count),
    traceOfSquare: traceOfSquare / (count * count - squares),
    along: along / count,
  };
}

/**
 * How far rows of the groups from `from` on have moved away from a reference: `√((Z₊/2)² + E₊²)`, in standard deviations.
 *
 * - Z: `Σ_{u≠v} d_u · d_v` over pairs of groups, `d = Σ(x − m)`, by its standard deviation `√(2·pairs·tr A²)`: what they like is
 *   another mix, wherever it lies. Pairs within a group are left out, so that one group alone tells nothing.
 * - E: how much less they agree with the reference's mean, `Σ(|m|² − x·m)`, by its own: they are foretold worse.
 *
 * Both allow for the error of m, which is of `reference.count` rows. The half was measured in bench/drift's worlds: at equal false alarms
 * the two together find more than either alone.
 *
 * @returns ≥ 0; 0 for fewer than two groups. O(groups · dim).
 * @see Chen & Qin (2010), "A two-sample test for high-dimensional data", for Z
 */
export function movedAway({ sums, counts, products, dim }: RowGroups, from: number, reference: Reference): number {
  const { count, mean, square, trace, traceOfSquare, along } = reference;
  const sum = new Float64Array(dim);
  let [rows, squares, within] = [0, 0, 0];
  for (let u = from; u < sums.length; u++) {
    const n = counts[u]!;
    rows += n;
    squares += n * n;
    within += products[u]![u]! - 2 * n * dot(mean, sums[u]!) + n * n * square;
    addScaled(sum, sums[u]!, 1);
  }
  const pairs = rows * rows - squares;
  if (pairs === 0 || !(traceOfSquare > 0) || !(along > 0)) return 0;
  const agreed = dot(mean, sum);
  addScaled(sum, mean, -rows);
  const growth = 1 + rows / count;
  const bias = trace / count; // |m|² is larger than the square of what m estimates by as much
  const mix = (dot(sum, sum) - within - pairs * bias) / (Math.sqrt(2 * pairs * traceOfSquare) * growth);
  const error = (rows * (square - bias) - agreed) / Math.sqrt(rows * along * growth);
  return Math.hypot(Math.max(0, mix) / 2, Math.max(0, error));
}
