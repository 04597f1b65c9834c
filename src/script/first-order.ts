import { placeItems } from './place.js';

/** What the loader does to lists before Attune is there, and what it hands to the code that comes later (lists.ts). */
export interface ListTools {
  /** The items that stand in a list: its children with `data-attune-item`. */
  readonly itemsOf: (list: Element) => HTMLElement[];
  /** `items` in the order of `ids`, in the places that these items have; those not among `ids` stay where they are. */
  readonly inOrder: (items: readonly HTMLElement[], ids: readonly string[]) => HTMLElement[];
  /** What of `known` is there still, in its order, and behind it what came. */
  readonly stillThere: (known: readonly HTMLElement[], there: readonly HTMLElement[]) => HTMLElement[];
  /** Puts items, the list's own in another order, in its items' places. Moves elements, and only those that must. */
  readonly place: (list: Element, items: readonly HTMLElement[]) => void;
  /** Whether its items may be moved without harm: no focus, selection, live region, frame or playing media is in the way. */
  readonly isFree: (list: Element) => boolean;
  /** What names a list on this page, and over visits. */
  readonly nameOf: (list: Element) => string;
  /** Puts a list that nobody has seen yet in the order of the last visit, if there is one and its items may be moved. */
  readonly recall: (list: Element) => void;
  /** The items of lists that were placed before they were painted, in the site's own order. */
  readonly given: Pick<WeakMap<Element, readonly HTMLElement[]>, 'get'>;
}

/** A list may be anywhere, also in a list's item, where it is told of and left alone. */
const LIST = '[data-attune-list]';

/**
 * While the page is parsed, puts each list in the order of the last visit as soon as it is whole, unless a frame was
 * painted in between: what was painted moves no more. Lists that stand before the script may have been.
 *
 * @param orders ids by the lists' names; undefined where nothing was, or may be, remembered
 */
export function createListTools(orders: Readonly<Record<string, readonly string[]>> | undefined): ListTools {
  const given = new WeakMap<Element, readonly HTMLElement[]>();
  const known = new Set<Element>(document.querySelectorAll(LIST));
  const open = new Set<Element>();
  const itemsOf: ListTools['itemsOf'] = (list) =>
    ([...list.children] as HTMLElement[]).filter(({ dataset }) => dataset['attuneItem']);

  const inOrder: ListTools['inOrder'] = (items, ids) => {
    const places = new Map(ids.map((id, i) => [id, i]));
    const placeOf = ({ dataset }: HTMLElement): number => places.get(dataset['attuneItem']!) ?? -1;
    const sorted = items.filter((item) => placeOf(item) >= 0).sort((a, b) => placeOf(a) - placeOf(b));
    return items.map((item) => (placeOf(item) < 0 ? item : sorted.shift()!));
  };

  const stillThere: ListTools['stillThere'] = (known, there) => {
    const [before, now] = [new Set(known), new Set(there)];
    return [...known.filter((item) => now.has(item)), ...there.filter((item) => !before.has(item))];
  };

  const isFree: ListTools['isFree'] = (list) => {
    const selection = getSelection();
    return !(
      list.contains(document.activeElement) ||
      list.querySelector(`iframe,object,embed,${LIST}`) ||
      list.closest('[aria-live]:not([aria-live=off]),[role=log],[role=status],[role=alert]') ||
      [...list.querySelectorAll<HTMLMediaElement>('video,audio')].some(({ paused }) => !paused) ||
      (selection?.isCollapsed === false && selection.containsNode(list, true))
    );
  };

  const nameOf: ListTools['nameOf'] = (list) =>
    `${location.pathname} ${(list as HTMLElement).dataset['attuneList'] || list.id || [...document.querySelectorAll(LIST)].indexOf(list)}`;

  function look(): void {
    for (const list of document.querySelectorAll(LIST)) {
      if (known.has(list)) continue;
      known.add(list);
      open.add(list);
      requestAnimationFrame(() => open.delete(list)); // before the first paint that it is in
    }
    for (const list of open) {
      if (!isWhole(list)) continue;
      open.delete(list);
      recall(list);
    }
  }

  const recall: ListTools['recall'] = (list) => {
    const ids = orders?.[nameOf(list)];
    if (!Array.isArray(ids) || !isFree(list)) return;
    given.set(list, itemsOf(list));
    placeItems(list, inOrder(itemsOf(list), ids as string[]));
  };

  if (orders && document.readyState === 'loading') {
    const parsing = new MutationObserver(look);
    parsing.observe(document, { childList: true, subtree: true });
    document.addEventListener('DOMContentLoaded', () => {
      look();
      parsing.disconnect();
    });
  }
  return { itemsOf, inOrder, stillThere, place: placeItems, isFree, nameOf, recall, given };
}

/** Whether the parser has left the element. */
function isWhole(element: Element): boolean {
  if (document.readyState !== 'loading') return true;
  for (let each: Element | null = element; each !== null; each = each.parentElement) if (each.nextSibling) return true;
  return false;
}
