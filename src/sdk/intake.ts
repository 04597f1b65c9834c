import { invalid } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import { askSite, type ItemRecord } from '../domain/item.js';
import type { Learner } from './learn.js';
import type { Log } from './log.js';

/** What decides on records by their meaning. Loaded where topics are off-limits or texts may not be kept. */
export interface Guard {
  /** Whether all that a decision needs is resident. */
  isReady(record: ItemRecord): boolean;
  ensure(records: readonly ItemRecord[]): Promise<void>;
  isOut(record: ItemRecord): boolean;
  /** What may be kept of an item. */
  kept(record: ItemRecord): ItemRecord;
}

/** Where everything tracked comes in: what is off-limits stays out, and what comes while the log moves waits. */
export interface Intake<T> {
  /** Whether the item is known, in this task, to be off-limits. */
  refuses(item: T | string, record: ItemRecord): boolean;
  /** The same of records, once their texts are understood; rejects when they can't be. */
  refused(records: readonly ItemRecord[]): Promise<ReadonlySet<string>>;
  add(interaction: Interaction, record: ItemRecord): void;
  /** Nothing more of an item. */
  ignore(id: string): void;
  /** What may be kept of an item. */
  kept(record: ItemRecord): ItemRecord;
  /**
   * Runs tasks one at a time. `hold`: the log moves, and what is tracked from this call on comes in once the task
   * calls `release`, or at its end.
   */
  inTurn<R>(task: (release: () => void) => Promise<R>, hold?: boolean): Promise<R>;
  /** A list for each move of the log that is under way, of what waits for its end. */
  readonly held: readonly unknown[];
  /** Resolves when all that was tracked is in, or out. */
  settled(): Promise<void>;
  /** Resolves when what waits for its embedding is in, or out. */
  understood(): Promise<void>;
  /** Forgets what waits for its embedding. */
  drop(): void;
}

export function createIntake<T>(
  isOffLimits: ((item: T) => boolean) | undefined,
  guard: Guard | undefined,
  log: () => Log,
  learner: () => Learner,
  onFailure: (error: unknown) => void,
): Intake<T> {
  const ignored = new Set<string>();
  const held: [Interaction, ItemRecord][][] = [];
  let turns: Promise<unknown> = Promise.resolve();
  let waiting: Promise<unknown> = Promise.resolve();
  let generation = 0;

  const isOut = (record: ItemRecord): boolean => ignored.has(record.id) || guard?.isOut(record) === true;
  const kept = (record: ItemRecord): ItemRecord => guard?.kept(record) ?? record;

  function put(interaction: Interaction, record: ItemRecord): void {
    if (isOut(record)) return;
    log().add(interaction, kept(record));
    learner().learn(interaction, record);
  }

  /** With a guard nothing is written before it is understood, and what can't be stays out. */
  function enter(interaction: Interaction, record: ItemRecord): void {
    if (guard === undefined || guard.isReady(record)) return put(interaction, record);
    const started = generation;
    const work = guard.ensure([record]).then(() => started === generation && put(interaction, record), onFailure);
    waiting = Promise.all([waiting, work]);
  }

  return {
    refuses(item, record) {
      if (isOffLimits !== undefined && typeof item !== 'string') {
        const out = askSite('offLimits.items', () => isOffLimits(item));
        if (typeof out !== 'boolean')
          throw invalid('what `offLimits.items` returned', out, 'It must return a boolean.');
        if (out) return true;
      }
      return isOut(record);
    },
    async refused(records) {
      await guard?.ensure(records);
      return new Set(records.filter(isOut).map(({ id }) => id));
    },
    add(interaction, record) {
      const list = held.at(-1);
      if (list === undefined) enter(interaction, record);
      else list.push([interaction, record]);
    },
    ignore: (id) => void ignored.add(id),
    kept,
    inTurn(task, hold = false) {
      const list: [Interaction, ItemRecord][] = [];
      const release = (): void => {
        if (held[0] === list) for (const each of held.shift()!) enter(...each);
      };
      if (hold) held.push(list);
      const result = turns.then(() => task(release)).finally(release);
      turns = result.catch(() => undefined);
      return result;
    },
    held,
    async settled() {
      await turns;
      await waiting;
    },
    understood: async () => void (await waiting),
    drop: () => void generation++,
  };
}
