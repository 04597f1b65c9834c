import { AttuneError, asAttuneError } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Store, StoredBatch } from '../domain/ports.js';
import { createMemoryStore } from '../storage/memory.js';
import { databaseName } from '../storage/schema.js';
import { openTabs, type Tabs } from '../storage/tabs.js';
import { createQueue } from './queue.js';

/** What the log tells the SDK. */
export interface LogEvents {
  /** Another tab appended, or this one slept and may have missed something. */
  readonly onForeign: () => void;
  /** Another tab forgot something or changed a setting: read everything again. */
  readonly onChanged: () => void;
  /** The log was erased elsewhere: what this tab knows is void. */
  readonly onLost: () => void;
  readonly onWarning: (warning: AttuneError) => void;
  /** Epoch ms. */
  readonly now: () => number;
}

/** The log of one user: where it lies, what waits to be written, and the other tabs. */
export interface Log {
  readonly kind: Store['kind'];
  readonly isSettled: boolean;
  add(interaction: Interaction, item: ItemRecord): void;
  flush(): Promise<void>;
  read(after: number): Promise<StoredBatch[]>;
  items(ids?: readonly string[]): Promise<ItemRecord[]>;
  remove(ids: ReadonlySet<string>): Promise<number>;
  /** Appends whole batches, as an import does; rejects when they could not be stored. */
  append(interactions: readonly Interaction[], items: readonly ItemRecord[]): Promise<void>;
  value(name: string): Promise<unknown>;
  setValue(name: string, value: unknown): Promise<void>;
  /** Moves to disk or to memory. `carry` copies what was here into what comes. */
  moveTo(where: 'disk' | 'memory', carry: boolean): Promise<void>;
  erase(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the log. Disk that can't be had becomes memory, with a warning; the page never sees a rejection for it.
 *
 * @param given a store that replaces both
 */
export async function openLog(
  user: string,
  where: 'disk' | 'memory',
  given: Store | undefined,
  newId: () => string,
  events: LogEvents,
): Promise<Log> {
  let store = given ?? (await openWhere(where));
  let tabs: Tabs | undefined;
  const queue = createQueue(
    store,
    (key) => tabs?.tell({ type: 'appended', key }),
    async (error, unsaved) => {
      if (error instanceof AttuneError && error.code === 'closed') return;
      events.onWarning(asAttuneError(error, 'storage/unavailable', 'Interactions could not be stored'));
      await keepInMemory(unsaved);
    },
  );
  connectTabs();

  async function openWhere(place: 'disk' | 'memory'): Promise<Store> {
    if (place === 'memory') return createMemoryStore(newId);
    try {
      const { openDisk } = await import('./disk.js');
      return await openDisk(user, newId, { ...events, onRemoved });
    } catch (error) {
      events.onWarning(asAttuneError(error, 'storage/unavailable', 'Storage is not to be had'));
      return createMemoryStore(newId);
    }
  }

  /** Less is stored than was: this tab and the others read again. */
  function onRemoved(): void {
    queue.use(store);
    tabs?.tell({ type: 'changed' });
    events.onChanged();
  }

  function connectTabs(): void {
    tabs?.close();
    tabs =
      store.kind === 'memory'
        ? undefined
        : openTabs(
            databaseName(user),
            (note) => {
              if (note.type === 'appended') events.onForeign();
              else if (note.type === 'changed') events.onChanged();
              else if (note.type === 'erased') {
                queue.drop();
                events.onLost();
                store.readValue('logId').catch(() => undefined); // finds the new log before the next action needs it
              }
            },
            () => events.onForeign(),
          );
  }

  function use(next: Store): void {
    store.close();
    store = next;
    queue.use(next);
    connectTabs();
  }

  /** The disk gave up: what it still gives, and what it refused, live on in memory. */
  async function keepInMemory(unsaved: readonly [Interaction, ItemRecord][]): Promise<void> {
    const memory = store.kind === 'memory' ? store : createMemoryStore(newId);
    if (memory !== store) {
      await copy(store, memory).catch(() => 0);
      use(memory);
    }
    await memory.append({
      interactions: unsaved.map(([interaction]) => interaction),
      items: unsaved.map(([, item]) => item),
    });
  }

  return {
    get kind() {
      return store.kind;
    },
    get isSettled() {
      return queue.isEmpty();
    },
    add: queue.add,
    flush: queue.flush,
    read: (after) => store.readBatches(after),
    items: (ids) => store.readItems(ids),
    async remove(ids) {
      await queue.flush();
      const removed = await store.remove(ids);
      if (removed > 0) {
        queue.use(store);
        tabs?.tell({ type: 'changed' });
      }
      return removed;
    },
    async append(interactions, items) {
      const key = await store.append({ interactions, items, refusable: true });
      tabs?.tell({ type: 'appended', key });
    },
    value: (name) => store.readValue(name),
    async setValue(name, value) {
      await store.writeValue(name, value);
      if (!name.startsWith('derived/')) tabs?.tell({ type: 'changed' });
    },
    async moveTo(place, carry) {
      if (!carry) queue.drop();
      const next = await openWhere(place);
      if (carry) await queue.flush(); // else nothing waits, and the old place is left at once
      const from = store;
      queue.use(next); // what happens while the rest is copied is in its new place already
      if (carry) {
        await copy(from, next).catch((error: unknown) => {
          queue.use(from);
          next.close();
          throw error;
        });
      }
      use(next);
    },
    async erase() {
      queue.drop();
      await queue.flush();
      await store.erase();
      queue.use(store);
      if (store.kind === 'memory' && given === undefined) {
        const { eraseDisk } = await import('./erase-disk.js'); // what earlier visits kept goes too
        await eraseDisk(user, newId);
      }
      tabs?.tell({ type: 'erased' });
    },
    async close() {
      await queue.flush();
      tabs?.close();
      store.close();
    },
  };
}

/** Copies batches, items and settings; derived values are made again where they are needed. */
async function copy(from: Store, to: Store): Promise<void> {
  const [batches, items, sliders] = await Promise.all([
    from.readBatches(0),
    from.readItems(),
    from.readValue('sliders'),
  ]);
  for (const [i, { interactions }] of batches.entries()) {
    await to.append({ interactions, items: i === 0 ? items : [] });
  }
  if (sliders !== undefined) await to.writeValue('sliders', sliders);
}
