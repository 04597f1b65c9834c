import { mixSeeds, seeded } from '../../core/random.js';
import { finish, type Steps } from '../../core/steps.js';
import { attribute, type Trial, WINDOW_MS } from '../../domain/attribution.js';
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
  /** What came of it: 1, 0, or −1 where that isn't known. Of what was shown where the log tells, else of what was done. */
  readonly y: Int8Array;
  /** When that was known, epoch ms. */
  readonly knownAt: Float64Array;
  /** How long the person stayed, ms, NaN where that isn't known; left out where it is of none. */
  readonly dwellMs?: Float32Array;
  /** What was told of the visit, an event; left out where nothing was of any. */
  readonly contexts?: readonly Interaction['context'][];
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
  readonly dwellMs?: number;
  /** What the site said came of it, of the kind 'outcome'. */
  readonly y?: 0 | 1;
  readonly context?: Interaction['context'];
}

/** Events taken in, or attributed, between two pauses. Judgement: about a ms. */
const AT_ONCE = 1024;

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
  options: LogOptions,
): EvaluationLog {
  return finish(creatingLog(rows, texts, options));
}

/** {@link createLog} in parts. */
export function* creatingLog(
  rows: readonly LogRow[],
  texts: ReadonlyMap<string, string>,
  { kindWeights, seed = 1, core = 1 }: LogOptions,
): Steps<EvaluationLog> {
  const random = seeded(mixSeeds(seed, rows.length));
  const drawn = coreOf(rows, core).map((row) => ({ row, draw: random() }));
  if (drawn.length === 0) throw invalid('log', `${rows.length} rows`, `Nothing is left with core ${core}.`);
  const events = drawn.sort((a, b) => a.row.at - b.row.at || a.draw - b.draw).map(({ row }) => row);
  yield;
  const users = numbered(events.map(({ user }) => user));
  yield;
  const offered = core <= 1 ? [...texts.keys()] : []; // what nobody acted on is ranked too
  const items = numbered([...events.map(({ itemId }) => itemId), ...offered]);
  yield;
  const kinds = numbered(events.map(({ kind }) => kind));
  const log = {
    users: [...users.keys()],
    items: Array.from(items.keys(), (id) => ({ id, text: texts.get(id) ?? '' })),
    kinds: [...kinds.keys()],
    kindWeights,
    user: new Uint32Array(events.length),
    item: new Uint32Array(events.length),
    kind: new Uint16Array(events.length),
    at: new Float64Array(events.length),
    weight: new Float32Array(events.length),
  };
  for (const [e, { user, itemId, kind, at, weight = 1 }] of events.entries()) {
    if (e % AT_ONCE === 0) yield;
    log.user[e] = users.get(user)!;
    log.item[e] = items.get(itemId)!;
    log.kind[e] = kinds.get(kind)!;
    log.at[e] = at;
    log.weight[e] = weight;
  }
  yield;
  const contexts = events.map(({ context }) => context);
  const isTold = contexts.some((context) => context !== undefined);
  const stays = events.some(({ dwellMs }) => dwellMs !== undefined)
    ? { dwellMs: Float32Array.from(events, ({ dwellMs = NaN }) => dwellMs) }
    : {};
  return { ...log, ...stays, ...(isTold && { contexts }), ...(yield* outcomesOf(log, (e) => events[e]!.y)) };
}

/** The event as the product would hold it. Its id orders it among those of its instant. */
function eventOf(log: Omit<EvaluationLog, 'y' | 'knownAt'>, e: number, y: 0 | 1 | undefined): Interaction {
  return {
    id: String(e).padStart(12, '0'),
    kind: log.kinds[log.kind[e]!]!,
    itemId: log.items[log.item[e]!]!.id,
    at: log.at[e]!,
    weight: log.weight[e]!,
    ...(y !== undefined && { metadata: { y } }),
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
 * What came of impressions, person by person, as the product attributes it (SPEC §6), what the site said included, known when
 * their window has closed; where nothing was shown, what was done says itself whether it is positive, at once.
 */
function* outcomesOf(
  log: Omit<EvaluationLog, 'y' | 'knownAt'>,
  suppliedOf: (event: number) => 0 | 1 | undefined,
): Steps<Pick<EvaluationLog, 'y' | 'knownAt'>> {
  const y = new Int8Array(log.at.length).fill(-1);
  const knownAt = log.at.slice();
  if (!log.kinds.some((kind) => !isAction({ kind }))) {
    for (let e = 0; e < y.length; e++) y[e] = weightOf(log, e) === 0 ? -1 : weightOf(log, e) > 0 ? 1 : 0;
    return { y, knownAt };
  }
  const byUser: number[][] = log.users.map(() => []);
  log.user.forEach((user, e) => byUser[user]!.push(e));
  for (const events of byUser) {
    let open: readonly Trial<number>[] = [];
    for (let from = 0; from < events.length; from += AT_ONCE) {
      const part = events.slice(from, from + AT_ONCE);
      const interactions = part.map((e) => eventOf(log, e, suppliedOf(e)));
      const until = from + AT_ONCE < events.length ? log.at[part.at(-1)!]! : log.at.at(-1)!;
      const attributed = attribute(open, interactions, until, log.kindWeights, ({ id }) => Number(id));
      open = attributed.open;
      for (const { shown, y: answer, at } of attributed.answers) {
        y[shown] = answer;
        const isShown = log.kinds[log.kind[shown]!] === 'impression';
        if (isShown) knownAt[shown] = Math.max(at, log.at[shown]! + WINDOW_MS);
      }
      yield;
    }
  }
  return { y, knownAt };
}
