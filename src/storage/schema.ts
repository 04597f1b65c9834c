import type { DBSchema } from 'idb';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { BatchRecord } from './records.js';

/** Version of the database's layout. A new one gets a step in `open.ts`, and a fixture of the old one in tests. */
export const SCHEMA_VERSION = 3;

/** One database a user (and one channel of the same name between the tabs of its log), so that users never meet in one transaction and erasing one is deleting one. */
export function databaseName(user: string): string {
  return `attune/${user}`;
}

/**
 * `batches`: the log itself, by growing key. `logId` names the log a batch was written under: one written by a tab
 * that slept through an erase carries the old name and is never read.
 * `items`: each item's text, once, under its log's name likewise. `values`: the log's name as it is; settings and
 * derived values under the log's name. `quarantine`: what could not be understood, as it was found. `embeddings`: rows
 * that need not be encoded again.
 *
 * Version 1 had no merged batches, no quarantine, and values without the log's name; version 2 no embeddings.
 */
export interface AttuneSchema extends DBSchema {
  batches: { key: number; value: BatchRecord };
  items: { key: string; value: ItemRecord & { logId: string } };
  values: { key: string; value: string | { logId: string; value: unknown } };
  quarantine: { key: number; value: Damaged };
  embeddings: { key: RowKey; value: RowRecord; indexes: { mark: string; usedOn: number } };
}

/** Whether a row lies as it is (0) or in a box (1); the log it belongs to; what made it; the hash of role and text. */
export type RowKey = [form: RowForm, logId: string, modelVersion: string, hash: string];
export type RowForm = 0 | 1;

/** An embedding on disk. */
export interface RowRecord {
  readonly row: Float32Array | Uint8Array;
  /** By which the row is found when its text is forgotten, in the transaction that forgets it. */
  readonly mark: string;
  /** Days since the epoch. */
  readonly usedOn: number;
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
