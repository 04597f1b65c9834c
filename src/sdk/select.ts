import { type Exploration } from '../domain/exploration.js';
import { askSite } from '../domain/item.js';
import { PLAIN, type Plan } from '../domain/pages.js';
import type { HiddenItem } from '../domain/ranking.js';
import { type Acts, type ExcludeSeen, isSeen, noteActs } from '../domain/seen.js';
import { invalid } from '../errors.js';
import { type ColdStart, coldStart, type ColdStartParts } from './cold-start.js';
import type { DataParts } from './data.js';
import type { Log } from './log.js';
import { objectOf, type ResolvedOptions } from './options.js';
import type { Selection } from './rank.js';
import { recordsAfter } from './read-log.js';
import type { RankOptions } from './types.js';

/** What few rank calls ask for: filters, what was seen, a least score, draws. Loaded with the first that does. */

/** A selection while its ranking is made. */
interface Selecting<T> extends Selection<T> {
  /** What the filter leaves. */
  readonly kept: readonly T[];
  /** Reads which of these (default all) were seen, if that matters: what is done from then on takes nothing from the list. */
  read(ids?: readonly string[]): Promise<void>;
  /** Ids of those. */
  seen(): ReadonlySet<string>;
  readonly prior: ColdStart | undefined;
}

/** What a selection needs from the SDK. */
export interface SelectParts<T> extends ColdStartParts, Pick<DataParts, 'now'> {
  readonly options: Pick<ResolvedOptions<T>, 'reader' | 'clock' | 'rules'>;
}

/** @throws AttuneError `input/invalid` for options that make no sense */
export function select<T>(
  items: readonly T[],
  { filter, excludeSeen, minRelevance = -Infinity, explore }: RankOptions<T>,
  parts: SelectParts<T>,
): Selecting<T> {
  const { standing, intake, now, options } = parts;
  const { reader, clock } = options;
  const prior = coldStart(parts);
  const excluded = excludeSeen === undefined ? undefined : checkSeen(excludeSeen);
  if (typeof minRelevance !== 'number' || Number.isNaN(minRelevance)) {
    throw invalid('minRelevance', minRelevance, 'It is a number in the unit of `score`.');
  }
  if (explore !== undefined) checkExploration(explore);
  const left: HiddenItem<T>[] = [];
  const kept = items.filter((item) => {
    const stays = filter === undefined || askSite('filter', () => filter(item));
    if (!stays) note(left, item, reader.id);
    return stays;
  });
  const seed = explore === undefined ? 0 : Math.floor(clock.random() * 2 ** 32);
  const plan: Plan = { ...PLAIN, minRelevance, exploration: explore, seed };
  let seen: ReadonlySet<string> = new Set();

  async function readSeen(ids: readonly string[] | undefined): Promise<void> {
    if (excluded === undefined) return;
    await intake.settled();
    const acts = await readActs(standing.log);
    seen = new Set((ids ?? [...acts.keys()]).filter((id) => isSeen(acts, id, excluded, now())));
  }

  return {
    kept,
    left,
    prior,
    read: async (ids) => void (await Promise.all([readSeen(ids), prior?.read()])),
    seen: () => seen,
    because: (id) => (seen.has(id) ? 'seen' : undefined),
    plan,
  };
}

/** What was read of a log, by log: the next call reads what came since. */
const read = new WeakMap<Log, { readonly epoch: string; readonly acts: Acts; lastKey: number }>();

async function readActs(log: Log): Promise<Acts> {
  await log.flush(); // what was done just now counts
  const epoch = await log.epoch();
  let known = read.get(log);
  if (known?.epoch !== epoch) read.set(log, (known = { epoch, acts: new Map(), lastKey: 0 }));
  for await (const { key, interactions } of recordsAfter(log, known.lastKey)) {
    noteActs(known.acts, interactions);
    known.lastKey = Math.max(known.lastKey, key);
  }
  return known.acts;
}

/** A site may filter out what has no id; it can't be named then. */
function note<T>(left: HiddenItem<T>[], item: T, idOf: (item: T) => string): void {
  try {
    const id = idOf(item);
    if (typeof id === 'string' && id !== '') left.push({ item, id, because: 'filter' });
  } catch {
    return;
  }
}

function checkSeen(given: true | ExcludeSeen): ExcludeSeen {
  if (given === true) return {};
  const { kinds, withinMs } = objectOf('excludeSeen', given);
  if (kinds !== undefined && !(Array.isArray(kinds) && kinds.every((kind) => typeof kind === 'string'))) {
    throw invalid('excludeSeen.kinds', kinds, "Pass a list such as ['purchase'].");
  }
  if (withinMs !== undefined && !(typeof withinMs === 'number' && withinMs > 0)) {
    throw invalid('excludeSeen.withinMs', withinMs, 'It is a number of milliseconds above 0.');
  }
  return given;
}

function checkExploration(given: Exploration): void {
  const { rate, slots = 1, pool = 1 } = objectOf('explore', given);
  if (!(typeof rate === 'number' && rate > 0 && rate < 1)) {
    throw invalid('explore.rate', rate, 'It is a probability, above 0 and below 1, such as 0.05.');
  }
  for (const [name, count] of Object.entries({ slots, pool })) {
    if (!Number.isInteger(count) || count < 1) throw invalid(`explore.${name}`, count, 'It is a whole number above 0.');
  }
}
