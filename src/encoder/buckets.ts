/** How much goes through a model in one run. */
export interface BucketLimits {
  readonly texts: number;
  /** Tokens with the padding; a longer text runs alone. */
  readonly tokens: number;
}

/**
 * Indices of `lengths` in buckets to run together, shortest first: neighbours in length, so that little is padded.
 *
 * @param lengths tokens of each text, ≥ 1
 */
export function buckets(lengths: readonly number[], most: BucketLimits): number[][] {
  const sorted = lengths.map((_, i) => i).sort((a, b) => lengths[a]! - lengths[b]!);
  const all: number[][] = [];
  let last: number[] = [];
  for (const i of sorted) {
    const padded = (last.length + 1) * lengths[i]!;
    if (last.length === 0 || last.length >= most.texts || padded > most.tokens) all.push((last = []));
    last.push(i);
  }
  return all;
}
