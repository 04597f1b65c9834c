import { placeOf } from '../../core/places.js';
import { bestOf } from '../../core/topk.js';
import { dotRow } from '../../core/vector.js';
import { isAction } from '../../domain/interaction.js';
import type { EvaluationLog } from './log.js';
import { ASKS, type Plan } from './protocol.js';
import type { Person, Ranker, ToldEvent } from './ranker.js';

/** Rows of unit length, or of zeros, in the order of a log's items. */
export interface ItemRows {
  readonly data: Float32Array;
  readonly dim: number;
}

/** What was asked and what the rankers said. */
export interface Answered {
  /** Number of the event. */
  readonly event: number;
  /** `recordWidth(k)` numbers a ranker, one after the other: see {@link readRecord}. */
  readonly records: Float64Array;
}

/** How a replay is done. */
export interface ReplayOptions {
  /** How many of the first places are noted, for coverage and diversity; default 10. */
  readonly k?: number;
  /** Of items, for diversity. */
  readonly rows?: ItemRows | undefined;
  /** How many questions were answered before: the replay learns of them, and asks on from there. Default 0. */
  readonly from?: number;
}

/** What a ranker said to one question. */
export interface AnswerRecord {
  /** The asked item's score. */
  readonly score: number;
  /** See `Place`; −1 where only the score was asked. */
  readonly above: number;
  readonly ties: number;
  /** Mean of `1 − cosine` over the pairs of the first places; NaN without two items that are known. */
  readonly diversity: number;
  /** Items in the first k places; −1 where there are fewer. */
  readonly top: Float64Array;
}

/** Numbers that one ranker's answer takes. */
export function recordWidth(k: number): number {
  return 4 + k;
}

/** The answer of the ranker with this number. */
export function readRecord(records: Float64Array, ranker: number, k: number): AnswerRecord {
  const at = ranker * recordWidth(k);
  const [score, above, ties, diversity] = records.subarray(at, at + 4) as unknown as [number, number, number, number];
  return { score, above, ties, diversity, top: records.subarray(at + 4, at + recordWidth(k)) };
}

/**
 * Goes through the log once, oldest event first: whatever is asked of an event is asked before anybody is told of it. Every
 * ranking is over all items that are offered. One answer at a time, so that the caller may tell of it, store it or stop.
 */
export function* replay(
  log: EvaluationLog,
  plan: Plan,
  rankers: readonly Ranker[],
  options: ReplayOptions = {},
): Generator<Answered> {
  for (const answered of replaySteps(log, plan, rankers, options)) if (answered !== undefined) yield answered;
}

/** {@link replay} that also yields, with nothing in hand, after every event it told of: nothing it does at once is long. */
export function* replaySteps(
  log: EvaluationLog,
  plan: Plan,
  rankers: readonly Ranker[],
  { k = 10, rows, from = 0 }: ReplayOptions = {},
): Generator<Answered | undefined, void> {
  const scores = new Float64Array(log.items.length);
  const order = Int32Array.from(scores.keys()); // of equal scores the item with the lower number comes first
  let number = 0;
  for (const question of questions(log, plan, rankers)) {
    if (question === undefined || number++ < from) {
      yield;
      continue;
    }
    const [event, person] = question;
    const records = new Float64Array(rankers.length * recordWidth(k));
    rankers.forEach((ranker, r) => {
      askOf(ranker, log, plan, event, person, scores);
      records.set(recordOf(scores, order, log.item[event]!, plan.asks[event]!, k, rows), r * recordWidth(k));
    });
    yield { event, records };
  }
}

/** The scores of all items, −Infinity for what isn't offered, as a ranker gives them for one event of the log. */
export function scoresFor(log: EvaluationLog, plan: Plan, ranker: Ranker, event: number): Float64Array {
  const scores = new Float64Array(log.items.length);
  for (const question of questions(log, plan, [ranker])) {
    if (question?.[0] !== event) continue;
    askOf(ranker, log, plan, event, question[1], scores);
    break;
  }
  return scores;
}

interface Known extends Person {
  readonly history: number[];
  readonly seen: Set<number>;
}

/** The events of which something is asked, in their order, with all before them told; undefined after each one told. */
function* questions(
  log: EvaluationLog,
  plan: Plan,
  rankers: readonly Ranker[],
): Generator<readonly [number, Person] | undefined, void> {
  const people = log.users.map((_, user): Known => ({ user, history: [], seen: new Set() }));
  const tell = (way: 'count' | 'follow', e: number): void => {
    const told = toldOf(log, e);
    for (const ranker of rankers) ranker[way]?.(told);
  };
  if (plan.isPooled) plan.counts.forEach((counted, e) => counted === 1 && tell('count', e));
  for (let e = 0; e < log.at.length; e++) {
    const person = people[log.user[e]!]!;
    if (plan.asks[e] !== 0) yield [e, person];
    if (!isAction({ kind: log.kinds[log.kind[e]!]! })) continue;
    if (!plan.isPooled && plan.counts[e] === 1) tell('count', e);
    tell('follow', e);
    person.seen.add(log.item[e]!);
    if (plan.isTarget[e] === 1) person.history.push(log.item[e]!);
    yield;
  }
}

function toldOf(log: EvaluationLog, e: number): ToldEvent {
  return {
    user: log.user[e]!,
    item: log.item[e]!,
    kind: log.kinds[log.kind[e]!]!,
    at: log.at[e]!,
    weight: log.weight[e]!,
    ...toldBesides(log, e),
  };
}

/** What was told of an event besides what it was and of what. */
function toldBesides({ dwellMs, contexts }: EvaluationLog, e: number): Pick<ToldEvent, 'dwellMs' | 'context'> {
  const [stay, context] = [dwellMs?.[e] ?? NaN, contexts?.[e]];
  return { ...(stay >= 0 && { dwellMs: stay }), ...(context !== undefined && { context }) };
}

function askOf(
  ranker: Ranker,
  log: EvaluationLog,
  plan: Plan,
  event: number,
  person: Person,
  scores: Float64Array,
): void {
  scores.fill(0);
  ranker.score(person, log.at[event]!, scores);
  for (let i = 0; i < scores.length; i++) if (plan.offered[i] === 0) scores[i] = -Infinity;
  if (plan.protocol.repeats || (plan.asks[event]! & ASKS.item) === 0) return;
  for (const item of person.seen) scores[item] = -Infinity;
}

function recordOf(
  scores: Float64Array,
  order: Int32Array,
  item: number,
  asks: number,
  k: number,
  rows: ItemRows | undefined,
): Float64Array {
  const record = new Float64Array(recordWidth(k)).fill(-1);
  record[0] = scores[item]!;
  if ((asks & ASKS.item) === 0) return record;
  const { above, ties } = placeOf(scores, item);
  const top = bestOf(scores, order, scores.length, k).filter((i) => scores[i]! > -Infinity);
  record.set([above, ties, rows === undefined ? NaN : diversityOf(top, rows)], 1);
  record.set(top, 4);
  return record;
}

/** Mean of `1 − cosine` over all pairs of items of which something is known; NaN without a pair. O(items² · dim). */
function diversityOf(items: readonly number[], { data, dim }: ItemRows): number {
  const known = items.filter((i) => data.subarray(i * dim, (i + 1) * dim).some((x) => x !== 0));
  let sum = 0;
  for (const [n, i] of known.entries()) {
    const row = data.subarray(i * dim, (i + 1) * dim);
    for (const j of known.slice(n + 1)) sum += 1 - dotRow(row, data, j * dim);
  }
  return sum / ((known.length * (known.length - 1)) / 2);
}
