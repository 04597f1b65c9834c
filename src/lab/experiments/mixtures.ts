import { logBeta } from '../../core/log-gamma.js';

/**
 * Evidence against a chance that is no more than the coin which dealt: processes that are 1 on average under it, whenever one
 * looks, so that the probability of ever seeing `1/α` is at most `α` (Ville 1939). Both depend on sums alone, in no order.
 */

/**
 * How soft a mixture has to be to be sharpest at a planned amount of evidence: `V / (2 ln(1/α) + ln(1 + 2 ln(1/α)))`.
 *
 * @param planned variance, in the mixture's own unit
 * @see Howard, Ramdas, McAuliffe & Sekhon (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences",
 *   §3.5; the closed form is Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), appendix B
 */
export function softness(planned: number, alpha: number): number {
  const twice = -2 * Math.log(alpha);
  return planned / (twice + Math.log(1 + twice));
}

/**
 * Logarithm of Robbins' normal mixture `√(ρ/(V + ρ)) · exp(S²/(2(V + ρ)))`, where S is a sum of centred terms and V bounds its
 * variance term by term (each sub-Gaussian given those before it).
 *
 * @see Robbins (1970), "Statistical methods related to the law of the iterated logarithm"; Howard et al. (2021), eq. 3.7;
 *   Johari, Koomen, Pekelis & Walsh (2022), "Always valid inference", eq. 8, is the same as an mSPRT
 */
export function normalMixture(sum: number, variance: number, rho: number): number {
  return 0.5 * (Math.log(rho / (variance + rho)) + (sum * sum) / (variance + rho));
}

/**
 * Of `(a − π)·z` with a coin `a` of probability `π`, the least V/z² for which `E exp(λ(a − π)z) ≤ exp(λ²V/2)`:
 * `(1 − 2π)/(2 ln((1 − π)/π))`, ¼ for a fair coin.
 *
 * @see Kearns & Saul (1998), "Large deviation methods for approximate probabilistic inference", lemma 1
 */
export function coinVariance(share: number): number {
  const off = 1 - 2 * share;
  return Math.abs(off) < 1e-6 ? 0.25 : off / (2 * Math.log((1 - share) / share)); // 0/0 at ½, and smooth there
}

/**
 * Logarithm of the beta mixture of a coin's likelihood ratios: how much better coins of all leanings, weighted by
 * `Beta(κp, κ(1 − p))`, explain `heads` and `tails` than a coin of `p` does.
 *
 * @param kappa > 0: the larger, the closer to `p` the leanings that it looks for
 * @see Robbins (1970), §3; for shares of people Lindon & Malek (2020), "Anytime-valid inference for multinomial count data"
 */
export function betaMixture(heads: number, tails: number, p: number, kappa: number): number {
  const [a, b] = [kappa * p, kappa * (1 - p)];
  return logBeta(a + heads, b + tails) - logBeta(a, b) - logLikelihood(heads, tails, p);
}

/** `heads · ln p + tails · ln(1 − p)`; what never came costs nothing, however improbable. */
export function logLikelihood(heads: number, tails: number, p: number): number {
  return (heads === 0 ? 0 : heads * Math.log(p)) + (tails === 0 ? 0 : tails * Math.log(1 - p));
}

/** Halvings of a bracket: 2⁻⁵⁰ of it is below what a double tells apart. */
const HALVINGS = 50;

/** Where on the way from `inside` to `outside` something holds no longer; `outside` where it always does. */
export function edgeOf(inside: number, outside: number, holds: (x: number) => boolean): number {
  let [near, far] = [inside, outside];
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (near + far) / 2;
    if (holds(middle)) near = middle;
    else far = middle;
  }
  return far;
}
