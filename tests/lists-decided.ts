import { judgeLists } from '../src/lab/experiments/lists.js';

/**
 * Exact probability that a coin which gives `b` with probability `p` makes `judgeLists` decide within n tosses, by following
 * those that it has not decided on. At each n the counts of b that leave it open lie between two bounds that only rise.
 */
export function decidedWithin(p: number, lists: number, n: number): number {
  const isOpen = (b: number, toss: number): boolean =>
    judgeLists({ experiment: 'x', lists: toss, a: toss - b, b }, { lists }).decision === 'continue';
  let still = [1];
  let [low, high, decided] = [0, 0, 0];
  for (let toss = 1; toss <= n; toss++) {
    const after = Array.from({ length: toss + 1 }, (_, b) => (still[b - 1] ?? 0) * p + (still[b] ?? 0) * (1 - p));
    while (!isOpen(low, toss)) low++;
    high = Math.max(high, low);
    while (high < toss && isOpen(high + 1, toss)) high++;
    after.forEach((chance, b) => {
      if (b >= low && b <= high) return;
      decided += chance;
      after[b] = 0;
    });
    still = after;
  }
  return decided;
}
