import type { DBSchema } from 'idb';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';

/** Version of the database's layout. A new one gets a migration in `open`, and a fixture of the old one in tests. */
export const SCHEMA_VERSION = 1;

/** One database a user (and one channel of the same name between its tabs), so that users never meet in one transaction and erasing one is deleting one. */
export function databaseName(user: string): string {
  return `attune/${user}`;
}

/**
 * `batches`: the log itself, by growing key. `logId` names the log a batch was written under: one written by a tab
 * that slept through an erase carries the old name and is never read.
 * `items`: each item's text, once, under its log's name likewise. `values`: the log's name, settings, and derived values.
 */
export interface AttuneSchema extends DBSchema {
  batches: { key: number; value: { logId: string; interactions: readonly Interaction[] } };
  items: { key: string; value: ItemRecord & { logId: string } };
  values: { key: string; value: unknown };
}

/** Most interactions in one record of the log. */
const MAX_RECORD = 256;

/** Interactions in the order given, as the records that hold them. */
export function recordsOf(interactions: readonly Interaction[]): readonly (readonly Interaction[])[] {
  if (interactions.length <= MAX_RECORD) return [interactions];
  return Array.from({ length: Math.ceil(interactions.length / MAX_RECORD) }, (_, i) =>
    interactions.slice(i * MAX_RECORD, (i + 1) * MAX_RECORD),
  );
}
