/** Probabilities this close to 0 or 1 count as this close: one certain miss costs 34.5 nats, as in scikit-learn. */
const LOG_LOSS_CLIP = 1e-15;

/** Two-sided 95 % quantile of the normal distribution. */
const Z95 = 1.959963984540054;

/**
 * What one outcome costs the probability it was given: `−ln p` for a positive one, `−ln(1 − p)` else, in nats, `p` clipped to
 * [1e-15, 1 − 1e-15].
 */
export function logLossOf(probability: number, outcome: number): number {
  const clipped = Math.min(1 - LOG_LOSS_CLIP, Math.max(LOG_LOSS_CLIP, probability));
  return -Math.log(outcome > 0 ? clipped : 1 - clipped);
}

/** Mean of {@link logLossOf}, weighted; NaN without outcomes. Lower is better. */
export function logLoss(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  return weightedMean(probabilities.length, (i) => logLossOf(probabilities[i]!, outcomes[i]!), weights);
}

/** Brier score `Σ w (p − y)² / Σ w`, in [0, 1]; NaN without outcomes. Lower is better. */
export function brier(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  return weightedMean(probabilities.length, (i) => (probabilities[i]! - outcomes[i]!) ** 2, weights);
}

function weightedMean(n: number, value: (i: number) => number, weights: ArrayLike<number> | undefined): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    sum += weight * value(i);
    total += weight;
  }
  return sum / total;
}

/** A point of a reliability diagram: outcomes of about the same probability, and how many of them came true. */
export interface ReliabilityPoint {
  /** Mean probability given, in [0, 1]. */
  readonly probability: number;
  /** Share of positive outcomes, in [0, 1], and its 95 % Wilson interval. */
  readonly frequency: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/**
 * Reliability diagram: the outcomes by probability in up to `bins` bins of about equal count, lowest first. Equal
 * probabilities are never parted, so that order doesn't matter: fewer bins come back where many are equal. O(n log n).
 *
 * @param bins ≥ 1
 */
export function reliability(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  bins: number,
): ReliabilityPoint[] {
  const n = probabilities.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const points: ReliabilityPoint[] = [];
  let [count, sum, positives] = [0, 0, 0];
  order.forEach((i, rank) => {
    count++;
    sum += probabilities[i]!;
    positives += outcomes[i]! > 0 ? 1 : 0;
    const isFull = rank + 1 >= ((points.length + 1) * n) / bins;
    const next = order[rank + 1];
    if (next !== undefined && (!isFull || probabilities[next] === probabilities[i])) return;
    points.push({ probability: sum / count, ...wilson(positives, count), count });
    [count, sum, positives] = [0, 0, 0];
  });
  return points;
}

/**
 * A share `k/n` with its 95 % interval: the shares from which `k/n` is less than 1.96 standard errors away.
 *
 * @see Wilson (1927), "Probable inference, the law of succession, and statistical inference"
 */
export function wilson(positives: number, count: number): { frequency: number; low: number; high: number } {
  const frequency = positives / count;
  const square = Z95 ** 2 / count;
  const middle = (frequency + square / 2) / (1 + square);
  const half = (Z95 * Math.sqrt((frequency * (1 - frequency)) / count + square / (4 * count))) / (1 + square);
  return { frequency, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** How far probabilities lie from frequencies, and on how much that rests. */
export interface CalibrationError {
  /** `√max(0, squared)`: the expected calibration error as a root mean square, in [0, 1]. */
  readonly ece: number;
  /** Its square without bias: 0 on average for true probabilities, and below 0 about as often as above. */
  readonly squared: number;
  /** Outcomes in bins of two or more, on which it rests, and how many such bins. */
  readonly n: number;
  readonly bins: number;
}

/**
 * Debiased expected calibration error over bins of equal count: `Σ (nᵦ/n) ((p̄ᵦ − ȳᵦ)² − ȳᵦ(1 − ȳᵦ)/(nᵦ − 1))`, square root. The
 * subtracted term is the variance of each bin's frequency: without it calibrated probabilities would seem wrong by about
 * `√(bins/n)/2`. A bin of one has no variance to subtract and is left out. Weights play no part. All 0 without such bins.
 *
 * @param bins ≥ 1; ten outcomes or more a bin is the advice
 * @see Kumar, Liang & Ma (2019), "Verified uncertainty calibration", definition 4.1 (the ℓ₂ debiased estimator)
 */
export function debiasedEce(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  bins: number,
): CalibrationError {
  const points = reliability(probabilities, outcomes, bins).filter(({ count }) => count > 1);
  let [n, sum] = [0, 0];
  for (const { probability, frequency, count } of points) {
    n += count;
    sum += count * ((probability - frequency) ** 2 - (frequency * (1 - frequency)) / (count - 1));
  }
  const squared = n === 0 ? 0 : sum / n;
  return { ece: Math.sqrt(Math.max(0, squared)), squared, n, bins: points.length };
}
