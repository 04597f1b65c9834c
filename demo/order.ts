import type { Attune, RankedItem, Ranking } from 'attune';
import type { DemoItem } from './catalogue.js';
import { sameOrder, type NewOrder } from './new-order.js';

/** The order on screen, and the rule of when it may change. */
export interface Order {
  readonly items: readonly DemoItem[];
  readonly ranking: Ranking<DemoItem> | undefined;
  /** Ranks `items` (default: the same as before) afresh and shows it. Only the newest call counts. */
  rank(items?: readonly DemoItem[]): Promise<void>;
  /** Whether what the person acted on before has no place. */
  readonly onlyNew: boolean;
  /** Says so, and ranks afresh. */
  setOnlyNew(onlyNew: boolean): Promise<void>;
  /** Shows sliders and "less like this" at once. */
  apply(): void;
  /** Shows all that is known now, at once: for the person's own commands. */
  renew(): void;
  /** Offers what is known now, if it would move anything: for everything else. */
  offer(): void;
}

/** The list and the pill, as the order needs them. */
interface OrderView {
  show(ranking: Ranking<DemoItem>): void;
  readonly newOrder: NewOrder;
}

export function createOrder(attune: Attune<DemoItem>, initial: readonly DemoItem[], view: OrderView): Order {
  let items = initial;
  let ranking: Ranking<DemoItem> | undefined;
  let onlyNew = false;
  let calls = 0;

  function show(next: Ranking<DemoItem>): void {
    ranking = next;
    view.newOrder.withdraw();
    view.show(next);
  }

  async function rank(changed = items): Promise<void> {
    items = changed;
    const call = ++calls;
    const next = await attune.rank(items, onlyNew ? { excludeSeen: true } : {});
    if (call === calls) show(next);
  }

  return {
    rank,
    get items() {
      return items;
    },
    get ranking() {
      return ranking;
    },
    get onlyNew() {
      return onlyNew;
    },
    setOnlyNew(changed) {
      onlyNew = changed;
      return rank();
    },
    apply() {
      if (ranking !== undefined) show(attune.rerank(ranking));
    },
    renew() {
      if (onlyNew)
        void rank(); // what was seen since is read from the log
      else if (ranking !== undefined) show(attune.rerank(ranking, { refresh: true }));
    },
    offer() {
      if (ranking === undefined || ranking.partial) return;
      if (sameOrder(ranking, attune.rerank(ranking, { refresh: true }))) view.newOrder.withdraw();
      else view.newOrder.offer();
    },
  };
}

/** Items as they were given, for the time before there is a ranking, or when there will be none. */
export function asGiven(items: readonly DemoItem[]): RankedItem<DemoItem>[] {
  return items.map((item, position) => ({ item, id: item.id, score: 0, position, terms: [], propensity: 1 }));
}
