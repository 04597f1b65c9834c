import { AttuneError } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import type { Store } from '../domain/ports.js';
import { expired, RETENTION, type Retention, type Upkeep, upkeepDue } from '../domain/retention.js';

/** Compaction and retention, once a day, by whichever tab opens first; loaded apart from the page's first code. */

/** How long after opening the first idle moment is looked for, ms. Judgement: out of the way of the page's start. */
const DELAY_MS = 2000;

/** Batches read at once: at most 4,096 interactions. Judgement. */
const PAGE = 16;

/**
 * Tends the log in an idle moment, unless another tab is at it. The lock is held for the length of the work only,
 * because one held longer would cost the host page its back/forward cache.
 */
export function scheduleUpkeep(
  store: Store,
  name: string,
  now: () => number,
  onRemoved: () => void,
  onFailure: (error: unknown) => void,
): void {
  const { logId } = store;
  const tend = async (): Promise<void> => {
    if (store.logId !== logId) return; // erased: tending what is no more would make a database again
    const { locks } = navigator;
    const removed =
      locks === undefined
        ? await keepUp(store, now)
        : await locks.request(`${name}/upkeep`, { ifAvailable: true }, (lock) =>
            lock && store.logId === logId ? keepUp(store, now) : 0,
          );
    if (removed > 0) onRemoved();
  };
  const start = (): void => {
    tend().catch((error: unknown) => {
      if (!(error instanceof AttuneError && error.code === 'closed')) onFailure(error);
    });
  };
  setTimeout(() => (typeof requestIdleCallback === 'function' ? requestIdleCallback(start) : start()), DELAY_MS);
}

/** Compacts, deletes what is kept no longer, and notes the day. Resolves with how many interactions went. */
export async function keepUp(store: Store, now: () => number, retention: Retention = RETENTION): Promise<number> {
  const at = now();
  const { logId } = store;
  const isErased = (): boolean => store.logId !== logId; // what is no more needs no care, and would be made again by it
  const due = upkeepDue(await store.readValue('upkeep'), at);
  if (due === 'wait' || isErased()) return 0;
  await store.compact();
  if (isErased()) return 0;
  const removed = due === 'doubt' ? 0 : await removeExpired(store, at, retention);
  if (isErased()) return 0;
  if (due !== 'doubt') await store.embeddings?.trim(at);
  if (isErased()) return removed;
  const upkeep: Upkeep = { at, doubted: due === 'doubt' };
  await store.writeValue('upkeep', upkeep);
  return removed;
}

async function removeExpired(store: Store, now: number, retention: Retention): Promise<number> {
  const all: Pick<Interaction, 'id' | 'at' | 'kind'>[] = [];
  for (let after = 0, page = await store.readBatches(0, PAGE); page.length > 0;) {
    for (const { interactions } of page) for (const { id, at, kind } of interactions) all.push({ id, at, kind });
    after = page.at(-1)!.key;
    page = await store.readBatches(after, PAGE);
  }
  const ids = expired(all, now, retention);
  return ids.size === 0 ? 0 : store.remove(ids);
}
