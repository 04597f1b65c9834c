import type { RankedItem } from 'attune';
import { createCard, type Card, type Marks } from './card.js';
import type { DemoItem } from './catalogue.js';
import { beyond, gridFor, gridHeight, place, touches, visibleRange, type Grid } from './grid.js';

/** The list as the page uses it. */
export interface ItemList {
  /** Puts the cards where this order wants them: writes styles, reads no layout. */
  show(ranking: readonly RankedItem<DemoItem>[]): void;
  /** Marks changed: draw the cards again where they are. */
  refresh(): void;
  /** Looks afresh at which cards are seen: consent to note it came or went. */
  look(): void;
}

/** Cards this far outside the window are rendered too, once the list is at rest. */
const OVERSCAN = 600;
/** Movement is over: longer than the transition in list.css. */
const SETTLE_MS = 450;
/** Cards still on their way out during a long drag; the oldest are out of sight by then. Judgement. */
const MAX_LEAVING = 30;

/** What the list asks of the page. */
interface ListParts {
  readonly marksOf: (id: string) => Marks;
  /** Observes a card that came to rest; returns what ends it, undefined where nothing is to be noted. */
  readonly observe: (card: HTMLElement, id: string) => (() => void) | undefined;
  /** Called after a new order came to rest. */
  readonly onSettled: () => void;
}

/**
 * Absolutely placed cards, only those near the window, keyed by item. The DOM follows the order once movement settles
 * (and at once while scrolling), around the focused card, so that keyboard and screen reader meet the order on screen.
 */
export function createItemList(host: HTMLOListElement, { marksOf, observe, onSettled }: ListParts): ItemList {
  const cards = new Map<string, Card>();
  const leaving = new Set<string>();
  const observed = new Map<string, () => void>();
  let ranking: readonly RankedItem<DemoItem>[] = [];
  let indexById = new Map<string, number>();
  let grid: Grid = { columns: 1, cardWidth: 0 };
  let band = { top: 0, bottom: 0 };
  let height = -1;
  let settleTimer = 0;

  /** @param glide only what is or comes in sight moves, cards that leave move out first, and the rest follows once settled */
  function render(glide: boolean): void {
    if (grid.cardWidth === 0) return;
    const newHeight = gridHeight(grid, ranking.length);
    if (newHeight !== height) host.style.height = `${(height = newHeight)}px`;
    const overscan = glide ? 0 : OVERSCAN;
    const [first, end] = visibleRange(grid, ranking.length, band.top - overscan, band.bottom + overscan);
    const wanted = new Set<string>();
    const fresh: Node[] = [];
    for (let i = first; i < end; i++) {
      const entry = ranking[i]!;
      wanted.add(entry.id);
      leaving.delete(entry.id);
      let card = cards.get(entry.id);
      if (card === undefined) {
        card = createCard(entry.item);
        if (glide) card.node.classList.add('enter');
        cards.set(entry.id, card);
        fresh.push(card.node);
      }
      draw(card, entry, i);
    }
    host.append(...fresh);
    for (const [id, card] of cards) {
      if (wanted.has(id)) continue;
      const index = indexById.get(id);
      if (index === undefined) remove(id, card);
      else if (card.node.contains(document.activeElement)) draw(card, ranking[index]!, index);
      else if (leaving.has(id)) continue;
      else if (glide && touches(card.y, band.top, band.bottom)) {
        const { x, y } = place(grid, index);
        card.moveTo(x, beyond(y, band.top - OVERSCAN, band.bottom + OVERSCAN));
        leaving.add(id);
      } else remove(id, card);
    }
    for (const id of leaving) {
      if (leaving.size <= MAX_LEAVING) break;
      remove(id, cards.get(id)!); // sets keep their order: the oldest first
    }
    if (glide) return;
    orderNodes();
    lookAtCards();
  }

  function draw(card: Card, entry: RankedItem<DemoItem>, index: number): void {
    const { x, y } = place(grid, index);
    card.moveTo(x, y);
    card.update(entry, ranking.length, marksOf(entry.id));
  }

  function remove(id: string, card: Card): void {
    observed.get(id)?.();
    observed.delete(id);
    card.node.remove();
    cards.delete(id);
    leaving.delete(id);
  }

  function settle(): void {
    for (const id of leaving) remove(id, cards.get(id)!);
    for (const { node } of cards.values()) node.classList.remove('enter');
    render(false);
    onSettled();
  }

  /** Only cards at rest: what glides by in a drag was not shown. */
  function lookAtCards(): void {
    for (const [id, { node }] of cards) {
      if (observed.has(id) || leaving.has(id)) continue;
      const end = observe(node, id);
      if (end !== undefined) observed.set(id, end);
    }
  }

  function lookAway(): void {
    for (const end of observed.values()) end();
    observed.clear();
  }

  /** DOM order = rank order. The focused card stays where it is, because moving a node takes its focus away. */
  function orderNodes(): void {
    const rank = (card: Card): number => indexById.get(card.node.dataset['id']!) ?? Infinity;
    const nodes = [...cards.values()].sort((a, b) => rank(a) - rank(b)).map((card) => card.node);
    const pivot = Math.max(
      0,
      nodes.findIndex((node) => node.contains(document.activeElement)),
    );
    for (let i = pivot - 1; i >= 0; i--) {
      if (nodes[i]!.nextSibling !== nodes[i + 1]!) host.insertBefore(nodes[i]!, nodes[i + 1]!);
    }
    for (let i = pivot + 1; i < nodes.length; i++) {
      if (nodes[i - 1]!.nextSibling !== nodes[i]!) nodes[i - 1]!.after(nodes[i]!);
    }
  }

  /** Runs where layout is clean (observers, scroll), never inside an input event. */
  function measure(): void {
    const box = host.getBoundingClientRect();
    band = { top: -box.top, bottom: window.innerHeight - box.top };
    const next = gridFor(box.width);
    if (next.cardWidth !== grid.cardWidth || next.columns !== grid.columns) {
      grid = next;
      host.style.setProperty('--card-width', `${grid.cardWidth}px`);
      host.classList.add('still');
      requestAnimationFrame(() => requestAnimationFrame(() => host.classList.remove('still')));
    }
    render(false);
  }

  let scrollPending = false;
  window.addEventListener(
    'scroll',
    () => {
      if (scrollPending) return;
      scrollPending = true;
      requestAnimationFrame(() => {
        scrollPending = false;
        measure();
      });
    },
    { passive: true },
  );
  const observer = new ResizeObserver(measure);
  observer.observe(host);
  observer.observe(document.body);
  window.addEventListener('resize', measure);

  return {
    show(next) {
      const first = ranking.length === 0;
      lookAway(); // its cards stood in another order
      ranking = next;
      indexById = new Map(next.map((entry, i) => [entry.id, i]));
      if (first) return measure();
      render(true);
      clearTimeout(settleTimer);
      settleTimer = window.setTimeout(settle, SETTLE_MS);
    },
    refresh() {
      for (const [id, card] of cards) {
        const index = indexById.get(id);
        if (index !== undefined) card.update(ranking[index]!, ranking.length, marksOf(id));
      }
    },
    look() {
      lookAway();
      lookAtCards();
    },
  };
}
