/**
 * One step of AdaGrad, in place: `Gⱼ += gⱼ²`, `θⱼ −= rate · gⱼ / √(Gⱼ + ε)`. Each parameter's steps shrink by what it was moved
 * by before, so that one rate does for parameters of any scale.
 *
 * @param squares sums of squared gradients so far, zeros at first; changed as well
 * @see Duchi, Hazan & Singer (2011), "Adaptive subgradient methods", algorithm 1 (diagonal)
 */
export function adagradStep(
  parameters: Float64Array,
  gradient: Float64Array,
  squares: Float64Array,
  rate: number,
): void {
  for (let j = 0; j < parameters.length; j++) {
    const g = gradient[j]!;
    if (g === 0) continue;
    squares[j]! += g * g;
    parameters[j]! -= (rate * g) / Math.sqrt(squares[j]! + EPSILON);
  }
}

/** Keeps the first step of a gradient near 0 small. */
const EPSILON = 1e-12;
