import { drawAt } from '../core/draw.js';
import type { RankedRow } from './ranking.js';

/** What chance may do to a list: each of the first places goes to an item of the pool behind them with probability `rate`. */
export interface Exploration {
  /** ε, in (0, 1). */
  readonly rate: number;
  /** How many of the first places, at least 1; default all that a page shows. */
  readonly slots?: number;
  /** Among how many of the items that come next, at least 1; default all of the pool. */
  readonly pool?: number;
}

/**
 * The order with some of its first `slots` rows changed for rows behind them, each place by its own coin, no row twice. A
 * coin that says so draws a card from a deck: the m rows of the pool, and blanks up to h, the number of places, so
 * that the deck never runs out; every place draws each card with the same probability `ε/max(m, h)`, whatever the
 * others draw. A blank leaves the place as it was; a row changes places with the one that stood there. Hence, in closed form:
 * a row drawn `ε/max(m, h)`, one left in its place `1 − ε·m/max(m, h)`, one of the pool left where it was `1 − ε·h/max(m, h)`.
 *
 * All draws are by `seed`, place and candidate: the same coins fall and the same cards are liked best when other scores
 * order the same candidates anew.
 *
 * @param order rows in the order that stands without chance
 * @param slots h, how many places from the first may change
 * @param from  number of the first place, where others come before
 * @param seed  whole number below 2^32
 */
export function explore(
  order: readonly RankedRow[],
  { rate, pool = Infinity }: Exploration,
  slots: number,
  from: number,
  seed: number,
): readonly RankedRow[] {
  const h = Math.min(slots, order.length);
  const m = Math.min(pool, order.length - h);
  if (m === 0 || h === 0) return order;
  const deck = Math.max(m, h);
  const explored: RankedRow[] = order.map((row, i) => ({
    ...row,
    propensity: i < h ? 1 - (rate * m) / deck : i < h + m ? 1 - (rate * h) / deck : 1,
  }));
  const taken = new Set<number>();
  for (let slot = 0; slot < h; slot++) {
    if (drawAt(seed, from + slot, COIN) >= rate) continue;
    const card = likedBest(order, h, m, deck, taken, (key) => drawAt(seed, from + slot, key));
    taken.add(card);
    if (card >= m) continue;
    const drawn = { moved: 'exploration', propensity: rate / deck } as const;
    explored[slot] = { ...order[h + card]!, ...drawn };
    explored[h + card] = { ...order[slot]!, ...drawn };
  }
  return explored;
}

/** Keys beside the candidates' own numbers, which are below 2^31. */
const COIN = 2 ** 32 - 1;
const FIRST_BLANK = 2 ** 31;

/** The card left in the deck whose draw is the smallest: each with the same probability. */
function likedBest(
  order: readonly RankedRow[],
  h: number,
  m: number,
  deck: number,
  taken: ReadonlySet<number>,
  draw: (key: number) => number,
): number {
  let best = -1;
  let least = Infinity;
  for (let card = 0; card < deck; card++) {
    if (taken.has(card)) continue;
    const value = draw(card < m ? order[h + card]!.index : FIRST_BLANK + card);
    if (value < least) [best, least] = [card, value];
  }
  return best;
}
