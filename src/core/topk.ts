/**
 * The `k`-th largest of the first `count` values, which are rearranged so that none of the first k is smaller and none of
 * the others larger. Quickselect with three parts, so that equal values cost nothing more; pivots from a fixed sequence,
 * so that the result and its time repeat. O(count) on average, whatever the order.
 *
 * @param k from 1 to `count`
 */
export function kthLargest(values: Float64Array, count: number, k: number): number {
  let low = 0;
  let high = count - 1;
  let seed = count;
  for (;;) {
    if (low >= high) return values[k - 1]!;
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator
    const pivot = values[low + (seed % (high - low + 1))]!;
    let above = low;
    let i = low;
    let below = high;
    while (i <= below) {
      const value = values[i]!;
      if (value > pivot) {
        values[i++] = values[above]!;
        values[above++] = value;
      } else if (value < pivot) {
        values[i] = values[below]!;
        values[below--] = value;
      } else i++;
    }
    if (k - 1 < above) high = above - 1;
    else if (k - 1 > below) low = below + 1;
    else return pivot;
  }
}

/** The `k`-th largest of all values pushed, in O(1) each on average and O(k) memory. */
export interface Threshold {
  readonly k: number;
  readonly values: Float64Array;
  count: number;
  /** No larger than the k-th largest so far; −Infinity before there are k. `settleThreshold` makes it exact. */
  value: number;
}

/** @param k at least 1 */
export function createThreshold(k: number): Threshold {
  return { k, values: new Float64Array(2 * Math.max(k, 128)), count: 0, value: -Infinity };
}

export function pushThreshold(threshold: Threshold, value: number): void {
  if (value <= threshold.value) return;
  threshold.values[threshold.count++] = value;
  if (threshold.count === threshold.values.length) settleThreshold(threshold);
}

/** Makes `value` the k-th largest so far, and returns it. */
export function settleThreshold(threshold: Threshold): number {
  if (threshold.count < threshold.k) return threshold.value;
  threshold.value = kthLargest(threshold.values, threshold.count, threshold.k);
  threshold.count = threshold.k;
  return threshold.value;
}

/**
 * Positions of the `k` largest of the first `count` scores, best first; of equal scores the lower row first.
 * O(count + k log k).
 */
export function bestOf(scores: Float64Array, rows: Int32Array, count: number, k: number): number[] {
  if (k === 0 || count === 0) return [];
  const least = k < count ? kthLargest(scores.slice(0, count), count, k) : -Infinity;
  const best: number[] = [];
  const ties: number[] = [];
  for (let i = 0; i < count; i++) {
    const score = scores[i]!;
    if (score > least) best.push(i);
    else if (score === least) ties.push(i);
  }
  if (best.length + ties.length > k) ties.sort((a, b) => rows[a]! - rows[b]!);
  for (let i = 0; best.length < k && i < ties.length; i++) best.push(ties[i]!);
  return best.sort((a, b) => scores[b]! - scores[a]! || rows[a]! - rows[b]!);
}
