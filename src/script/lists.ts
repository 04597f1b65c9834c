/**
 * Lists, items and sliders that a page describes by attributes. Loaded by the script where there are any; what it does is
 * done through the same Attune that the page's own code has.
 */
import type { Attune } from '../sdk/types.js';
import { captureClicks } from './capture.js';
import type { ListTools } from './first-order.js';
import { openList, type PageList } from './list.js';
import type { PageItem } from './page-items.js';
import { bindSliders } from './page-sliders.js';
import { createOrders } from './orders.js';
import { createTell, input } from './tell.js';

/** What the tag says. */
export interface ListOptions {
  /** Whether all items of the page are captured, not only those below a `data-attune-capture`. */
  readonly captures: boolean;
  /** Whether orders may be left for the next visit. */
  readonly remembers: boolean;
}

/** Watches from now on which lists are seen, and begins with the rest when Attune is ready. */
export function startLists(ready: Promise<object>, tools: ListTools, { captures, remembers }: ListOptions): void {
  const attune = ready as Promise<Attune<PageItem>>;
  const tell = createTell();
  const opened = attune.then((it) => ({ attune: it, orders: createOrders(it, remembers) }));
  opened.catch(() => undefined); // the script says so
  const lists: PageList[] = [];
  for (const list of document.querySelectorAll('[data-attune-list]')) {
    if (list.parentElement?.closest('[data-attune-list]')) {
      tell(list, input('a list in a list: it is left alone, and so is the one around it.'));
    } else lists.push(openList(list, opened, { tools, tell, captures }));
  }
  captureClicks(attune, captures, tell);
  bindSliders(attune, tell, () => {
    for (const list of lists) list.follow();
  });
}
