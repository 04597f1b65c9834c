import { EXPOSURE } from '../domain/experiment.js';
import type { Interaction } from '../domain/interaction.js';
import type { StoredBatch } from '../domain/ports.js';
import type { Log } from './log.js';

/** Records read at a time, of up to 256 interactions each: a few milliseconds, with the page's other tasks between. */
const RECORDS = 8;
/** The same where each is worked on at once. Judgement. */
const BETWEEN_BREATHS = 4;

/** The records of a log after one, in order, a few at a time; what was done just now is among them after a `flush`. */
export async function* recordsAfter(
  log: Log,
  key: number,
  count: number = RECORDS,
): AsyncGenerator<StoredBatch, void, undefined> {
  for (let after = key; ;) {
    const batches = await log.read(after, count);
    yield* batches;
    if (batches.length < count) return;
    after = batches.at(-1)!.key;
  }
}

/**
 * Everything after a record but what was noted of experiments, and the last record's key.
 *
 * @param breathe lets the page do what it has to
 */
export async function eventsAfter(
  log: Log,
  key: number,
  breathe: () => Promise<void>,
): Promise<{ readonly lastKey: number; readonly events: Interaction[] }> {
  let lastKey = key;
  const events: Interaction[] = [];
  for await (const record of recordsAfter(log, key, BETWEEN_BREATHS)) {
    events.push(...record.interactions.filter(({ kind }) => kind !== EXPOSURE));
    lastKey = record.key;
    await breathe();
  }
  return { lastKey, events };
}

/** Everything that a log keeps at one instant, with what was done just now, in the order of its records. */
export async function readInteractions(log: Log): Promise<Interaction[]> {
  await log.flush();
  return (await log.read(0)).flatMap(({ interactions }) => interactions);
}
