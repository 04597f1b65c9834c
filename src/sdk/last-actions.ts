import { byTime, type Interaction, isAction } from '../domain/interaction.js';
import type { Log } from './log.js';
import { recordsAfter } from './read-log.js';

/** Reads the newest of what a person did. */
export interface LastActions {
  /** At most `count` actions, oldest first, and when the one before them was, epoch ms; what is dated in the future was done last. */
  read(
    log: Log,
    count: number,
  ): Promise<{ readonly actions: readonly Interaction[]; readonly before: number | undefined }>;
}

/** One that remembers what it read: the next call reads what came since. */
export function createLastActions(): LastActions {
  let of: Log | undefined;
  let epoch = '';
  let key = 0;
  let last: readonly Interaction[] = [];
  return {
    async read(log, count) {
      await log.flush(); // what was done just now counts
      const current = await log.epoch();
      if (of !== log || epoch !== current) [of, epoch, key, last] = [log, current, 0, []];
      for await (const record of recordsAfter(log, key)) {
        last = [...last, ...record.interactions.filter(isAction)].sort(byTime).slice(-count - 1);
        key = Math.max(key, record.key);
      }
      const actions = last.slice(-count);
      return { actions, before: last.length > count ? last[0]!.at : undefined };
    },
  };
}
