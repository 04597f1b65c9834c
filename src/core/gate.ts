import { sigmoid } from './special.js';

/**
 * A gate: weights of several features that depend on a context. With base weights `b` and inputs `φ` of the context,
 * `wₖ = bₖ·e^zₖ / Σⱼ bⱼ·e^zⱼ`, `z = W·φ`. A gate of zeros leaves the base weights as they are, whatever the context.
 */

/** Outcomes to fit a gate on, row by row. All matrices are row-major. */
export interface GateRows {
  /** `rows × parts`: the features, finite. */
  readonly features: Float64Array;
  /** `rows × parts`: weights without a gate, ≥ 0, with a positive sum in each row. */
  readonly bases: Float64Array;
  /** `rows × inputs`: the contexts. */
  readonly inputs: Float64Array;
  /** 1 or 0, one a row. */
  readonly ys: ArrayLike<number>;
  /** How much each row counts, ≥ 0. */
  readonly weights: ArrayLike<number>;
  /** Which curve turns a row's score into log-odds, one a row, from 0. */
  readonly curves: ArrayLike<number>;
  readonly parts: number;
  /** Numbers a context, ≥ 1. */
  readonly width: number;
}

/** What is fitted: the gate's matrix W, `parts × width`, then a slope and an intercept a curve. */
export type GateParameters = Float64Array;

/** What scores are put on before slope and intercept, one a curve: any numbers, usually mean and standard deviation. */
export interface CurveScale {
  readonly centre: number;
  /** > 0 */
  readonly unit: number;
}

/**
 * Weights in one context, written to `into`; their sum is 1. Huge `z` make one weight 1 and the others 0, never NaN.
 *
 * @param matrix    W, `parts × width`, row-major; a longer array may follow it
 * @param bases     ≥ 0, with a positive sum, from `baseAt` on
 * @param inputs    the context, from `inputAt` on
 */
export function gateWeights(
  matrix: Float64Array,
  bases: Float64Array,
  baseAt: number,
  inputs: Float64Array,
  inputAt: number,
  width: number,
  into: Float64Array,
): void {
  let most = -Infinity;
  for (let k = 0; k < into.length; k++) {
    let z = 0;
    for (let j = 0; j < width; j++) z += matrix[k * width + j]! * inputs[inputAt + j]!;
    into[k] = z;
    if (bases[baseAt + k]! > 0 && z > most) most = z;
  }
  let total = 0;
  for (let k = 0; k < into.length; k++) {
    const base = bases[baseAt + k]!;
    total += into[k] = base > 0 ? base * Math.exp(into[k]! - most) : 0;
  }
  for (let k = 0; k < into.length; k++) into[k] = into[k]! / total;
}

/**
 * Scores of all rows under a gate: `Σₖ wₖ·fₖ`. O(rows · parts · width).
 */
export function gatedScores(matrix: Float64Array, rows: GateRows): Float64Array {
  const { features, bases, inputs, parts, width, ys } = rows;
  const weights = new Float64Array(parts);
  return Float64Array.from({ length: ys.length }, (_, i) => {
    gateWeights(matrix, bases, i * parts, inputs, i * width, width, weights);
    let raw = 0;
    for (let k = 0; k < parts; k++) raw += weights[k]! * features[i * parts + k]!;
    return raw;
  });
}

/**
 * `Σᵢ vᵢ·ℓᵢ + ½·penalty·|W|²`, ℓ the log loss of the row's outcome under `sigmoid(slope·(raw − centre)/unit + intercept)` of its
 * curve; and the gradient of that, written to `gradient`. By hand: with `g = v·(p − y)`, `∂/∂intercept = g`,
 * `∂/∂slope = g·(raw − centre)/unit`, `∂/∂zₖ = g·(slope/unit)·wₖ·(fₖ − raw)`, `∂/∂Wₖⱼ = Σ ∂/∂zₖ·φⱼ + penalty·Wₖⱼ`.
 * The gate alone is pulled, to the plain weights. O(rows · parts · width).
 *
 * @param gradient as long as the parameters; overwritten
 */
export function gateLoss(
  parameters: GateParameters,
  rows: GateRows,
  scales: readonly CurveScale[],
  penalty: number,
  gradient: Float64Array,
): number {
  const { features, bases, inputs, ys, weights: counts, curves, parts, width } = rows;
  const size = parts * width;
  const weights = new Float64Array(parts);
  gradient.fill(0);
  let loss = 0;
  for (let i = 0; i < ys.length; i++) {
    gateWeights(parameters, bases, i * parts, inputs, i * width, width, weights);
    let raw = 0;
    for (let k = 0; k < parts; k++) raw += weights[k]! * features[i * parts + k]!;
    const curve = curves[i]!;
    const { centre, unit } = scales[curve]!;
    const standard = (raw - centre) / unit;
    const slope = parameters[size + 2 * curve]!;
    const logit = slope * standard + parameters[size + 2 * curve + 1]!;
    loss += counts[i]! * (Math.max(logit, 0) - ys[i]! * logit + Math.log1p(Math.exp(-Math.abs(logit))));
    const g = counts[i]! * (sigmoid(logit) - ys[i]!);
    gradient[size + 2 * curve]! += g * standard;
    gradient[size + 2 * curve + 1]! += g;
    for (let k = 0; k < parts; k++) {
      const dz = ((g * slope) / unit) * weights[k]! * (features[i * parts + k]! - raw);
      for (let j = 0; j < width; j++) gradient[k * width + j]! += dz * inputs[i * width + j]!;
    }
  }
  for (let k = 0; k < size; k++) {
    loss += 0.5 * penalty * parameters[k]! ** 2;
    gradient[k]! += penalty * parameters[k]!;
  }
  return loss;
}
