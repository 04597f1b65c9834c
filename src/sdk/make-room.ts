import { AttuneError, asAttuneError } from '../errors.js';
import type { Batch, Store } from '../domain/ports.js';
import { MODEL_CACHE } from '../encoder/lite-release.js';

/** The device is full: what can be made again goes first, then what is oldest. Loaded apart from the page's first code. */

/** Share of the interactions that goes at once, oldest first, so that the next full disk is far. Judgement. */
const SHARE = 1 / 4;

/** Where a batch that found no room ended, and how many interactions went for it. */
export interface Room {
  /** Undefined when there is none to be made: memory is left. */
  readonly key: number | undefined;
  readonly removed: number;
}

/** Tries to get the batch stored after all; each step is a warning. */
export async function makeRoom(store: Store, batch: Batch, warn: (warning: AttuneError) => void): Promise<Room> {
  const attempt = (): Promise<number | undefined> =>
    store.append(batch).catch((error: unknown) => {
      const failure = asAttuneError(error, 'storage/unavailable', 'Interactions could not be stored');
      if (failure.code === 'storage/quota') return undefined;
      throw failure;
    });
  const again = await attempt(); // another batch may have made room already
  if (again !== undefined) return { key: again, removed: 0 };

  await store.dropDerived();
  await globalThis.caches?.delete(MODEL_CACHE).catch(() => false); // where it is refused, nothing was kept in it
  warn(full('What can be made again was dropped: the cached model, kept embeddings and the stored profile.'));
  const afterCaches = await attempt();
  if (afterCaches !== undefined) return { key: afterCaches, removed: 0 };

  let count = 0;
  for (const { interactions } of await store.readBatches(0)) count += interactions.length;
  const removed = await store.removeOldest(Math.ceil(count * SHARE));
  if (removed > 0) warn(full(`The ${removed} oldest interactions were deleted.`));
  return { key: removed > 0 ? await attempt() : undefined, removed };
}

function full(what: string): AttuneError {
  return new AttuneError('storage/quota', `This device has no room left. ${what}`);
}
