import { discount } from './ranking-metrics.js';

/**
 * Where one relevant item stands in a full ranking: how many score higher, and how many others the same. Order among equals is
 * chance, so measures are their means over all orders: a ranker that knows nothing gains nothing by the order of a file.
 */
export interface Place {
  /** Items with higher scores, ≥ 0; Infinity for an item that isn't offered at all. */
  readonly above: number;
  /** Other items with the same score, ≥ 0. */
  readonly ties: number;
}

/** Counts the place of `target` among the items that are offered. A score of −Infinity is not offered; NaN is worth nothing. O(n). */
export function placeOf(scores: Float64Array, target: number): Place {
  const own = scores[target]!;
  if (!(own > -Infinity)) return { above: Infinity, ties: 0 };
  let [above, ties] = [0, -1];
  for (const score of scores) {
    if (score > own) above++;
    else if (score === own) ties++;
  }
  return { above, ties };
}

/** Mean HR@k: the chance that the item is among the first `k`. In [0, 1]. */
export function hitRateAt({ above, ties }: Place, k: number): number {
  return above >= k ? 0 : Math.min(1, (k - above) / (ties + 1));
}

/** Mean NDCG@k of one relevant item: `Σ 1/log₂(r + 2) / (ties + 1)` over its places r below k. In [0, 1]. O(k). */
export function ndcgAt({ above, ties }: Place, k: number): number {
  let sum = 0;
  for (let place = above; place < Math.min(k, above + ties + 1); place++) sum += discount(place);
  return sum / (ties + 1);
}

/** Mean of one over the place, from 1. In [0, 1]. O(ties). */
export function reciprocalRankAt({ above, ties }: Place): number {
  if (above === Infinity) return 0;
  let sum = 0;
  for (let place = above + 1; place <= above + ties + 1; place++) sum += 1 / place;
  return sum / (ties + 1);
}
