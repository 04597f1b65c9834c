/** Logistic function `1 / (1 + e^-x)`, without overflow for any finite `x`. */
export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/**
 * Standard normal distribution function `Φ(x)`, by the complementary error function's Chebyshev fit
 * (Press et al., Numerical Recipes, 2nd ed., §6.2 `erfcc`): fractional error below 1.2e-7 everywhere.
 *
 * @returns in [0, 1]
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * z);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  ];
  let series = 0;
  for (const c of coefficients) series = series * t + c;
  const upper = 0.5 * t * Math.exp(-z * z - 1.26551223 + t * series);
  return x > 0 ? 1 - upper : upper;
}
