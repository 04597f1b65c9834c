import type { Attune, Ranking } from '../sdk/types.js';
import { watchImpressions } from './capture.js';
import type { ListTools } from './first-order.js';
import { createPlacer } from './in-sight.js';
import type { Orders } from './orders.js';
import { itemOf, type PageItem } from './page-items.js';
import { input, type Tell } from './tell.js';

/** A list of the page. */
export interface PageList {
  /** Ranks what is in it as sliders stand now, and shows that at once: the person asked for it. */
  follow(): void;
  /** Lets go of it: it is on the page no more. */
  end(): void;
}

/** Attune, once it is there. */
interface Opened {
  readonly attune: Attune<PageItem>;
  readonly orders: Orders;
}

/** How long after something was learned the next visit's order is kept, ms. Judgement: not at every action of a burst. */
const KEEP_DELAY_MS = 1000;

/** How near to the viewport a list counts as looked at: a scroll that is under way would bring it. Judgement. */
const NEAR = '50% 0px';

/**
 * Ranks a list's items when Attune is ready and whenever some are added, and puts them in that order at most once by itself,
 * while no part of the list was near the viewport (SPEC §5); afterwards only a slider does. What is learned goes into the
 * order of the next visit.
 */
export function openList(
  list: Element,
  opened: Promise<Opened>,
  { tools, tell, captures }: { readonly tools: ListTools; readonly tell: Tell; readonly captures: boolean },
): PageList {
  const { itemsOf, inOrder, place, isFree } = tools;
  const name = tools.nameOf(list);
  let given: readonly HTMLElement[] = tools.given.get(list) ?? itemsOf(list);
  let ranking: Ranking<PageItem> | undefined;
  let attune: Attune<PageItem> | undefined;
  let sight: 'unknown' | 'away' | 'seen' = 'unknown';
  let follows = false;
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let mover: 'list' | 'slider' | undefined;
  const gone = new AbortController();
  const placer = createPlacer(tools, list, put);
  const watch = captures || list.closest('[data-attune-capture]') !== null ? watchImpressions() : undefined;

  const onSight = (entries: readonly IntersectionObserverEntry[]): void => {
    look(entries);
    if (sight === 'seen' && mover === 'list') placer.stop(); // what came so far stays
    settle();
  };
  const eye = new IntersectionObserver(onSight, { rootMargin: NEAR });
  eye.observe(list);
  const changes = new MutationObserver(() => void rank());
  changes.observe(list, { childList: true });
  opened.then(start, () => undefined).catch((error: unknown) => tell(list, error)); // the script says that Attune could not start

  function start({ attune: found, orders }: Opened): void {
    attune = found;
    const keep = (): void => {
      clearTimeout(timer);
      timer = undefined;
      if (ranking === undefined || ranking.partial) return;
      const next = found.rerank(ranking, { refresh: true });
      orders.keep(name, next.neutral ? [] : idsOf(next));
    };
    const keepSoon = (): void => {
      if (document.hidden)
        keep(); // a page that sleeps must not wake with something to write
      else timer ??= setTimeout(keep, KEEP_DELAY_MS);
    };
    if (gone.signal.aborted) return;
    const ends = [found.on('profile', keepSoon), found.on('ready', () => void rank().then(keepSoon))];
    gone.signal.onabort = () => ends.forEach((end) => end());
    const onHidden = (): void => {
      if (document.hidden && timer !== undefined) keep();
    };
    document.addEventListener('visibilitychange', onHidden, gone);
    void rank().then(keepSoon);
  }

  function look(entries: readonly IntersectionObserverEntry[]): void {
    const entry = entries.at(-1);
    if (entry === undefined || sight === 'seen') return;
    const { isIntersecting, boundingClientRect: box, rootBounds } = entry;
    if (isIntersecting) {
      sight = 'seen';
      eye.disconnect();
    } else if (box.width * box.height === 0 || box.top >= (rootBounds?.bottom ?? Infinity)) {
      sight = 'away'; // not above: what is below it would move
    }
  }

  /** The first order, if there is one and nobody can have seen the list. */
  function settle(): void {
    if (mover || ranking === undefined || ranking.partial) return;
    look(eye.takeRecords());
    if (sight === 'seen' || (sight === 'unknown' && !document.hidden)) return;
    mover = 'list';
    show(ranking);
  }

  function show(order: Ranking<PageItem>): void {
    placer.place(inOrder(atHome(), idsOf(order)));
  }

  function put(items: readonly HTMLElement[]): void {
    const news = changes.takeRecords();
    if (isFree(list)) place(list, items);
    changes.takeRecords(); // what was moved here is none
    if (news.length > 0) void rank();
  }

  /** The items in the list, in the site's own order. */
  function atHome(): readonly HTMLElement[] {
    return (given = tools.stillThere(given, itemsOf(list)));
  }

  /** Of each id the first, told of the others and of children without. */
  function candidates(): PageItem[] {
    const found = new Map<string, PageItem>();
    for (const item of atHome().map(itemOf)) {
      if (found.has(item.id))
        tell(list, input(`two items have the id ${JSON.stringify(item.id)}: the first is ranked.`));
      else found.set(item.id, item);
    }
    if (found.size === 0 && list.childElementCount > 0) tell(list, input('no child of it has a data-attune-item.'));
    return [...found.values()];
  }

  async function rank(): Promise<void> {
    const mine = ++turn;
    if (attune === undefined || !list.isConnected) return;
    try {
      const made = await attune.rank(candidates());
      if (mine !== turn) return;
      ranking = made;
      watch?.(attune, made, itemsOf(list), tell);
      if (follows && !made.partial) follow();
      else settle();
    } catch (error) {
      tell(list, error);
    }
  }

  function follow(): void {
    mover = 'slider';
    follows = ranking === undefined || ranking.partial; // then as soon as it is there
    if (attune !== undefined && ranking !== undefined) show((ranking = attune.rerank(ranking)));
  }

  function end(): void {
    gone.abort();
    placer.stop();
    eye.disconnect();
    changes.disconnect();
    clearTimeout(timer);
  }

  return { follow, end };
}

/** Best first, what the person turned down last. */
function idsOf(ranking: Ranking<PageItem>): string[] {
  return [...ranking.map(({ id }) => id), ...ranking.hidden.map(({ id }) => id)];
}
