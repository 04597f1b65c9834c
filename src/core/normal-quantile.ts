/**
 * About the `x` with `Φ(x) = p`, 4.5e-4 off at most: enough for ranks, whose steps are larger.
 *
 * @param p in (0, 1)
 * @see Abramowitz & Stegun (1964), 26.2.23, after Hastings (1955)
 */
export function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
  const tail =
    t - (2.515517 + 0.802853 * t + 0.010328 * t ** 2) / (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3);
  return p < 0.5 ? -tail : tail;
}
