import { discount } from '../core/ranking-metrics.js';
import { trueProbability, type World } from './world.js';

/** What the truth itself reaches in a world: on average nothing that doesn't know the outcomes beats it. */
export interface BayesLimit {
  /** Log loss, nats, and Brier score of the true probabilities, all people and items alike. Lower is better. */
  readonly logLoss: number;
  readonly brier: number;
  /** Expected HR@k, NDCG@k and MRR of all items, each person's ordered by true probability. Higher is better. */
  readonly hitRate: number;
  readonly ndcg: number;
  readonly reciprocalRank: number;
}

/** What is measured, and when. */
export interface LimitOptions {
  /** Places that HR and NDCG look at, ≥ 1; default 10. */
  readonly k?: number;
  /** Epoch ms; default the world's start. */
  readonly at?: number;
  /** Chances of being looked at, by position, for outcomes drawn with them at random places: log loss and Brier only. */
  readonly examination?: readonly number[];
}

/**
 * The Bayes limit, in closed form: outcomes are independent, so log loss is the mean entropy `−p ln p − (1−p) ln(1−p)`, Brier
 * the mean variance `p(1−p)`, and the order by p is best for each of the three ranking measures.
 *
 * NDCG needs the number of relevant items, a sum of unequal coins, without the item whose gain is counted:
 * `E = Σᵢ dᵢ pᵢ Σₘ P(N₋ᵢ = m) / D(min(m + 1, k))`, d the places' worth and D their sums. Exchanging two items changes it by
 * `(pᵢ − pⱼ)` times something above 0, which is why their order is by p. O(items · k²) a person.
 */
export function bayesLimit(
  world: World,
  { k = 10, at = world.startAt, examination = [1] }: LimitOptions = {},
): BayesLimit {
  const limit = { logLoss: 0, brier: 0, hitRate: 0, ndcg: 0, reciprocalRank: 0 };
  for (const person of world.people) {
    const chances = world.items.map((item) => trueProbability(world, person, item, at)).sort((a, b) => b - a);
    const share = 1 / world.people.length;
    for (const p of chances) {
      for (const chance of examination) {
        const weight = share / chances.length / examination.length;
        limit.logLoss += weight * entropy(chance * p);
        limit.brier += weight * chance * p * (1 - chance * p);
      }
    }
    limit.ndcg += share * expectedNdcg(chances, k);
    let nothingYet = 1;
    chances.forEach((p, i) => {
      if (i < k) limit.hitRate += share * nothingYet * p;
      limit.reciprocalRank += (share * nothingYet * p) / (i + 1);
      nothingYet *= 1 - p;
    });
  }
  return limit;
}

/** `−p ln p − (1−p) ln(1−p)`, nats: log loss that a true probability costs on average. */
export function entropy(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p);
}

/** Expected NDCG@k of independent relevances whose chances are in the order shown. */
function expectedNdcg(chances: readonly number[], k: number): number {
  const sums = [0];
  for (let i = 0; i < k; i++) sums.push(sums[i]! + discount(i));
  let expected = 0;
  for (let i = 0; i < Math.min(k, chances.length); i++) {
    const others = countsWithout(chances, i, k - 1);
    const worth = others.reduce((sum, chance, m) => sum + chance / sums[m + 1]!, 0);
    expected += discount(i) * chances[i]! * worth;
  }
  return expected;
}

/** Chances of 0, 1, … `most` or more successes among independent ones, the one at `left` not counted. */
function countsWithout(chances: readonly number[], left: number, most: number): number[] {
  const counts: number[] = Array.from({ length: most + 1 }, (_, m) => (m === 0 ? 1 : 0));
  chances.forEach((p, i) => {
    if (i === left) return;
    for (let m = most; m >= 0; m--) {
      const stays = m === most ? counts[m]! : counts[m]! * (1 - p);
      counts[m] = stays + (m > 0 ? counts[m - 1]! * p : 0);
    }
  });
  return counts;
}
