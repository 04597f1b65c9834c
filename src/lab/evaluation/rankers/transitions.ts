import { successorsIn, type TransitionTable } from '../../../core/transition-table.js';
import {
  addTransitions,
  countTransition,
  noTransitions,
  sharesOf,
  type SuccessorsOf,
} from '../../../core/transitions.js';
import type { EvaluationLog } from '../log.js';
import type { Ranker } from '../ranker.js';

/** What most popular items gain over others with the same transitions: less than any of those tells apart. */
export const TIE_BREAK = 1e-6;

/** What followed the person's last items in everybody's logs; what is popular where that says nothing. */
export function transitionsRanker(): Ranker {
  const counts = noTransitions();
  const last: number[][] = [];
  let total = 0;
  return {
    name: 'transitions',
    count({ user, item }) {
      const before = (last[user] ??= []);
      countTransition(counts, before, item);
      before.push(item);
      if (before.length > 3) before.shift();
      total++;
    },
    score({ history }, _at, scores) {
      for (const [item, count] of counts.occurrences) scores[item] = (TIE_BREAK * count) / total;
      addTransitions((item) => sharesOf(counts, item), history, scores);
    },
  };
}

/** The same by a table made beforehand: its best successors alone, rounded, popular where they say nothing. */
export function tableRanker(table: TransitionTable, { items }: Pick<EvaluationLog, 'items'>): Ranker {
  const numbers = new Map(items.map(({ id }, i) => [id, i]));
  const inTable = new Map(table.items.map((id, i) => [numbers.get(id), i]));
  const here = table.items.map((id) => numbers.get(id));
  const successorsOf: SuccessorsOf = function* successors(item) {
    const row = inTable.get(item);
    if (row === undefined) return;
    for (const [successor, share] of successorsIn(table, row)) {
      const number = here[successor];
      if (number !== undefined) yield [number, share];
    }
  };
  const counts: number[] = [];
  let total = 0;
  return {
    name: 'transitions, table',
    count({ item }) {
      counts[item] = (counts[item] ?? 0) + 1;
      total++;
    },
    score({ history }, _at, scores) {
      counts.forEach((count, item) => (scores[item] = (TIE_BREAK * count) / total));
      addTransitions(successorsOf, history, scores);
    },
  };
}
