import type { RankedItem } from 'attune';

/** Offers an order that is waiting: what a person looks at is not moved under their eyes by what they open or save. */
export interface NewOrder {
  offer(): void;
  withdraw(): void;
}

export function createNewOrder(pill: HTMLButtonElement, onAccept: () => void): NewOrder {
  pill.addEventListener('click', onAccept);
  return {
    offer() {
      pill.hidden = false;
    },
    withdraw() {
      pill.hidden = true;
    },
  };
}

/** True when the two orders list the same items in the same places. */
export function sameOrder(a: readonly RankedItem<unknown>[], b: readonly RankedItem<unknown>[]): boolean {
  return a.length === b.length && a.every((entry, i) => entry.id === b[i]!.id);
}
