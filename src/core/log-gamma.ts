/** ln Γ of the first whole numbers, which counts of outcomes are. */
const OF_WHOLE = new Float64Array(2048);
for (let n = 3; n < OF_WHOLE.length; n++) OF_WHOLE[n] = OF_WHOLE[n - 1]! + Math.log(n - 1);

/**
 * Natural logarithm of the gamma function, by Stirling's series above 10 and `Γ(x + 1) = x·Γ(x)` below: 1e-12 off at most.
 *
 * @param x > 0
 * @see Abramowitz & Stegun (1964), 6.1.41
 */
export function logGamma(x: number): number {
  if (Number.isInteger(x) && x < OF_WHOLE.length) return OF_WHOLE[x]!;
  let [from, product] = [x, 1];
  for (; from < 10; from++) product *= from;
  const inverse = 1 / (from * from);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / from;
  return (from - 0.5) * Math.log(from) - from + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}

/** Logarithm of the beta function, `ln Γ(a) + ln Γ(b) − ln Γ(a + b)`, for `a, b > 0`. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
