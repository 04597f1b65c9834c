/**
 * Measures of one ranked list. `relevances` are gains ≥ 0 in the order shown, of all candidates; 0 is not relevant. Each lies
 * in [0, 1], and is 0 where nothing is relevant; `k` ≥ 1 places are looked at.
 */

/** HR@k: 1 if anything relevant stands in the first `k` places, else 0. */
export function hitRate(relevances: ArrayLike<number>, k: number): number {
  for (let i = 0; i < Math.min(k, relevances.length); i++) if (relevances[i]! > 0) return 1;
  return 0;
}

/**
 * NDCG@k: `Σ relᵢ / log₂(i + 2)` over the first `k` places, i from 0, divided by that of the best order of all candidates.
 * 1 if and only if no order has more. O(n log n).
 *
 * @see Järvelin & Kekäläinen (2002), with linear gains, as scikit-learn's `ndcg_score`
 */
export function ndcg(relevances: ArrayLike<number>, k: number): number {
  const best = Array.from(relevances).sort((a, b) => b - a);
  const ideal = gainOf(best, k);
  return ideal === 0 ? 0 : gainOf(relevances, k) / ideal;
}

/** One over the place, from 1, of the first relevant one. Its mean over lists is the MRR. */
export function reciprocalRank(relevances: ArrayLike<number>): number {
  for (let i = 0; i < relevances.length; i++) if (relevances[i]! > 0) return 1 / (i + 1);
  return 0;
}

/** What place `i`, from 0, of a list is worth: `1 / log₂(i + 2)`. */
export function discount(i: number): number {
  return 1 / Math.log2(i + 2);
}

function gainOf(relevances: ArrayLike<number>, k: number): number {
  let sum = 0;
  for (let i = 0; i < Math.min(k, relevances.length); i++) sum += relevances[i]! * discount(i);
  return sum;
}
