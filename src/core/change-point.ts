import { addScaled, dot, type Vector } from './vector.js';

/**
 * When rows that come in groups, such as what a person liked by visit, began to lie elsewhere: the posterior of all ways to
 * cut them into stretches, each of one mean, in closed form from the groups' products alone.
 */

/** Rows in groups, oldest first. The last group grows; the others are done. */
export interface RowGroups {
  readonly dim: number;
  /** `Σ x` and the count of each group's rows. */
  readonly sums: Float64Array[];
  readonly counts: number[];
  /** `sums[i] · sums[j]`, j ≤ i. */
  readonly products: number[][];
  /** `Σ products` of rows before i and columns before j, j ≤ i, and of counts before i; one more than there are groups. */
  readonly totals: number[][];
  readonly countsBefore: number[];
}

export function emptyGroups(dim: number): RowGroups {
  return { dim, sums: [], counts: [], products: [], totals: [[0]], countsBefore: [0] };
}

/** Adds a row to the last group, or begins one with it, in place. O(groups · dim). */
export function addRow(groups: RowGroups, x: Vector, begins: boolean): void {
  const { dim, sums, counts, products, totals, countsBefore } = groups;
  if (begins || sums.length === 0) {
    sums.push(new Float64Array(dim));
    counts.push(0);
  }
  const last = sums.length - 1;
  const own = sums[last]!;
  addScaled(own, x, 1);
  counts[last]!++;
  countsBefore[last + 1] = countsBefore[last]! + counts[last]!;
  const row = sums.map((sum) => dot(sum, own));
  const total = [0];
  let along = 0;
  for (let j = 0; j < last; j++) {
    along += row[j]!;
    total.push(totals[last]![j + 1]! + along);
  }
  total.push(totals[last]![last]! + 2 * along + row[last]!);
  [products[last], totals[last + 1]] = [row, total];
}

/** How rows of one stretch lie about its mean. */
export interface Spread {
  /** A direction's share of the variance, `tr A² / tr A`, A the covariance a row. */
  readonly variance: number;
  /** In how many directions alike they spread, `(tr A)² / tr A²`. */
  readonly dims: number;
}

/**
 * The spread of groups `from` to `to`, at least two; undefined where all are the same. Covariances are of groups' sums, a row, about
 * their mean: where the rows of a group resemble each other they are larger, as is then what chance can do. O((to − from)²).
 */
export function spreadOf({ counts, products }: RowGroups, from: number, to: number): Spread | undefined {
  const own = counts.slice(from, to);
  const count = own.reduce((sum, n) => sum + n, 0);
  const squares = own.reduce((sum, n) => sum + n * n, 0);
  const product = (u: number, v: number): number => (u < v ? products[v]![u]! : products[u]![v]!);
  const toMean = own.map((_, u) => {
    let sum = 0;
    for (let v = from; v < to; v++) sum += product(from + u, v);
    return sum / count;
  });
  const square = toMean.reduce((sum, each) => sum + each, 0) / count;
  let [trace, traceOfSquare] = [0, 0];
  for (let u = 0; u < own.length; u++) {
    const n = own[u]!;
    trace += product(from + u, from + u) - 2 * n * toMean[u]! + n * n * square;
    for (let v = 0; v < u; v++) {
      const m = own[v]!;
      traceOfSquare += 2 * (product(from + u, from + v) - n * toMean[v]! - m * toMean[u]! + n * m * square) ** 2;
    }
  }
  trace /= count - squares / count;
  traceOfSquare /= count * count - squares;
  if (!(trace > 0) || !(traceOfSquare > 0)) return undefined;
  return { variance: traceOfSquare / trace, dims: trace ** 2 / traceOfSquare };
}

/** As many rows' worth as a stretch's mean is known before it began: means differ by an eighth of a row's variance. Measured in bench/drift. */
const MEAN_ROWS = 8;

/**
 * Log evidence of a stretch of `count` rows with the sum S, `|S|²` its square: that they have a mean of their own, drawn
 * from `N(0, v/8·I)`, against the mean 0, each row from `N(mean, v·I)` in `dims` directions:
 * `|S|² / (2v(n + 8)) − dims/2 · ln(1 + n/8)`.
 */
export function evidence(square: number, count: number, { variance, dims }: Spread): number {
  return square / (2 * variance * (count + MEAN_ROWS)) - (dims / 2) * Math.log1p(count / MEAN_ROWS);
}

/** How probable changes are before anything is known. */
export interface ChangePrior {
  /** Of a stretch to begin with a group. */
  readonly change: number;
  /** Of a stretch to have been an errand after which the one before goes on. */
  readonly errand: number;
  /** Groups of an errand, at most, and how many groups ago it may have begun. */
  readonly longest: number;
  readonly recent: number;
}

/**
 * A way to see the groups: those from `start` on are the present stretch, without an errand from `left` until `back`
 * (equal where there was none).
 */
export interface Split {
  readonly start: number;
  readonly left: number;
  readonly back: number;
  readonly probability: number;
}

/** Splits by so much less probable than the best, in nats, are nothing. */
const NEGLIGIBLE = 25;

/** That groups `from` to `to` are two stretches instead of one. */
export interface ChangeOdds {
  /** Natural logarithm, over all groups that it may have begun with. */
  readonly logOdds: number;
  /** The most probable one. */
  readonly start: number;
}

/**
 * The odds that there was one change, `Σ p·e^(evidence before + since − of both)`. A mean of 0 is expected of rows of which nothing is
 * known: take away that of all there are.
 *
 * @param first the first group that the second stretch may begin with
 * @param last the last one, from `first` to `to − 1`
 * @param change probability of a stretch to begin with a group
 */
export function changeOdds(
  groups: RowGroups,
  from: number,
  to: number,
  first: number,
  last: number,
  spread: Spread,
  change: number,
): ChangeOdds {
  const stretch = stretchesOf(groups, spread);
  const whole = stretch(from, to);
  const weights: number[] = [];
  for (let t = first; t <= last; t++) weights.push(stretch(from, t) + stretch(t, to) - whole);
  const most = weights.reduce((best, weight, i) => (weight > weights[best]! ? i : best), 0);
  return { logOdds: Math.log(change) + logSum(weights), start: first + most };
}

/**
 * All ways to cut groups `from` to `to` into stretches, summed over how what lies before the last is cut. Means as for
 * {@link changeOdds}.
 *
 * @param first the first group that a second stretch may begin with
 * @param last the last one that the last stretch may begin with, from `first` to `to − 1`
 * @returns probabilities sum to 1, without what is next to nothing; the first is of a single stretch, however improbable.
 *   O((to − from)² + (to − from) · longest · recent)
 * @see Fearnhead (2006), "Exact and efficient Bayesian inference for multiple changepoint problems", eq. 3 and 4
 */
export function splitsOf(
  groups: RowGroups,
  from: number,
  to: number,
  first: number,
  last: number,
  spread: Spread,
  prior: ChangePrior,
): Split[] {
  const { totals, countsBefore } = groups;
  const stretch = stretchesOf(groups, spread);
  const began = beginnings(from, to, first, stretch, Math.log(prior.change));
  const ways: { readonly split: Omit<Split, 'probability'>; readonly weight: number }[] = [];
  let most = -Infinity;
  const weigh = (start: number, left: number, back: number, weight: number): void => {
    most = Math.max(most, weight);
    if (weight >= most - NEGLIGIBLE) ways.push({ split: { start, left, back }, weight });
  };
  for (let start = from; start <= last; start = Math.max(start + 1, first)) {
    weigh(start, to, to, began[start - from]! + stretch(start, to));
  }
  const errand = Math.log(prior.change) + Math.log(prior.errand);
  for (let left = Math.max(first, to - prior.recent); left < to - 1; left++) {
    for (let back = left + 1; back < to && back <= left + prior.longest; back++) {
      const away = errand + stretch(left, back);
      const later = totals[to]![to]! - 2 * totals[to]![back]! + totals[back]![back]!;
      const [toLeft, backLeft] = [totals[to]![left]!, totals[back]![left]!];
      const rows = countsBefore[to]! - countsBefore[back]! + countsBefore[left]!;
      for (let start = from; start < left && start <= last; start = Math.max(start + 1, first)) {
        const before = totals[left]![left]! - 2 * totals[left]![start]! + totals[start]![start]!;
        const between = toLeft - backLeft - totals[to]![start]! + totals[back]![start]!;
        const own = evidence(before + 2 * between + later, rows - countsBefore[start]!, spread);
        weigh(start, left, back, began[start - from]! + own + away);
      }
    }
  }
  const all = logSum(ways.map(({ weight }) => weight));
  return ways.map(({ split, weight }) => ({ ...split, probability: Math.exp(weight - all) }));
}

/** Evidence of groups a to b as one stretch. */
function stretchesOf({ totals, countsBefore }: RowGroups, spread: Spread): (a: number, b: number) => number {
  return (a, b) => {
    const square = totals[b]![b]! - 2 * totals[b]![a]! + totals[a]![a]!;
    return evidence(square, countsBefore[b]! - countsBefore[a]!, spread);
  };
}

/** Log weight of all ways to cut what lies before a stretch that begins with each group; `-Infinity` where none may. */
function beginnings(
  from: number,
  to: number,
  first: number,
  stretch: (a: number, b: number) => number,
  change: number,
): number[] {
  const began = [0];
  for (let t = from + 1; t < to; t++) {
    if (t < first) {
      began.push(-Infinity);
      continue;
    }
    const ways: number[] = [];
    for (let a = from; a < t; a = Math.max(a + 1, first)) ways.push(began[a - from]! + stretch(a, t));
    began.push(change + logSum(ways));
  }
  return began;
}

/** `ln Σ eˣ`. */
function logSum(values: readonly number[]): number {
  let most = -Infinity;
  for (const x of values) most = Math.max(most, x);
  if (most === -Infinity) return most;
  let sum = 0;
  for (const x of values) sum += Math.exp(x - most);
  return most + Math.log(sum);
}
