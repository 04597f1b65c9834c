import type { Batch } from '../domain/ports.js';
import type { Database } from './open.js';
import { keyAt, readRecord } from './records.js';
import { recordsOf } from './schema.js';

/**
 * Appends those interactions that the log has not got after the key `onceAfter`, all in one transaction: whoever else
 * does the same with the same ones, before or after, none is stored twice. Resolves with the last key under which one
 * of them stands.
 */
export async function appendOnce(
  db: Database,
  logId: string,
  { interactions, items, onceAfter = 0 }: Batch,
): Promise<number> {
  const transaction = db.transaction(['batches', 'items'], 'readwrite');
  const batches = transaction.objectStore('batches');
  const range = IDBKeyRange.lowerBound(onceAfter, true);
  const [keys, records] = await Promise.all([batches.getAllKeys(range), batches.getAll(range)]);
  const missing = new Map(interactions.map((interaction) => [interaction.id, interaction]));
  let last = 0;
  for (const [i, key] of keys.entries()) {
    const record = readRecord(records[i])?.record;
    if (record?.logId !== logId) continue;
    for (const [at, { id }] of record.interactions.entries()) if (missing.delete(id)) last = keyAt(record, key, at);
  }
  if (missing.size > 0 || interactions.length === 0) {
    for (const part of recordsOf([...missing.values()])) last = await batches.add({ logId, interactions: part });
    for (const item of items) await transaction.objectStore('items').put({ ...item, logId });
  }
  await transaction.done;
  return last;
}
