import { drawAt } from '../../../core/draw.js';
import { mixSeeds } from '../../../core/random.js';
import type { EvaluationLog } from '../log.js';
import type { Ranker } from '../ranker.js';

/** Any order, all alike: what knowing nothing is worth. */
export function randomRanker(seed: number): Ranker {
  return {
    name: 'random',
    score({ user, seen }, _at, scores) {
      const own = mixSeeds(seed, user);
      for (let i = 0; i < scores.length; i++) scores[i] = drawAt(own, seen.size, i);
    },
  };
}

/** What most actions were on. */
export function popularityRanker(): Ranker {
  const counts: number[] = [];
  return {
    name: 'popularity',
    count: ({ item }) => void (counts[item] = (counts[item] ?? 0) + 1),
    score: (_, _at, scores) => counts.forEach((count, item) => (scores[item] = count)),
  };
}

/** What somebody acted on last. */
export function recencyRanker(): Ranker {
  const newest: number[] = [];
  return {
    name: 'recency',
    count: ({ item, at }) => void (newest[item] = at),
    score: (_, _at, scores) => newest.forEach((instant, item) => (scores[item] = instant)),
  };
}

/** The order in which a site lists things by itself: what everybody sees where nothing is personal. */
export function givenOrderRanker(order: readonly string[], { items }: Pick<EvaluationLog, 'items'>): Ranker {
  const places = new Map(order.map((id, place) => [id, place]));
  const fixed = items.map(({ id }) => -(places.get(id) ?? order.length));
  return { name: 'order given', score: (_, _at, scores) => scores.set(fixed) };
}
