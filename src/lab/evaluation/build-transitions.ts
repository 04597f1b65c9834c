import { buildTransitionTable, type TransitionTable } from '../../core/transition-table.js';
import { countTransition, noTransitions } from '../../core/transitions.js';
import { isAction } from '../../domain/interaction.js';
import { invalid } from '../../errors.js';
import { type EvaluationLog, weightOf } from './log.js';

/** What a table is made of. */
export interface TransitionOptions {
  /** Actions up to this instant, epoch ms; default all. */
  readonly until?: number;
  /** Any action, or what its kind says is positive; default 'positive'. */
  readonly actions?: 'all' | 'positive';
  /** Successors kept of each item; default 50. */
  readonly top?: number;
}

/**
 * The table of transitions that a site ships, from the logs of its people, each person's in their own order.
 *
 * @throws AttuneError `input/invalid` where there is nothing to count
 */
export function transitionsOf(
  log: EvaluationLog,
  { until = Infinity, actions = 'positive', top = 50 }: TransitionOptions = {},
): TransitionTable {
  const counts = noTransitions();
  const before: number[][] = log.users.map(() => []);
  let [counted, newest] = [0, -Infinity];
  for (let e = 0; e < log.at.length && log.at[e]! <= until; e++) {
    if (!(actions === 'all' ? isAction({ kind: log.kinds[log.kind[e]!]! }) : weightOf(log, e) > 0)) continue;
    const last = before[log.user[e]!]!;
    countTransition(counts, last, log.item[e]!);
    last.push(log.item[e]!);
    [counted, newest] = [counted + 1, log.at[e]!];
  }
  if (counted === 0) throw invalid('log', `${log.at.length} events`, 'None of them is an action that counts.');
  return buildTransitionTable(counts, { items: log.items.map(({ id }) => id), until: newest, actions: counted }, top);
}
