import { mixSeeds, seeded } from '../../core/random.js';
import { attribute, WINDOW_MS } from '../../domain/attribution.js';
import { type Interaction, interactionWeight, isAction, type KindWeights } from '../../domain/interaction.js';
import { invalid } from '../../errors.js';

/**
 * `evaluation` replays logs of many people against rankers that know nothing of what is to come, and measures how they do. A
 * log is columns of numbers, because a hundred thousand objects would take most of its memory.
 */
export interface EvaluationLog {
  /** Ids, in their own order, which says nothing of time; columns below hold their numbers. */
  readonly users: readonly string[];
  readonly items: readonly LoggedItem[];
  readonly kinds: readonly string[];
  /** Signed weight of each kind. */
  readonly kindWeights: KindWeights;
  /** One number an event, oldest first; events of one instant in an order that chance gave, the same for one seed. */
  readonly user: Uint32Array;
  readonly item: Uint32Array;
  readonly kind: Uint16Array;
  /** Epoch ms. */
  readonly at: Float64Array;
  /** The event's own factor on its kind's weight. */
  readonly weight: Float32Array;
  /** What came of it: 1, 0, or −1 where that isn't known. Of impressions where the log has any, else of what was done. */
  readonly y: Int8Array;
  /** When that was known, epoch ms. */
  readonly knownAt: Float64Array;
}

/** An item as an encoder reads it; its text is empty where there is none. */
export interface LoggedItem {
  readonly id: string;
  readonly text: string;
}

/** One event of somebody's log. */
export interface LogRow {
  readonly user: string;
  readonly itemId: string;
  readonly kind: string;
  /** Epoch ms. */
  readonly at: number;
  /** Default 1. */
  readonly weight?: number;
}

/** How rows become a log. */
export interface LogOptions {
  readonly kindWeights: KindWeights;
  /** For the order of events of one instant; default 1. Their order in the file, or by item, could give the answer away. */
  readonly seed?: number;
  /** Least actions an item and a person have for theirs to stay, both holding at the end; default 1. */
  readonly core?: number;
}

/**
 * A log of rows in any order.
 *
 * @param texts by item id
 * @throws AttuneError `input/invalid` where nothing is left
 */
export function createLog(
  rows: readonly LogRow[],
  texts: ReadonlyMap<string, string>,
  { kindWeights, seed = 1, core = 1 }: LogOptions,
): EvaluationLog {
  const random = seeded(mixSeeds(seed, rows.length));
  const drawn = coreOf(rows, core).map((row) => ({ row, draw: random() }));
  if (drawn.length === 0) throw invalid('log', `${rows.length} rows`, `Nothing is left with core ${core}.`);
  const events = drawn.sort((a, b) => a.row.at - b.row.at || a.draw - b.draw).map(({ row }) => row);
  const users = numbered(events.map(({ user }) => user));
  const offered = core <= 1 ? [...texts.keys()] : []; // what nobody acted on is ranked too
  const items = numbered([...events.map(({ itemId }) => itemId), ...offered]);
  const kinds = numbered(events.map(({ kind }) => kind));
  const log = {
    users: [...users.keys()],
    items: Array.from(items.keys(), (id) => ({ id, text: texts.get(id) ?? '' })),
    kinds: [...kinds.keys()],
    kindWeights,
    user: Uint32Array.from(events, ({ user }) => users.get(user)!),
    item: Uint32Array.from(events, ({ itemId }) => items.get(itemId)!),
    kind: Uint16Array.from(events, ({ kind }) => kinds.get(kind)!),
    at: Float64Array.from(events, ({ at }) => at),
    weight: Float32Array.from(events, ({ weight }) => weight ?? 1),
  };
  return { ...log, ...outcomesOf(log) };
}

/** The event as the product would hold it. Its id orders it among those of its instant. */
function eventOf(log: Omit<EvaluationLog, 'y' | 'knownAt'>, e: number): Interaction {
  return {
    id: String(e).padStart(12, '0'),
    kind: log.kinds[log.kind[e]!]!,
    itemId: log.items[log.item[e]!]!.id,
    at: log.at[e]!,
    weight: log.weight[e]!,
  };
}

/** Signed weight of an event by its kind; 0 for what is only noted. */
export function weightOf(log: Omit<EvaluationLog, 'y' | 'knownAt'>, e: number): number {
  const kind = log.kinds[log.kind[e]!]!;
  return isAction({ kind })
    ? interactionWeight({ kind, weight: log.weight[e]! } as Interaction, log.kindWeights, 1)
    : 0;
}

/** Ids to numbers in the ids' own order. */
function numbered(ids: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(ids)].sort().map((id, i) => [id, i]));
}

/** Rows of items and people that have `core` actions each, found by leaving out others until all have. */
function coreOf(rows: readonly LogRow[], core: number): readonly LogRow[] {
  for (let kept = rows; ;) {
    const actions = kept.filter(isAction);
    const counts = [countOf(actions, 'itemId'), countOf(actions, 'user')] as const;
    const left = kept.filter(
      ({ itemId, user }) => core <= 1 || ((counts[0].get(itemId) ?? 0) >= core && (counts[1].get(user) ?? 0) >= core),
    );
    if (left.length === kept.length) return left;
    kept = left;
  }
}

function countOf(rows: readonly LogRow[], field: 'itemId' | 'user'): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row[field], (counts.get(row[field]) ?? 0) + 1);
  return counts;
}

/**
 * What came of impressions, person by person, as the product attributes it (SPEC §6), known when their window has closed; where
 * nothing was shown, what was done says itself whether it is positive, at once.
 */
function outcomesOf(log: Omit<EvaluationLog, 'y' | 'knownAt'>): Pick<EvaluationLog, 'y' | 'knownAt'> {
  const y = new Int8Array(log.at.length).fill(-1);
  const knownAt = log.at.slice();
  if (!log.kinds.includes('impression')) {
    for (let e = 0; e < y.length; e++) y[e] = weightOf(log, e) === 0 ? -1 : weightOf(log, e) > 0 ? 1 : 0;
    return { y, knownAt };
  }
  const byUser: number[][] = log.users.map(() => []);
  log.user.forEach((user, e) => byUser[user]!.push(e));
  for (const events of byUser) {
    const interactions = events.map((e) => eventOf(log, e));
    const { answers } = attribute([], interactions, log.at.at(-1)!, log.kindWeights, ({ id }) => Number(id));
    for (const answer of answers) {
      y[answer.shown] = answer.y;
      knownAt[answer.shown] = Math.max(answer.at, log.at[answer.shown]! + WINDOW_MS);
    }
  }
  return { y, knownAt };
}
