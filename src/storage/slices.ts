/** Things sealed or opened at once: a few milliseconds of the page's thread. Measured over 20,000; see docs/decisions.md. */
const SLICE = 64;

/** The task over all, in order, a slice at a time, so that no long list keeps the page from answering. */
export async function inSlices<T, R>(list: readonly T[], task: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < list.length; from += SLICE) {
    if (from > 0) await nextTask(); // Chromium's WebCrypto may answer many calls in one task
    results.push(...(await Promise.all(list.slice(from, from + SLICE).map(task))));
  }
  return results;
}

/** Lets the page's other tasks run; unlike a timer's, its turn comes soon in a hidden page too. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
