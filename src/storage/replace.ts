import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Store } from '../domain/ports.js';
import type { RowStore } from './embedding-rows.js';
import type { Database } from './open.js';
import { readItemRecord, readRecord } from './records.js';

/** What stands in the place of what, by the id it has. */
export interface Replacement {
  readonly interactions: ReadonlyMap<string, Interaction>;
  readonly items: ReadonlyMap<string, ItemRecord>;
}

/** A store whose records can be put in another form, in their places. */
export interface ReplacingStore extends Store {
  /** Replaces all at once, or nothing; what is damaged and set aside goes. */
  replace(replacement: Replacement): Promise<void>;
  /** Names of all values. */
  valueNames(): Promise<string[]>;
  /** Embeddings as they lie there. */
  readonly rows: RowStore;
}

export function isReplacing(store: Store): store is ReplacingStore {
  return 'replace' in store;
}

/**
 * Puts interactions and items in another form, in one transaction; keys and order stay. An item goes once no
 * interaction names it any more; a new form that is there already, stored since, is newer and stays.
 */
export async function replaceRecords(db: Database, logId: string, { interactions, items }: Replacement): Promise<void> {
  const transaction = db.transaction(['batches', 'items', 'quarantine'], 'readwrite');
  const named = new Set<string>();
  for (let cursor = await transaction.objectStore('batches').openCursor(); cursor; cursor = await cursor.continue()) {
    const found = readRecord(cursor.value);
    if (found?.record.logId !== logId || found.damaged.length > 0) continue;
    const { record } = found;
    const changed = record.interactions.map((each) => interactions.get(each.id) ?? each);
    for (const { itemId } of changed) named.add(itemId);
    if (changed.some((each, i) => each !== record.interactions[i])) {
      await cursor.update({ ...record, interactions: changed });
    }
  }
  const store = transaction.objectStore('items');
  const has = async (id: string): Promise<boolean> => readItemRecord(await store.get(id))?.logId === logId;
  for (const [id, item] of items) {
    if (!(await has(id))) continue; // gone meanwhile
    if (!(await has(item.id))) await store.put({ ...item, logId });
    if (!named.has(id)) await store.delete(id);
  }
  await transaction.objectStore('quarantine').clear();
  await transaction.done;
}
