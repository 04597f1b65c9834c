import type { ListTools } from './first-order.js';

/** A list's items, put in an order whose first part is what is in sight. */
export interface Placer {
  /** Puts `wanted`, the list's items in another order, in their places: what is in or near sight at once, the rest once no more comes. */
  place(wanted: readonly HTMLElement[]): void;
  /** Leaves what is not in its place where it is. */
  stop(): void;
}

/** Up to so many items an order is put whole: some 4 ms of script, style and layout (`npm run bench:host`). */
const AT_ONCE = 100;

/** Items in one slice of the rest: each moved one costs some 30 µs of style and layout, on a phone four times that. Judgement. */
const SLICE = 50;

/** Between two slices, ms: a frame. */
const FRAME_MS = 16;

/** How long no order came until the rest follows, ms: a drag has a step each frame. Judgement. */
const PAUSE_MS = 100;

/**
 * Places orders of a long list so that a slider's step costs what is in sight and not what is in the list: items within half
 * a viewport of the screen take their places at once, all others keep theirs among themselves, and follow in slices when
 * nothing comes for a while. So what a screen reader or a search finds in the page is in order soon after.
 *
 * Where items are is measured before the first of a series of steps, when seldom anything of ours waits for layout: never in
 * between, where it would force one. Who scrolls meanwhile sees the rest a moment later.
 *
 * @param put puts the list's items, in another order, in their places
 */
export function createPlacer(
  { itemsOf, stillThere }: ListTools,
  list: Element,
  put: (items: readonly HTMLElement[]) => void,
): Placer {
  let sight: Range | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    clearTimeout(timer);
    sight = undefined;
  }

  /** The rest, away from what is in sight on both sides, a slice a task. */
  function widen(orders: readonly HTMLElement[], { from, to }: Range): void {
    const now = itemsOf(list);
    const wanted = stillThere(orders, now);
    const wider = { from: Math.max(0, from - SLICE), to: to + SLICE };
    put(within(now, wanted, wider));
    if (wider.from < 1 && wider.to >= now.length) stop();
    else timer = setTimeout(widen, FRAME_MS, wanted, wider);
  }

  return {
    place(wanted) {
      if (wanted.length <= AT_ONCE) return put(wanted);
      clearTimeout(timer);
      sight ??= sightOf(itemsOf(list));
      put(within(itemsOf(list), wanted, sight));
      timer = setTimeout(widen, PAUSE_MS, wanted, sight);
    },
    stop,
  };
}

/** Places `from` to `to`, the latter not included. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** `wanted` in the places of the range; all other items as they stand, around it. O(n). */
function within<T>(now: readonly T[], wanted: readonly T[], { from, to }: Range): T[] {
  const inside = wanted.slice(from, to);
  const isInside = new Set(inside);
  const others = now.filter((item) => !isInside.has(item));
  return [...others.slice(0, from), ...inside, ...others.slice(from)];
}

/** The places from the first item within half a viewport of the screen to the last. */
function sightOf(items: readonly HTMLElement[]): Range {
  const isNear = (item: HTMLElement): boolean => {
    const { top, bottom, left, right } = item.getBoundingClientRect();
    return near(top, bottom, innerHeight) && near(left, right, innerWidth);
  };
  const from = items.findIndex(isNear);
  return from < 0 ? { from: 0, to: 0 } : { from, to: items.findLastIndex(isNear) + 1 };
}

function near(start: number, end: number, size: number): boolean {
  return end > start && end * 2 > -size && start < size * 1.5;
}
