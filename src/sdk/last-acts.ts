import { LAST } from '../core/transitions.js';
import { byTime, interactionWeight, isAction, type Interaction } from '../domain/interaction.js';
import type { ProfileRules } from '../domain/profile.js';
import type { Log } from './log.js';

/** What was read of a log, by log: the next call reads what came since. */
const read = new WeakMap<Log, { readonly epoch: string; last: readonly Interaction[]; key: number }>();

/** Records read at a time, of up to 256 interactions each: a few milliseconds, with the page's other tasks between. */
const RECORDS = 8;

/** Ids of the items that the person liked last, oldest first; what is dated in the future was done last. */
export async function lastLiked(log: Log, rules: ProfileRules): Promise<readonly string[]> {
  await log.flush(); // what was done just now counts
  const epoch = await log.epoch();
  let known = read.get(log);
  if (known?.epoch !== epoch) read.set(log, (known = { epoch, last: [], key: 0 }));
  for (;;) {
    const batches = await log.read(known.key, RECORDS);
    for (const { key, interactions } of batches) {
      const liked = interactions.filter((each) => isAction(each) && interactionWeight(each, rules.kinds, 1) > 0);
      known.last = [...known.last, ...liked].sort(byTime).slice(-LAST);
      known.key = Math.max(known.key, key);
    }
    if (batches.length < RECORDS) return known.last.map(({ itemId }) => itemId);
  }
}
