import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Store } from '../domain/ports.js';

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
    const items: ItemRecord[] = [];
    for (const [, item] of batch) {
      if (storedItems.get(item.id) === item.text) continue;
      storedItems.set(item.id, item.text);
      items.push(item);
    }
    writing++;
    const write = to
      .append({ interactions: batch.map(([interaction]) => interaction), items })
      .then(onStored, (error: unknown) => {
        const erased = logId !== '' && to.logId !== logId; // meanwhile, in another tab: what belonged to it goes too
        return erased ? undefined : onFailure(error, batch);
      })
      .finally(() => writing--);
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
