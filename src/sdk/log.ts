import { AttuneError, asAttuneError } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { EmbeddingCache, Encrypt, Store, StoredBatch } from '../domain/ports.js';
import { createMemoryStore } from '../storage/memory.js';
import { noteLeaving } from '../storage/leaving.js';
import { databaseName, recordsOf } from '../storage/schema.js';
import type { Tabs } from '../storage/tabs.js';
import { createQueue } from './queue.js';

/** What the log tells the SDK. */
export interface LogEvents {
  /** What this tab tracked is stored, in records whose keys end with `last` and have no other between them. */
  readonly onStored: (first: number, last: number, interactions: readonly Interaction[]) => void;
  /** Another tab appended; `key` is its newest record's, or infinite when it can't be known. */
  readonly onForeign: (key: number) => void;
  /** The page is hidden or may be about to go: what is to be kept starts its way to disk in this task. */
  readonly onHide: () => void;
  /** This tab slept, or was out of sight, and may have missed something. */
  readonly onWake: () => void;
  /** Another tab forgot something or changed a setting: read everything again. */
  readonly onChanged: () => void;
  /** The log was erased elsewhere: what this tab knows is void. */
  readonly onLost: () => void;
  /** The disk, for which memory stands in, can be had again. May be told repeatedly. */
  readonly onDisk: () => void;
  readonly onWarning: (warning: AttuneError) => void;
  /** Epoch ms. */
  readonly now: () => number;
}

/** The log of one user: where it lies, what waits to be written, and the other tabs. */
export interface Log {
  readonly kind: Store['kind'];
  readonly isSettled: boolean;
  /** Embeddings kept beside the log, where they can be. */
  readonly embeddings: EmbeddingCache | undefined;
  add(interaction: Interaction, item: ItemRecord): void;
  flush(): Promise<void>;
  /** At most `limit` batches. */
  read(after: number, limit?: number): Promise<StoredBatch[]>;
  items(ids?: readonly string[]): Promise<ItemRecord[]>;
  remove(ids: ReadonlySet<string>): Promise<number>;
  /** Appends whole batches, as an import does; rejects when they could not be stored. */
  append(interactions: readonly Interaction[], items: readonly ItemRecord[]): Promise<void>;
  /** Names the state of what was stored before: another name after anything was taken away. */
  epoch(): Promise<string>;
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
  encrypt: Encrypt,
  newId: () => string,
  events: LogEvents,
): Promise<Log> {
  let disk: typeof import('./disk.js') | undefined;
  const fetchDisk = async (): Promise<typeof import('./disk.js')> => (disk ??= await import('./disk.js'));
  let wanted = where;
  let had: ReadonlySet<string> | undefined;
  let returned: Store | undefined;
  let store = given ?? (await openWhere(where));
  if (store.kind !== 'memory') await fetchDisk();
  let tabs: Tabs | undefined;
  const tabId = newId();
  let hasNote = false;
  const queue = createQueue(
    store,
    () => tabs?.isLeaving === true,
    (key, interactions) => {
      if (hasNote) takeNoteBack();
      events.onStored(key - recordsOf(interactions).length + 1, key, interactions);
      tabs?.tell({ type: 'appended', key });
    },
    async (error, unsaved) => {
      if (error instanceof AttuneError && error.code === 'closed') return;
      const failure = asAttuneError(error, 'storage/unavailable', 'Interactions could not be stored');
      events.onWarning(failure);
      await keepInMemory(unsaved);
      if (failure.code === 'storage/unavailable') lookForDisk();
    },
  );
  connectTabs();

  async function openWhere(place: 'disk' | 'memory'): Promise<Store> {
    if (place === 'memory') return createMemoryStore(newId);
    const back = returned;
    returned = undefined;
    try {
      return back ?? (await openOnDisk());
    } catch (error) {
      events.onWarning(asAttuneError(error, 'storage/unavailable', 'Storage is not to be had'));
      lookForDisk();
      return createMemoryStore(newId);
    }
  }

  async function openOnDisk(): Promise<Store> {
    return (await fetchDisk()).openDisk(user, newId, encrypt, { ...events, onRemoved });
  }

  /** Memory stands in only for as long as it must. */
  function lookForDisk(): void {
    const isWanted = (): boolean => wanted === 'disk' && store.kind === 'memory' && given === undefined;
    const onBack = (found: Store): void => {
      returned?.close();
      returned = found;
      events.onDisk();
    };
    import('./come-back.js').then(
      ({ awaitDisk }) => awaitDisk(openOnDisk, isWanted, onBack),
      () => undefined,
    );
  }

  /** Less is stored than was: this tab and the others read again. */
  function onRemoved(): void {
    tabs?.tell({ type: 'changed' });
    events.onChanged();
  }

  function connectTabs(): void {
    tabs?.close();
    tabs = undefined;
    if (store.kind === 'memory') return;
    tabs = disk?.joinLog(databaseName(user), {
      onNote(note) {
        if (note.type === 'appended') return events.onForeign(note.key);
        if (note.type === 'changed') return events.onChanged();
        if (note.type !== 'erased') return; // the person's will is heard elsewhere
        queue.drop();
        events.onLost();
        events.onForeign(Infinity); // finds the new log before the next action needs it, and what is in it
      },
      onHide() {
        events.onHide();
        if (queue.isEmpty()) return;
        queue.writeNow();
        noteLeaving(user, tabId, store, queue.unsaved());
        hasNote = true;
        tabs?.tell({ type: 'appended', key: Infinity }); // the key may come when nobody is here to tell it
      },
      onSleep: () => store.rest(),
      onWake: events.onWake,
    });
  }

  /** What is stored needs no second chance. */
  function takeNoteBack(): void {
    const left = queue.unsaved();
    noteLeaving(user, tabId, store, left);
    hasNote = left.interactions.length > 0;
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
      had = await import('./move.js').then(({ copyLog }) => copyLog(store, memory)).catch(() => undefined);
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
    get embeddings() {
      return store.embeddings;
    },
    add: queue.add,
    flush: queue.flush,
    read: (after, limit) => store.readBatches(after, limit),
    items: (ids) => store.readItems(ids),
    async remove(ids) {
      await queue.flush();
      const removed = await store.remove(ids);
      if (removed > 0) tabs?.tell({ type: 'changed' });
      return removed;
    },
    async append(interactions, items) {
      const key = await store.append({ interactions, items, refusable: true });
      tabs?.tell({ type: 'appended', key });
    },
    async epoch() {
      const revision = await store.readValue('revision'); // first: a connection that was lost finds its log's name
      return `${store.logId}/${revision}`;
    },
    value: (name) => store.readValue(name),
    async setValue(name, value) {
      await store.writeValue(name, value);
      if (!name.startsWith('derived/')) tabs?.tell({ type: 'changed' });
    },
    async moveTo(place, carry) {
      if (!carry) queue.drop();
      wanted = place;
      const next = await openWhere(place);
      if (carry) await queue.flush(); // else nothing waits, and the old place is left at once
      const from = store;
      queue.use(next); // what happens while the rest is copied is in its new place already
      if (carry) {
        const { copyLog } = await import('./move.js');
        await copyLog(from, next, had).catch((error: unknown) => {
          queue.use(from);
          next.close();
          throw error;
        });
      }
      had = undefined;
      use(next);
      if (carry) tabs?.tell({ type: 'changed' });
    },
    async erase() {
      queue.drop();
      await queue.flush();
      await store.erase();
      if (store.kind === 'memory' && given === undefined) {
        const { eraseDisk } = await import('./erase-disk.js'); // what earlier visits kept goes too
        await eraseDisk(user, newId);
      }
      tabs?.tell({ type: 'erased' });
    },
    async close() {
      wanted = 'memory';
      returned?.close();
      await queue.flush();
      tabs?.close();
      store.close();
    },
  };
}
