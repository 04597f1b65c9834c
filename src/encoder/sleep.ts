const SLEPT = Symbol('slept');

/**
 * Runs `task`, and once more from its beginning whenever the page slept through it: frozen, or kept in the back/forward
 * cache. `onSleep` is called in the last task before that, and ends what the task had under way: a page that is kept
 * with a Worker at work may lose its place in that cache, or come back to a Worker that never answers (Chromium).
 */
export async function againAfterSleep<T>(task: () => Promise<T>, onSleep: () => void): Promise<T> {
  if (typeof document === 'undefined') return task();
  for (;;) {
    const listening = new AbortController();
    const { signal } = listening;
    let wake = (): void => undefined;
    const awake = new Promise<void>((resolve) => (wake = resolve));
    const slept = new Promise<typeof SLEPT>((resolve) => {
      const sleep = (): void => {
        onSleep();
        resolve(SLEPT);
      };
      addEventListener('pagehide', sleep, { signal });
      document.addEventListener('freeze', sleep, { signal });
      addEventListener('pageshow', wake, { signal });
      document.addEventListener('resume', wake, { signal });
    });
    try {
      const result = await Promise.race([task(), slept]);
      if (result !== SLEPT) return result;
      await awake;
    } finally {
      listening.abort();
    }
  }
}
