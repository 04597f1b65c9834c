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
  /** Whether lists may come into the page later. */
  readonly later: boolean;
  /** Inputs that were moved before this came. */
  readonly moved: Set<EventTarget | null>;
}

const LIST = '[data-attune-list]';

/** Watches from now on which lists are seen, and begins with the rest when Attune is ready. */
export function startLists(ready: Promise<object>, tools: ListTools, options: ListOptions): void {
  const { captures, remembers, later, moved } = options;
  const attune = ready as Promise<Attune<PageItem>>;
  const tell = createTell();
  const opened = attune.then((it) => ({ attune: it, orders: createOrders(it, remembers) }));
  opened.catch(() => undefined); // the script says so
  const lists = new Map<Element, PageList>();

  function open(list: Element): void {
    if (list.parentElement?.closest(LIST)) {
      tell(list, input('a list in a list: both are left alone.'));
    } else lists.set(list, openList(list, opened, { tools, tell, captures }));
  }

  document.querySelectorAll(LIST).forEach(open);
  if (later) watchPage();
  captureClicks(attune, captures, tell);
  bindSliders(attune, tell, moved, () => {
    for (const list of lists.values()) list.follow();
  });

  /** Lists that come are opened before they are painted, in the order that the last visit left; those that went are let go of. */
  function watchPage(): void {
    const coming = new MutationObserver((records) => {
      for (const [list, { end }] of lists) {
        if (list.isConnected) continue;
        end();
        lists.delete(list);
      }
      for (const list of records.flatMap(({ addedNodes }) => [...addedNodes].flatMap(listsIn))) {
        if (lists.has(list) || !list.isConnected) continue;
        tools.recall(list);
        open(list);
      }
    });
    coming.observe(document, { childList: true, subtree: true });
  }
}

/** Lists at and below a node. */
function listsIn(node: Node): Element[] {
  return node instanceof Element ? [...(node.matches(LIST) ? [node] : []), ...node.querySelectorAll(LIST)] : [];
}
