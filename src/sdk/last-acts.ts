import { LAST } from '../core/transitions.js';
import { byTime, interactionWeight, isAction, type Interaction } from '../domain/interaction.js';
import type { ProfileRules } from '../domain/profile.js';
import type { Log } from './log.js';
import { recordsAfter } from './read-log.js';

/** What was read of a log, by log: the next call reads what came since. */
const read = new WeakMap<Log, { readonly epoch: string; last: readonly Interaction[]; key: number }>();

/** Ids of the items that the person liked last, oldest first; what is dated in the future was done last. */
export async function lastLiked(log: Log, rules: ProfileRules): Promise<readonly string[]> {
  await log.flush(); // what was done just now counts
  const epoch = await log.epoch();
  let known = read.get(log);
  if (known?.epoch !== epoch) read.set(log, (known = { epoch, last: [], key: 0 }));
  for await (const { key, interactions } of recordsAfter(log, known.key)) {
    const liked = interactions.filter((each) => isAction(each) && interactionWeight(each, rules.kinds, 1) > 0);
    known.last = [...known.last, ...liked].sort(byTime).slice(-LAST);
    known.key = Math.max(known.key, key);
  }
  return known.last.map(({ itemId }) => itemId);
}
