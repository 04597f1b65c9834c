import type { Attune, AttuneOptions } from 'attune';
import { openSongs, type Song } from './one-hot.js';

const opened: Attune<Song>[] = [];

/** An Attune of songs in memory, to be closed with the others after the test. */
export async function open(options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  const attune = await openSongs(options);
  opened.push(attune);
  return attune;
}

/** Closes all that were opened. */
export async function closeSongs(): Promise<void> {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
}
