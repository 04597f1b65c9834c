/** When an item counts as shown: at least half of it, or half a viewport of one that doesn't fit, in sight for a second (SPEC §1). */
const SHARE = 0.5;
const LONG_MS = 1000;

/** A share that changed by less than this part needs no new observer. Judgement: a scroll bar that comes and goes. */
const SLACK = 0.01;

/**
 * Calls `onShown` once the element was in sight for a second on end, and then looks no longer; nor after it was taken out
 * of the page. The second stands still while the page is hidden, and begins anew when the element has left.
 *
 * @returns ends the looking; nothing is called any more
 */
export function observeElement(element: Element, onShown: () => void): () => void {
  let observer: IntersectionObserver | undefined;
  let threshold = SHARE;
  let wasThere = false;
  let isInView = false;
  /** Ms in sight before the last pause, and when it went on; `performance.now()`, undefined while it stands still. */
  let seenMs = 0;
  let since: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function pause(): void {
    clearTimeout(timer);
    if (since !== undefined) seenMs += performance.now() - since;
    since = undefined;
  }

  function goOn(): void {
    if (!isInView || document.hidden || since !== undefined) return;
    since = performance.now();
    timer = setTimeout(finish, LONG_MS - seenMs);
  }

  const turn = (): void => (document.hidden ? pause() : goOn());

  function finish(): void {
    look(observer!.takeRecords()); // it may just have left, on a busy page
    if (!isInView || !element.isConnected || since === undefined) return;
    end();
    onShown();
  }

  function look(entries: readonly IntersectionObserverEntry[]): void {
    const entry = entries.at(-1);
    if (entry === undefined) return;
    if (wasThere && !element.isConnected) return end();
    wasThere ||= element.isConnected;
    const needed = shareNeeded(entry);
    if (Math.abs(needed - threshold) > SLACK * threshold) {
      threshold = needed;
      return start(); // tells at once how it stands
    }
    const { width, height } = entry.boundingClientRect;
    isInView = entry.isIntersecting && width * height > 0 && entry.intersectionRatio >= threshold;
    if (isInView) return goOn();
    pause();
    seenMs = 0;
  }

  function start(): void {
    observer?.disconnect();
    observer = new IntersectionObserver(look, { threshold });
    observer.observe(element);
  }

  function end(): void {
    observer?.disconnect();
    pause();
    document.removeEventListener('visibilitychange', turn);
  }

  document.addEventListener('visibilitychange', turn);
  start();
  return end;
}

/** Half of the largest part of the element that can be in the viewport at once, as a share of the element. */
function shareNeeded({ boundingClientRect: { width, height }, rootBounds }: IntersectionObserverEntry): number {
  const room = rootBounds ?? { width: innerWidth, height: innerHeight }; // other sites' frames are told no bounds
  const fits = Math.min(1, room.width / width) * Math.min(1, room.height / height);
  return fits > 0 ? SHARE * fits : SHARE;
}
