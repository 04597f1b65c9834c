const SLEPT = Symbol('slept');

/**
 * Runs `task`, and once more from its beginning whenever the page slept through it: frozen, or kept in the back/forward
 * cache. `onSleep` is called in the last task before that, and ends what the task had under way: a page that is kept
 * with a Worker at work may lose its place in that cache, or come back to a Worker that never answers (Chromium).
 */
export async function againAfterSleep<T>(task: () => Promise<T>, onSleep: () => void): Promise<T> {
  if (typeof document === 'undefined') return task();
  for (;;) {
    let wake = (): void => undefined;
    const awake = new Promise<void>((resolve) => (wake = resolve));
    let sleep = (): void => undefined;
    const slept = new Promise<typeof SLEPT>((resolve) => {
      sleep = () => {
        onSleep();
        resolve(SLEPT);
      };
    });
    const listeners: readonly (readonly [EventTarget, string, () => void])[] = [
      [globalThis, 'pagehide', sleep],
      [document, 'freeze', sleep],
      [globalThis, 'pageshow', wake],
      [document, 'resume', wake],
    ];
    for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
    try {
      const result = await Promise.race([task(), slept]);
      if (result !== SLEPT) return result;
      await awake;
    } finally {
      // One by one: an abort makes an exception with its stack, 0.2 ms for each text.
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
    }
  }
}
