import type { Batch, Store } from '../domain/ports.js';
import type { SealedNote } from './sealed-note.js';
import { databaseName } from './schema.js';

/**
 * What a leaving page has on its way to disk, noted where writing takes no time. Chromium drops a transaction that
 * waits behind another when its page goes; whoever opens the log next finds the note, and what of it was lost.
 */
export type Note = Batch | SealedNote;

/** A store whose notes are sealed, or left out. */
interface Noting extends Store {
  sealNote?(batch: Batch): SealedNote | undefined;
}

/** What the keys of a user's notes begin with. */
export const prefixOf = (user: string): string => `${databaseName(user)}/leaving/`;

/** Notes what tab `tab` has not stored yet under the log's name, sealed if the store is; nothing at all takes the note away. */
export function noteLeaving(user: string, tab: string, { logId, sealNote }: Noting, unsaved: Batch): void {
  tryStorage((storage) => {
    const key = prefixOf(user) + tab;
    const note = unsaved.interactions.length > 0 && (sealNote ? sealNote(unsaved) : unsaved);
    if (note) storage.setItem(key, JSON.stringify({ logId, ...note }));
    else storage.removeItem(key);
  });
}

/** Runs a task on localStorage where there is one. */
export function tryStorage(task: (storage: Storage) => void): void {
  try {
    if (globalThis.localStorage) task(localStorage);
  } catch {
    // Refused or full: the note is a second chance, not the log.
  }
}
