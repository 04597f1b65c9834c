import { observeElement } from '../sdk/observe.js';
import type { Attune, Ranking } from '../sdk/types.js';
import { itemOf, type PageItem } from './page-items.js';
import type { Tell } from './tell.js';

/** What has a meaning of its own, which nobody has told us: no click on the item. */
const CONTROLS = 'button,input,select,textarea,summary,label,[role=button],[contenteditable]';

/**
 * Tracks what is done to items below a `data-attune-capture`, or to all of the page's: the `data-attune-kind` of what was
 * pressed, else a `click` for the item itself or a link in it, also one opened in a new tab.
 *
 * It listens before the page's own code does, so that nothing that stops the event hides it, and tracks in the very task: what
 * Attune stores in the task of `track` is there on the next page. What is done before Attune is ready waits for it.
 */
export function captureClicks(ready: Promise<Attune<PageItem>>, captures: boolean, tell: Tell): void {
  let attune: Attune<PageItem> | undefined;
  let waiting: (readonly [kind: string, element: HTMLElement])[] = [];

  function track(kind: string, element: HTMLElement): void {
    try {
      attune!.track(kind, itemOf(element));
    } catch (error) {
      tell(element, error);
    }
  }

  function note(event: MouseEvent): void {
    const target = event.composedPath()[0];
    const element = target instanceof Element ? target.closest<HTMLElement>('[data-attune-item]') : null;
    if (element === null || !element.dataset['attuneItem']) return;
    if (!captures && element.closest('[data-attune-capture]') === null) return;
    const kind = kindOf(target as Element, element, event.type === 'auxclick');
    if (kind === undefined || (event.type === 'auxclick' && event.button !== 1)) return;
    if (attune === undefined) waiting.push([kind, element]);
    else track(kind, element);
  }

  for (const type of ['click', 'auxclick'] as const) document.addEventListener(type, note, { capture: true });
  ready.then(
    (found) => {
      attune = found;
      for (const each of waiting) track(...each);
      waiting = [];
    },
    () => undefined, // the script says so
  );
}

function kindOf(target: Element, item: Element, isAuxiliary: boolean): string | undefined {
  const within = (found: HTMLElement | null): HTMLElement | null => (found && item.contains(found) ? found : null);
  const link = within(target.closest<HTMLElement>('a[href]'));
  const named = within(target.closest<HTMLElement>('[data-attune-kind]'))?.dataset['attuneKind'];
  if (isAuxiliary) return link === null ? undefined : (named ?? 'click');
  if (named) return named;
  const control = within(target.closest<HTMLElement>(CONTROLS));
  return control === null || control.contains(link) ? 'click' : undefined;
}

/** Watches items of a list from their ranking on. */
export type WatchImpressions = (
  attune: Attune<PageItem>,
  ranking: Ranking<PageItem>,
  items: readonly HTMLElement[],
  tell: Tell,
) => void;

/** Notes each item of a list once it was seen, with the place where it stood: a list in sight isn't in its ranking's order. */
export function watchImpressions(): WatchImpressions {
  const watched = new WeakSet<HTMLElement>();
  let latest: Ranking<PageItem>;
  return (attune, ranking, items, tell) => {
    latest = ranking;
    for (const element of items) {
      if (watched.has(element)) continue;
      watched.add(element);
      observeElement(element, () => {
        const { id } = itemOf(element);
        if (!latest.some((entry) => entry.id === id)) return; // turned down, or the second of its id
        const siblings = [...element.parentElement!.children].filter((each) => each.hasAttribute('data-attune-item'));
        attune.impression(latest, id, { position: siblings.indexOf(element) }).catch((error) => tell(element, error));
      });
    }
  };
}
