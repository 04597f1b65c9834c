import { LAST } from '../core/transitions.js';
import { byTime, interactionWeight, isAction, type Interaction } from '../domain/interaction.js';
import type { ProfileRules } from '../domain/profile.js';
import type { Log } from './log.js';
import { recordsAfter } from './read-log.js';

/** The newest wanted interactions of a log, at most `count`, oldest first; what is dated in the future was done last. */
export type NewestReader = (log: Log, count: number) => Promise<readonly Interaction[]>;

/** One that remembers what it read of the last log: the next call, for as many, reads what came since. */
export function createNewestReader(isWanted: (interaction: Interaction) => boolean): NewestReader {
  let of: Log | undefined;
  let epoch = '';
  let key = 0;
  let last: readonly Interaction[] = [];
  return async (log, count) => {
    await log.flush(); // what was done just now counts
    const current = await log.epoch();
    if (of !== log || epoch !== current) [of, epoch, key, last] = [log, current, 0, []];
    for await (const record of recordsAfter(log, key)) {
      last = [...last, ...record.interactions.filter(isWanted)].sort(byTime).slice(-count);
      key = Math.max(key, record.key);
    }
    return last;
  };
}

const readers = new WeakMap<Log, NewestReader>();

/** Ids of the items that the person liked last, oldest first. */
export async function lastLiked(log: Log, { kinds }: ProfileRules): Promise<readonly string[]> {
  let read = readers.get(log);
  if (read === undefined) {
    read = createNewestReader((each) => isAction(each) && interactionWeight(each, kinds, 1) > 0);
    readers.set(log, read);
  }
  return (await read(log, LAST)).map(({ itemId }) => itemId);
}
