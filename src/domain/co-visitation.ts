import { transitionsAfter } from '../core/transitions.js';
import { successorsIn, type TransitionTable } from '../core/transition-table.js';

/** What people go on to, by item id. */
export interface CoVisitation {
  /** `Σ 0.8^k · share(after the item k before the last)` by item id, over the last five of these ids, oldest first. */
  after(history: readonly string[]): ReadonlyMap<string, number>;
}

/** A table of transitions, looked up by ids: what it doesn't know nothing follows. */
export function coVisitationOf(table: TransitionTable): CoVisitation {
  const numbers = new Map(table.items.map((id, i) => [id, i]));
  return {
    after(history) {
      const found = new Map<string, number>();
      const known = history.map((id) => numbers.get(id) ?? -1);
      for (const [item, value] of transitionsAfter((last) => (last < 0 ? [] : successorsIn(table, last)), known)) {
        const id = table.items[item]!;
        found.set(id, (found.get(id) ?? 0) + value);
      }
      return found;
    },
  };
}
