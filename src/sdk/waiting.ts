/** What the page waits for, and what it must never have to. */

/** Everything that may be needed later, so that no action of the person ever asks the network for anything. */
export function fetchParts(isSealed: boolean): Promise<unknown> {
  return Promise.all([import('./later.js'), import('./disk.js'), isSealed && import('../storage/seal-disk.js')]);
}

/** Whether the promise resolved within `ms`; its rejection counts as no. */
export function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    promise
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}
