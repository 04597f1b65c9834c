import { sigmoid } from './special.js';

/** A fitted temperature: `p = sigmoid(logit / temperature)`. Above 1 it moves probabilities to ½, below 1 away from it. */
export interface TemperatureParameters {
  /** In [0.05, 20]. */
  readonly temperature: number;
}

/** The range of temperatures (SPEC §6). */
const COLDEST = 0.05;
const HOTTEST = 20;

/** A bracket this narrow, relative to it, moves no probability by more than 1e-12: `|x|·σ′(x) ≤ 0.23`. */
const BRACKET = 1e-12;

/**
 * Temperature scaling: the T in [0.05, 20] of least `−Σ w ln p(y)`, `p = sigmoid(logit/T)`, no intercept. The loss is convex
 * in `β = 1/T` with slope `g(β) = Σ w (p − y)·logit`, so its only root is found by Newton's method kept inside a bracket.
 * Where the logits don't tell (none, all 0, or all right beyond what a double can see) they are left as they are: T = 1.
 *
 * O(n) a step, about ten steps. Order doesn't matter; a weight of 2 is the outcome twice.
 *
 * @param logits   finite log-odds, any range and order
 * @param outcomes 1 or 0, as many
 * @param weights  ≥ 0, as many; all 1 when left out
 * @see Guo, Pleiss, Sun & Weinberger (2017), "On calibration of modern neural networks", §4.2
 */
export function fitTemperature(
  logits: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): TemperatureParameters {
  const slopeAt = (beta: number): { slope: number; curvature: number } => {
    let [slope, curvature] = [0, 0];
    for (let i = 0; i < logits.length; i++) {
      const weight = weights === undefined ? 1 : weights[i]!;
      const x = logits[i]!;
      // σ(βx) − y by the side that keeps its digits when it is nearly 0
      const residual = outcomes[i]! > 0 ? -sigmoid(-beta * x) : sigmoid(beta * x);
      slope += weight * (residual * x); // in this order a weight of 2 is the outcome twice, down to the least double
      curvature += weight * residual * (outcomes[i]! > 0 ? -sigmoid(beta * x) : sigmoid(-beta * x)) * x * x;
    }
    return { slope, curvature };
  };

  let [low, high] = [1 / HOTTEST, 1 / COLDEST];
  const [atLow, atHigh] = [slopeAt(low).slope, slopeAt(high).slope];
  if (atLow === 0 && atHigh === 0) return { temperature: 1 };
  if (atLow >= 0) return { temperature: HOTTEST };
  if (atHigh <= 0) return { temperature: COLDEST };
  let beta = 1;
  while (high - low > BRACKET * high) {
    const { slope, curvature } = slopeAt(beta);
    if (slope === 0) break;
    if (slope > 0) high = beta;
    else low = beta;
    const newton = beta - slope / curvature;
    const inside = newton > low && newton < high;
    const next = inside ? newton : (low + high) / 2;
    if (Math.abs(next - beta) <= (BRACKET / 2) * beta) break;
    beta = next;
  }
  return { temperature: 1 / beta };
}

/** @returns in [0, 1] */
export function applyTemperature({ temperature }: TemperatureParameters, logit: number): number {
  return sigmoid(logit / temperature);
}
