import { checksum } from '../../core/checksum.js';
import type { TransitionTable } from '../../core/transition-table.js';
import { isAction, type KindWeights } from '../../domain/interaction.js';
import { invalid } from '../../errors.js';
import { creatingLog, type EvaluationLog, type LogRow } from './log.js';
import { ASKS, knowsAnswers, type Plan, planning } from './protocol.js';
import type { Ranker } from './ranker.js';
import { personalRankers } from './rankers/personal.js';
import type { TasteSettings } from './rankers/taste.js';
import { type Answered, type ItemRows, replaySteps } from './replay.js';
import { runName } from './run-name.js';
import { type Evaluation, summarizing } from './summary.js';

/** One person's log and what could have been shown to them: plain data, so that it can be sent to a Worker in pieces. */
export interface PersonalLog {
  /** Of one user. */
  readonly rows: readonly LogRow[];
  /** Ids of all items, those acted on included. */
  readonly items: readonly string[];
  /** In the order of `items`. */
  readonly embeddings: ItemRows;
}

/** What is asked of it. */
export interface PersonalSetup {
  readonly kindWeights: KindWeights;
  readonly settings: TasteSettings;
  /** How many of `items`, from the first on, are offered and asked for, in the order in which they stand by themselves; null: all, in none. */
  readonly offered: number | null;
  readonly share: number;
  readonly targets: 'all' | 'positive';
  readonly repeats: boolean;
  readonly table: TransitionTable | undefined;
  readonly k: number;
  readonly resamples: number;
  readonly seed: number;
}

/** Answers of a run that was stopped. */
export interface PersonalAnswers {
  readonly run: string;
  readonly answers: readonly Answered[];
}

/** Where an evaluation stands. */
export interface Advance {
  /** What is asked, so that no answers of another run are taken for its own; '' before that is known. */
  readonly run: string;
  /** Questions answered, those about outcomes included, and of how many; 0 of 0 before that is known. */
  readonly done: number;
  readonly total: number;
  /** How many ask what the person does next. */
  readonly asked: number;
  /** Those answered since the last time. */
  readonly answers: readonly Answered[];
  /** Once it is done; null where there was too little to ask. */
  readonly evaluation?: Evaluation | null;
}

/** An evaluation done a little at a time. */
export interface PersonalRun {
  /** Goes on until it is done or `isEnough` says so, which is asked after each small part: a question, or less. */
  advance(isEnough: () => boolean): Advance;
}

/** Fewest questions that anything is said of. Judgement: by fewer, a hit rate is known to no better than ± 20 of a hundred. */
export const LEAST_QUESTIONS = 20;

/**
 * The evaluation of one person's log, begun: `last-out`, each question after all that the person did before it.
 *
 * `advance` throws AttuneError `input/invalid` for a table that counts what is asked for.
 *
 * @param before of a run that was stopped; taken up if it asked the same
 */
export function createPersonalRun(log: PersonalLog, setup: PersonalSetup, before?: PersonalAnswers): PersonalRun {
  let state = { run: '', total: 0, asked: 0 };
  let answers: Answered[] = [];
  let told = 0;
  let evaluation: Evaluation | null | undefined;

  function* steps(): Generator<undefined, Evaluation | null> {
    const opened = yield* openPersonal(log, setup);
    if (opened === null) return null;
    const { plan, rankers, rows, run } = opened;
    state = { ...state, asked: plan.targets };
    if (plan.targets < LEAST_QUESTIONS) return null;
    if (before?.run === run) answers = [...before.answers];
    told = answers.length;
    state = { ...state, run, total: plan.asks.reduce((sum, asks) => sum + Number(asks > 0), 0) };
    const { k, resamples, seed } = setup;
    for (const answered of replaySteps(opened.log, plan, rankers, { k, rows, from: answers.length })) {
      if (answered !== undefined) answers.push(answered);
      yield;
    }
    const names = rankers.map(({ name }) => name);
    return yield* summarizing(opened.log, plan, answers, { names, k, resamples, seed, resampled: 'runs' });
  }

  const work = steps();
  return {
    advance(isEnough) {
      while (evaluation === undefined) {
        const { done, value } = work.next();
        if (done === true) evaluation = value;
        else if (isEnough()) break;
      }
      const fresh = answers.slice(told);
      told = answers.length;
      return {
        ...state,
        done: told,
        answers: fresh,
        ...(evaluation !== undefined && { evaluation }),
      };
    },
  };
}

/** The same in one go. @throws AttuneError as `advance` does */
export function evaluatePersonal(log: PersonalLog, setup: PersonalSetup): Evaluation | null {
  return createPersonalRun(log, setup).advance(() => false).evaluation ?? null;
}

interface Opened {
  readonly log: EvaluationLog;
  readonly plan: Plan;
  readonly rankers: readonly Ranker[];
  readonly rows: ItemRows;
  readonly run: string;
}

/** Null of an empty log. */
function* openPersonal(given: PersonalLog, setup: PersonalSetup): Generator<undefined, Opened | null> {
  const { kindWeights, settings, share, targets, repeats, table, k, seed } = setup;
  if (given.rows.length === 0) return null;
  const log = yield* creatingLog(given.rows, new Map(given.items.map((id) => [id, ''])), { kindWeights, seed });
  yield;
  const plan = offering(yield* planning(log, { kind: 'last-out', share, targets, repeats }), log, given.items, setup);
  yield;
  if (table !== undefined && plan.targets > 0 && knowsAnswers(table, log, plan)) {
    throw invalid('table', table.until, 'It counts actions up to after what is asked for: it knows answers.');
  }
  const rows = rowsFor(log, given);
  yield;
  const order = setup.offered === null ? undefined : given.items.slice(0, setup.offered);
  const rankers = personalRankers(log, plan, { rows, settings, table, order, seed });
  const bytes = new Uint8Array(rows.data.buffer, rows.data.byteOffset, rows.data.byteLength);
  const names = rankers.map(({ name }) => name);
  const run = runName(log, plan, JSON.stringify([names, settings, k, seed, checksum(bytes), table?.until]));
  yield;
  return { log, plan, rankers, rows, run };
}

/**
 * The plan with what is offered, and no question about anything else, such as words the person searched for: those are learned
 * from. Outcomes are asked about where items were noted when they were shown: what was done says nothing of what was not.
 */
function offering(plan: Plan, log: EvaluationLog, items: readonly string[], { offered: count }: PersonalSetup): Plan {
  const shown = count === null ? undefined : new Set(items.slice(0, count));
  const offered = Uint8Array.from(log.items, ({ id }) => Number(shown?.has(id) ?? true));
  const isNoted = log.kinds.some((kind) => !isAction({ kind }));
  const asks = plan.asks.map((asked, e) => (offered[log.item[e]!] === 0 ? 0 : isNoted ? asked : asked & ASKS.item));
  return { ...plan, asks, offered, targets: asks.reduce((sum, asked) => sum + (asked & ASKS.item), 0) };
}

/** Rows in the log's order; zeros for what has none. */
function rowsFor({ items }: EvaluationLog, { items: ids, embeddings: { data, dim } }: PersonalLog): ItemRows {
  const places = new Map(ids.map((id, i) => [id, i]));
  const rows = new Float32Array(items.length * dim);
  for (const [i, { id }] of items.entries()) {
    const place = places.get(id);
    if (place !== undefined) rows.set(data.subarray(place * dim, (place + 1) * dim), i * dim);
  }
  return { data: rows, dim };
}
