import type { Batch } from '../domain/ports.js';
import { type Note, prefixOf, tryStorage } from './leaving.js';
import type { SealedNote } from './sealed-note.js';

/** Takes every note about a user's log away, and gives those back that were made under the log `logId`. */
export function takeLeaving(user: string, logId?: string): Note[] {
  const found: Note[] = [];
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

function parse(text: string | null): (Note & { logId?: string }) | undefined {
  try {
    const note = JSON.parse(text ?? '') as Batch & SealedNote;
    const isWhole = Array.isArray(note.boxes) || (Array.isArray(note.interactions) && Array.isArray(note.items));
    return isWhole ? note : undefined;
  } catch {
    return undefined; // half a note is none
  }
}
