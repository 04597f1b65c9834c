import { scanPairs } from '../core/scan-pairs.js';
import { givePlaces, PLAIN } from '../domain/pages.js';
import { poolSize, scoreBest, scorePool } from '../domain/pool.js';
import type { HiddenBecause, HiddenItem } from '../domain/ranking.js';
import type { Arrangement, ArrangementParts } from './rank.js';

/** Most items that a ranking names as hidden. Judgement: a person reads no more, and a filter may leave out thousands. */
export const MOST_HIDDEN = 200;

/** Who gets no place, and how places are given: all of a ranking beyond its scores. Comes with the first ranking. */
export function arrange<T>({
  candidates: { items, records, selection, partial },
  rows,
  hidden: turnedDown,
  limit,
  diversity,
  neutral,
  linear,
  scalar,
}: ArrangementParts<T>): Arrangement<T> {
  const out = new Map<number, HiddenBecause>();
  if (turnedDown.size > 0 || selection !== undefined) {
    for (const [index, { id }] of records.entries()) {
      const because = turnedDown.has(id) ? 'less-like-this' : selection?.because(id);
      if (because !== undefined) out.set(index, because);
    }
  }
  const asked = selection?.plan ?? PLAIN;
  const plan = neutral || partial ? { ...asked, minRelevance: -Infinity } : asked; // scores say little then
  const byScore = diversity === 0 && plan.exploration === undefined && plan.minRelevance === -Infinity;
  const [scoreSome, count] = byScore ? [scoreBest, limit] : [scorePool, poolSize(limit)];
  const best = scoreSome(rows, linear, scalar, count + out.size, selection?.scan ?? scanPairs);
  const pool = best.filter(({ index }) => !out.has(index));
  const { placed, below } = givePlaces(plan, pool, rows, limit, diversity);
  for (const { index } of below) out.set(index, 'minRelevance');
  const hidden: HiddenItem<T>[] = [];
  for (const [index, because] of out) hidden.push({ item: items[index]!, id: records[index]!.id, because });
  return { placed, hidden: [...hidden, ...(selection?.left ?? [])].slice(0, MOST_HIDDEN) };
}
