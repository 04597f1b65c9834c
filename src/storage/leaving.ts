import type { Batch } from '../domain/ports.js';
import { databaseName } from './schema.js';

/**
 * What a leaving page has on its way to disk, noted where writing takes no time. Chromium drops a transaction that
 * waits behind another when its page goes; whoever opens the log next finds the note, and what of it was lost.
 */
interface Note extends Batch {
  readonly logId: string;
}

const prefixOf = (user: string): string => `${databaseName(user)}/leaving/`;

/** Notes what tab `tab` has not stored yet under the log `logId`; nothing at all takes the note away. */
export function noteLeaving(user: string, tab: string, logId: string, { interactions, items }: Batch): void {
  tryStorage((storage) => {
    const key = prefixOf(user) + tab;
    if (interactions.length === 0) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify({ logId, interactions, items } satisfies Note));
  });
}

/** Takes every note about a user's log away, and gives those back that were made under the log `logId`. */
export function takeLeaving(user: string, logId?: string): Batch[] {
  const found: Batch[] = [];
  tryStorage((storage) => {
    for (const key of Object.keys(storage)) {
      if (!key.startsWith(prefixOf(user))) continue;
      const note = parse(storage.getItem(key));
      storage.removeItem(key);
      if (note !== undefined && note.logId === logId) found.push(note);
    }
  });
  return found;
}

function parse(text: string | null): Note | undefined {
  try {
    const note = JSON.parse(text ?? '') as Note;
    return Array.isArray(note.interactions) && Array.isArray(note.items) ? note : undefined;
  } catch {
    return undefined; // half a note is none
  }
}

function tryStorage(task: (storage: Storage) => void): void {
  try {
    if (globalThis.localStorage) task(localStorage);
  } catch {
    // Refused or full: the note is a second chance, not the log.
  }
}
