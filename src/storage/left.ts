import type { Batch } from '../domain/ports.js';
import { type Note, prefixOf, tryStorage } from './leaving.js';
import type { SealedNote } from './sealed-note.js';

/** A note that a leaving page made, and the way to take it away once it is stored. */
interface Left {
  readonly note: Note;
  /** A page that came back may have made another in its place, which stays. */
  drop(): void;
}

/** The notes about a user's log that were made under the log `logId`; all others about that user are taken away. */
export function findLeft(user: string, logId?: string): Left[] {
  const found: Left[] = [];
  tryStorage((storage) => {
    for (const key of Object.keys(storage)) {
      if (!key.startsWith(prefixOf(user))) continue;
      const text = storage.getItem(key);
      const note = parse(text);
      const drop = (): void =>
        tryStorage(() => {
          if (storage.getItem(key) === text) storage.removeItem(key);
        });
      if (note !== undefined && note.logId === logId) found.push({ note, drop });
      else drop();
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
