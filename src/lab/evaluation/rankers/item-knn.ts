import type { Ranker } from '../ranker.js';

/** Added to the length of both items' columns, so that one person in common proves little. As in the reference of SPEC §8. */
const DOUBT = 10;
/** Last items of a person that speak. Measured in docs/evaluation.md: with 20, or all, two fifths of the hits are gone. */
const LAST = 5;

/**
 * Items by how many people they share with the person's last ones: `Σ |A ∩ B| / (√(|A|·|B|) + 10)` over the last five, A and B
 * the people who acted on each. Counted anew at each question from who did what, so that nothing grows with pairs of items.
 * O(last · people of an item · items of a person).
 */
export function itemKnnRanker(): Ranker {
  const peopleOf: number[][] = [];
  const itemsOf: Set<number>[] = [];
  return {
    name: 'item-kNN',
    count({ user, item }) {
      const items = (itemsOf[user] ??= new Set());
      if (items.has(item)) return;
      items.add(item);
      (peopleOf[item] ??= []).push(user);
    },
    score({ history }, _at, scores) {
      const shared = new Float64Array(scores.length);
      for (const item of new Set(history.slice(-LAST))) {
        const people = peopleOf[item];
        if (people === undefined) continue;
        shared.fill(0);
        for (const user of people) for (const other of itemsOf[user]!) shared[other]!++;
        shared[item] = 0;
        for (let i = 0; i < shared.length; i++) {
          if (shared[i]! > 0) scores[i]! += shared[i]! / (Math.sqrt(people.length * peopleOf[i]!.length) + DOUBT);
        }
      }
    },
  };
}
