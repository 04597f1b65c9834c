import { tryStorage } from '../storage/leaving.js';

/** What the names of remembered orders begin with, before the user's key; src/script.ts has it in its own words. */
export const ORDER_PREFIX = 'attune-order/';

/** Takes away the orders of lists that a visit left for the next (docs/script-tag.md), all users': they are made again. */
export function dropOrders(): void {
  tryStorage((storage) => {
    for (const key of Object.keys(storage)) if (key.startsWith(ORDER_PREFIX)) storage.removeItem(key);
  });
}
