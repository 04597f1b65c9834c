/** Counts what the page fetched since `start` was called. */
export interface RequestCounter {
  start(): void;
  readonly count: number;
}

/**
 * @param onCount called with every new total
 * @param onStart called with the moment from which on requests count
 */
export function createRequestCounter(onCount: (count: number) => void, onStart: (at: Date) => void): RequestCounter {
  let since = Infinity;
  let count = 0;
  new PerformanceObserver((list) => {
    const added = list.getEntries().filter((entry) => entry.startTime >= since).length;
    if (added > 0) onCount((count += added));
  }).observe({ type: 'resource' });
  return {
    start() {
      if (since !== Infinity) return;
      since = performance.now();
      onStart(new Date());
    },
    get count() {
      return count;
    },
  };
}
