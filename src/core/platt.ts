import { sigmoid } from './special.js';

/** A fitted logistic curve: `p = sigmoid(slope · (score − centre) + intercept)`. */
export interface PlattParameters {
  readonly slope: number;
  /** Mean of the scores fitted on: kept apart, because `slope · score` and `slope · centre` may be huge and cancel. */
  readonly centre: number;
  readonly intercept: number;
}

/** More steps than Newton's method has needed on any fixture (12); a bound, not a setting. */
const MAX_STEPS = 100;

/**
 * Gain, in nats, below which a last whole step is taken: what is left after it is of the order of its square. Losses no longer tell
 * such steps apart; searching along them took up to 150 looks at all outcomes.
 */
const GAIN_TOLERANCE = 1e-10;

/** Smallest part of a Newton step that is tried, and added curvature: Lin, Lin & Weng (2007), algorithm 1. */
const MIN_STEP = 1e-10;
const RIDGE = 1e-12;

/** A slope, in a score's standard deviations, that is rounding: far outside the scores its sign alone would say 0 or 1. */
const NO_SLOPE = 1e-9;

/** Scores no further apart are one: down there doubles have few digits, or none. */
const NO_SPREAD = 1e-290;

/**
 * Platt scaling: the curve of least `−Σ w (t·ln p + (1−t)·ln(1−p))`, with targets `t = (W₁+1)/(W₁+2)` for positive
 * outcomes and `1/(W₀+2)` for the others, `W₁` and `W₀` their total weights. The smoothed targets keep it finite with one
 * class only and with classes that a threshold separates. Scores that are all equal get slope 0, as does one class; no outcomes, ½ everywhere.
 *
 * O(n) a step, about ten steps. Order of the outcomes doesn't matter; a weight of 2 is the outcome twice.
 *
 * @param scores   finite, any range and order
 * @param outcomes 1 or 0, as many
 * @param weights  ≥ 0, as many; all 1 when left out
 * @see Platt (1999), §2.2; Lin, Lin & Weng (2007), "A note on Platt's probabilistic outputs", algorithm 1
 */
export function fitPlatt(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): PlattParameters {
  const n = scores.length;
  const weight = (i: number): number => (weights === undefined ? 1 : weights[i]!);
  let [positives, negatives] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (outcomes[i]! > 0) positives += weight(i);
    else negatives += weight(i);
  }
  const total = positives + negatives;
  if (total === 0) return { slope: 0, centre: 0, intercept: 0 };
  const targets = Float64Array.from({ length: n }, (_, i) =>
    outcomes[i]! > 0 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2),
  );
  const { centre, sd } = spreadOfScores(scores, weight, total);
  const standard = Float64Array.from({ length: n }, (_, i) => (sd === 0 ? 0 : (scores[i]! - centre) / sd));

  const loss = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const logit = a * standard[i]! + b; // −(t·ln p + (1−t)·ln(1−p)) without overflow
      sum += weight(i) * (Math.max(logit, 0) - targets[i]! * logit + Math.log1p(Math.exp(-Math.abs(logit))));
    }
    return sum;
  };

  let a = 0;
  let b = Math.log((positives + 1) / (negatives + 1));
  let current = loss(a, b);
  for (let step = 0; step < MAX_STEPS; step++) {
    let [gradA, gradB, aa, ab, bb] = [0, 0, RIDGE, 0, RIDGE];
    for (let i = 0; i < n; i++) {
      const z = standard[i]!;
      const p = sigmoid(a * z + b);
      const residual = weight(i) * (p - targets[i]!);
      const curvature = weight(i) * p * (1 - p);
      gradA += residual * z;
      gradB += residual;
      aa += curvature * z * z;
      ab += curvature * z;
      bb += curvature;
    }
    const determinant = aa * bb - ab * ab;
    const stepA = -(bb * gradA - ab * gradB) / determinant;
    const stepB = -(aa * gradB - ab * gradA) / determinant;
    const descent = gradA * stepA + gradB * stepB;
    if (descent > -GAIN_TOLERANCE) {
      a += stepA;
      b += stepB;
      break;
    }
    let size = 1;
    let next = loss(a + stepA, b + stepB);
    while (next >= current + 1e-4 * size * descent && size >= MIN_STEP) {
      size /= 2;
      next = loss(a + size * stepA, b + size * stepB);
    }
    if (size < MIN_STEP) break; // no descent that a double can tell: this is the optimum
    a += size * stepA;
    b += size * stepB;
    current = next;
  }
  return { slope: sd === 0 || Math.abs(a) < NO_SLOPE ? 0 : a / sd, centre, intercept: b };
}

/** @returns in [0, 1]; strictly inside unless the logit exceeds 36 */
export function applyPlatt({ slope, centre, intercept }: PlattParameters, score: number): number {
  return sigmoid(slope * (score - centre) + intercept);
}

/** Weighted mean and standard deviation, in two passes: scores far from 0 keep their differences. */
function spreadOfScores(
  scores: ArrayLike<number>,
  weight: (i: number) => number,
  total: number,
): { centre: number; sd: number } {
  let centre = 0;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < scores.length; i++) {
    if (weight(i) === 0) continue;
    centre += (weight(i) / total) * scores[i]!;
    low = Math.min(low, scores[i]!);
    high = Math.max(high, scores[i]!);
  }
  if (high - low <= NO_SPREAD) return { centre: low, sd: 0 };
  const unit = high / 2 - low / 2; // squares of scores may be too small or too large for a double
  let squares = 0;
  for (let i = 0; i < scores.length; i++) squares += (weight(i) / total) * ((scores[i]! - centre) / unit) ** 2;
  return { centre, sd: unit * Math.sqrt(squares) };
}
