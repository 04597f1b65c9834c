/** Counts what the page fetched since `start` was called. */
export interface RequestCounter {
  start(): void;
  readonly count: number;
}

/** @param onCount called with every new total */
export function createRequestCounter(onCount: (count: number) => void): RequestCounter {
  let since = Infinity;
  let count = 0;
  new PerformanceObserver((list) => {
    const added = list.getEntries().filter((entry) => entry.startTime >= since).length;
    if (added > 0) onCount((count += added));
  }).observe({ type: 'resource' });
  return {
    start() {
      if (since === Infinity) since = performance.now();
    },
    get count() {
      return count;
    },
  };
}
