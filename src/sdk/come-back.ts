import type { Store } from '../domain/ports.js';

/** The way back to a disk that could not be had. Loaded once memory had to stand in for it. */

/** How long after giving up the disk is first asked again, and the longest wait between two askings, ms. Judgement. */
const FIRST_MS = 4000;
const LONGEST_MS = 300_000;

/** Tries to open the disk, ever more rarely, while `isWanted` says that it should be in use; `onBack` may run again. */
export function awaitDisk(open: () => Promise<Store>, isWanted: () => boolean, onBack: (disk: Store) => void): void {
  let wait = FIRST_MS;
  const ask = async (): Promise<void> => {
    if (!isWanted()) return;
    const disk = await open().catch(() => undefined);
    if (disk !== undefined && isWanted()) onBack(disk);
    else disk?.close();
    wait = Math.min(wait * 2, LONGEST_MS);
    setTimeout(ask, wait);
  };
  setTimeout(ask, wait);
}
