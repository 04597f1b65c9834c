import type { DBSchema } from 'idb';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { BatchRecord } from './records.js';

/** Version of the database's layout. A new one gets a step in `open.ts`, and a fixture of the old one in tests. */
export const SCHEMA_VERSION = 2;

/** One database a user (and one channel of the same name between its tabs), so that users never meet in one transaction and erasing one is deleting one. */
export function databaseName(user: string): string {
  return `attune/${user}`;
}

/**
 * `batches`: the log itself, by growing key. `logId` names the log a batch was written under: one written by a tab
 * that slept through an erase carries the old name and is never read.
 * `items`: each item's text, once, under its log's name likewise. `values`: the log's name as it is; settings and
 * derived values under the log's name. `quarantine`: what could not be understood, as it was found.
 *
 * Version 1 had no merged batches, no quarantine, and values without the log's name.
 */
export interface AttuneSchema extends DBSchema {
  batches: { key: number; value: BatchRecord };
  items: { key: string; value: ItemRecord & { logId: string } };
  values: { key: string; value: string | { logId: string; value: unknown } };
  quarantine: { key: number; value: Damaged };
}

/** Something found damaged: where, under which key, and what; no value where not even the browser could read it. */
export interface Damaged {
  readonly place: 'batches' | 'items' | 'values';
  readonly key: IDBValidKey;
  readonly value?: unknown;
}

/** Most interactions in one record of the log. */
export const MAX_RECORD = 256;

/** Interactions in the order given, as the records that hold them. */
export function recordsOf(interactions: readonly Interaction[]): readonly (readonly Interaction[])[] {
  if (interactions.length <= MAX_RECORD) return [interactions];
  return Array.from({ length: Math.ceil(interactions.length / MAX_RECORD) }, (_, i) =>
    interactions.slice(i * MAX_RECORD, (i + 1) * MAX_RECORD),
  );
}
