import { openDatabase } from '../storage/open.js';
import { databaseName } from '../storage/schema.js';

/** The way back to a disk that could not be had. Loaded once memory had to stand in for it. */

/** How long after giving up the disk is first asked again, and the longest wait between two askings, ms. Judgement. */
const FIRST_MS = 4000;
const LONGEST_MS = 300_000;

/** Asks whether the disk can be had, ever more rarely, while `isWanted` says that it should be. `onBack` may run again. */
export function awaitDisk(user: string, isWanted: () => boolean, onBack: () => void): void {
  let wait = FIRST_MS;
  const ask = async (): Promise<void> => {
    if (!isWanted()) return;
    const database = await openDatabase(databaseName(user), () => undefined).catch(() => undefined);
    database?.close();
    if (!isWanted()) return;
    if (database !== undefined) onBack();
    wait = Math.min(wait * 2, LONGEST_MS);
    setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
}
