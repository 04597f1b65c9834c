import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Batch, Store } from '../domain/ports.js';

/** The durability lane: at once when nothing was written lately or the page may be leaving, else twice a second. */
export interface Queue {
  add(interaction: Interaction, item: ItemRecord): void;
  /** Starts writing what waits, in this task. */
  writeNow(): void;
  /** Resolves when everything added so far is stored (or, after repeated failure, was handed to `onFailure`). */
  flush(): Promise<void>;
  /** Forgets what waits, unwritten. */
  drop(): void;
  /** What was added and is not stored yet, whether or not it is on its way. */
  unsaved(): Batch;
  /** True when nothing waits and nothing is on its way. */
  isEmpty(): boolean;
  /** Another store from now on. */
  use(store: Store): void;
}

/** Half of the second after which nothing may be lost any more; the other half is for the disk. Judgement. */
const WRITE_INTERVAL_MS = 500;

/** @param isLeaving whether a timer may come too late: hidden pages run theirs once a second, later once a minute
 *  @param onStored  receives each batch once durable, and its last record's key
 *  @param onFailure receives what could not be stored, and why; it decides where it goes */
export function createQueue(
  first: Store,
  isLeaving: () => boolean,
  onStored: (key: number, interactions: readonly Interaction[]) => void,
  onFailure: (error: unknown, unsaved: readonly [Interaction, ItemRecord][]) => Promise<void>,
): Queue {
  let store = first;
  let waiting: [Interaction, ItemRecord][] = [];
  let wroteAt = -Infinity;
  let inFlight: Promise<void> = Promise.resolve();
  const onTheirWay = new Set<[Interaction, ItemRecord][]>();

  function writeNow(): void {
    if (waiting.length === 0) return;
    wroteAt = performance.now();
    const batch = waiting;
    waiting = [];
    const to = store;
    const { logId } = to;
    const interactions = batch.map(([interaction]) => interaction);
    // Every batch brings its items' texts, though they may be stored: another tab may just have forgotten them.
    const items = [...new Map(batch.map(([, item]) => [item.id, item])).values()];
    onTheirWay.add(batch);
    const write = to
      .append({ interactions, items })
      .then(
        (key) => {
          onTheirWay.delete(batch); // first: whoever is told asks what is still unsaved
          onStored(key, interactions);
        },
        (error: unknown) => {
          const erased = logId !== '' && to.logId !== logId; // meanwhile, in another tab: what belonged to it goes too
          return erased ? undefined : onFailure(error, batch);
        },
      )
      .finally(() => onTheirWay.delete(batch));
    inFlight = Promise.all([inFlight, write]).then(() => undefined);
  }

  return {
    add(interaction, item) {
      waiting.push([interaction, item]);
      if (waiting.length > 1) return; // it is seen to already
      const wait = wroteAt + WRITE_INTERVAL_MS - performance.now();
      if (wait <= 0) writeNow();
      else if (isLeaving()) queueMicrotask(writeNow);
      else setTimeout(writeNow, wait);
    },
    writeNow,
    async flush() {
      writeNow();
      await inFlight;
    },
    drop() {
      waiting = [];
    },
    unsaved() {
      const entries = [...onTheirWay, waiting].flat();
      return { interactions: entries.map(([interaction]) => interaction), items: entries.map(([, item]) => item) };
    },
    isEmpty: () => waiting.length === 0 && onTheirWay.size === 0,
    use(next) {
      store = next;
    },
  };
}
