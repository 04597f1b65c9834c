import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Store } from '../domain/ports.js';
import { MAX_BATCH } from '../storage/schema.js';

/** The durability lane: at once when nothing was written lately, else at most every second, and when the page hides. */
export interface Queue {
  add(interaction: Interaction, item: ItemRecord): void;
  /** Starts writing what waits, in this task. */
  writeNow(): void;
  /** Resolves when everything added so far is stored (or, after repeated failure, was handed to `onFailure`). */
  flush(): Promise<void>;
  /** Forgets what waits, unwritten. */
  drop(): void;
  /** True when nothing waits and nothing is on its way. */
  isEmpty(): boolean;
  /** Another store from now on; item records are stored with it anew. */
  use(store: Store): void;
}

const WRITE_INTERVAL_MS = 1000;

/** @param onStored  receives each batch's key once durable
 *  @param onFailure receives what could not be stored, and why; it decides where it goes */
export function createQueue(
  first: Store,
  onStored: (key: number) => void,
  onFailure: (error: unknown, unsaved: readonly [Interaction, ItemRecord][]) => Promise<void>,
): Queue {
  let store = first;
  let waiting: [Interaction, ItemRecord][] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let inFlight: Promise<void> = Promise.resolve();
  let writing = 0;
  const storedItems = new Map<string, string>();

  function writeNow(): void {
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    const to = store;
    const { logId } = to;
    const appends: Promise<unknown>[] = [];
    for (let from = 0; from < batch.length; from += MAX_BATCH) {
      const part = batch.slice(from, from + MAX_BATCH);
      const items: ItemRecord[] = [];
      for (const [, item] of part) {
        if (storedItems.get(item.id) === item.text) continue;
        storedItems.set(item.id, item.text);
        items.push(item);
      }
      const interactions = part.map(([interaction]) => interaction);
      appends.push(to.append({ interactions, items }).then(onStored));
    }
    writing++;
    const write = Promise.allSettled(appends).then(async (results) => {
      const failed = results.findIndex(({ status }) => status === 'rejected');
      const erased = logId !== '' && to.logId !== logId; // meanwhile, in another tab: what belonged to it goes too
      if (failed >= 0 && !erased) {
        const unsaved = batch.filter((_, i) => results[Math.floor(i / MAX_BATCH)]!.status === 'rejected');
        await onFailure((results[failed] as PromiseRejectedResult).reason, unsaved);
      }
      writing--;
    });
    inFlight = Promise.all([inFlight, write]).then(() => undefined);
    timer ??= setTimeout(() => {
      timer = undefined;
      writeNow();
    }, WRITE_INTERVAL_MS);
  }

  return {
    add(interaction, item) {
      waiting.push([interaction, item]);
      if (timer === undefined) writeNow();
    },
    writeNow,
    async flush() {
      writeNow();
      await inFlight;
    },
    drop() {
      waiting = [];
    },
    isEmpty: () => waiting.length === 0 && writing === 0,
    use(next) {
      store = next;
      storedItems.clear();
    },
  };
}
