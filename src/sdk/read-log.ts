import type { Interaction } from '../domain/interaction.js';
import type { StoredBatch } from '../domain/ports.js';
import type { Log } from './log.js';

/** Records read at a time, of up to 256 interactions each: a few milliseconds, with the page's other tasks between. */
const RECORDS = 8;

/** The records of a log after one, in order, a few at a time; what was done just now is among them after a `flush`. */
export async function* recordsAfter(log: Log, key: number): AsyncGenerator<StoredBatch, void, undefined> {
  for (let after = key; ;) {
    const batches = await log.read(after, RECORDS);
    yield* batches;
    if (batches.length < RECORDS) return;
    after = batches.at(-1)!.key;
  }
}

/** Everything that a log keeps at one instant, with what was done just now, in the order of its records. */
export async function readInteractions(log: Log): Promise<Interaction[]> {
  await log.flush();
  return (await log.read(0)).flatMap(({ interactions }) => interactions);
}
