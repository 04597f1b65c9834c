import { AttuneError } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Store } from '../domain/ports.js';
import { recordsOf } from './schema.js';

/** The log in memory: before consent, in session mode, and where the browser refuses IndexedDB. */
export function createMemoryStore(newId: () => string): Store {
  let logId = newId();
  let lastKey = 0;
  const batches = new Map<number, readonly Interaction[]>();
  const items = new Map<string, ItemRecord>();
  const values = new Map<string, unknown>();
  let closed = false;

  async function guard<T>(task: () => T): Promise<T> {
    if (closed) throw new AttuneError('closed', 'This store was closed.');
    return task();
  }

  function dropDerived(): void {
    for (const name of values.keys()) if (name.startsWith('derived/')) values.delete(name);
  }

  function removeWhere(leaves: (interaction: Interaction) => boolean): number {
    let removed = 0;
    const named = new Set<string>();
    for (const [key, interactions] of batches) {
      const kept = interactions.filter((interaction) => !leaves(interaction));
      for (const { itemId } of kept) named.add(itemId);
      removed += interactions.length - kept.length;
      if (kept.length === 0) batches.delete(key);
      else batches.set(key, kept);
    }
    if (removed > 0) {
      for (const id of items.keys()) if (!named.has(id)) items.delete(id);
      dropDerived();
      values.set('revision', newId());
    }
    return removed;
  }

  return {
    kind: 'memory',
    get logId() {
      return logId;
    },
    append: (batch) =>
      guard(() => {
        const records = batch.items.map((item) => [item.id, item] as const); // first what may fail: all or nothing
        for (const interactions of recordsOf(batch.interactions)) batches.set(++lastKey, interactions);
        for (const [id, item] of records) items.set(id, item);
        return lastKey;
      }),
    readBatches: (after, limit) =>
      guard(() =>
        [...batches]
          .filter(([key]) => key > after)
          .slice(0, limit)
          .map(([key, interactions]) => ({ key, interactions })),
      ),
    readItems: (ids) =>
      guard(() =>
        ids === undefined ? [...items.values()] : ids.map((id) => items.get(id)).filter((item) => item !== undefined),
      ),
    remove: (interactionIds) => guard(() => removeWhere(({ id }) => interactionIds.has(id))),
    removeOldest: (count) =>
      guard(() => {
        let left = count;
        const oldest = new Set<string>();
        for (const interactions of batches.values()) {
          if (left <= 0) break;
          left -= interactions.length;
          for (const { id } of interactions) oldest.add(id);
        }
        return removeWhere(({ id }) => oldest.has(id));
      }),
    compact: () => guard(() => 0), // an array costs the same however many there are
    readValue: (name) => guard(() => structuredClone(values.get(name))),
    writeValue: (name, value) => guard(() => void values.set(name, structuredClone(value))),
    dropDerived: () => guard(dropDerived),
    erase: () =>
      guard(() => {
        batches.clear();
        items.clear();
        values.clear();
        logId = newId();
      }),
    rest() {},
    close() {
      closed = true;
    },
  };
}
