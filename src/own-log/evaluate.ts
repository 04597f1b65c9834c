import { type Compute, createCompute } from '../compute/client.js';
import type { TransitionTable } from '../core/transition-table.js';
import { raceAbort } from '../encoder/abort.js';
import { AttuneError, invalid } from '../errors.js';
import { messagesOf } from '../lab/evaluation/hosted.js';
import type { LoggedItem } from '../lab/evaluation/log.js';
import {
  type Advance,
  createPersonalRun,
  LEAST_QUESTIONS,
  type PersonalAnswers,
  type PersonalLog,
  type PersonalSetup,
} from '../lab/evaluation/personal.js';
import type { TasteSettings } from '../lab/evaluation/rankers/taste.js';
import type { Evaluation } from '../lab/evaluation/summary.js';
import { checkRare } from '../sdk/check-options.js';
import { callOptions, functionOr, hasMethods, oneOf, resolveOptions } from '../sdk/options.js';
import type { AttuneOptions } from '../sdk/types.js';
import { nextTask } from '../storage/slices.js';
import { createTurns, type LogOwner, readOwnLog, TAKEN_MS } from './read-own.js';

/** How far an evaluation is, and, passed as `resume`, where it goes on. */
export interface EvaluationProgress extends PersonalAnswers {
  /** Questions answered, and of how many. */
  readonly done: number;
  readonly total: number;
}

/** What is asked of a person's log. `kinds`, half-lives, `temperature` and `weights` as `createAttune` was given them. */
export interface EvaluateOptions extends TasteSettings, Pick<AttuneOptions<never>, 'kinds'> {
  /**
   * What could be shown, in the order in which the site lists it by itself: a baseline more. Default: what the log tells of. Actions on
   * anything else are learned from and not asked about.
   */
  readonly items?: readonly LoggedItem[];
  /** Which last part of the log is asked about, between 0 and 1; default the last half, because one log is short. */
  readonly share?: number;
  /** What counts as an answer; default 'positive'. */
  readonly targets?: 'all' | 'positive';
  /** Whether what was acted on before may be the answer; default not. */
  readonly repeats?: boolean;
  /** A table of transitions that the site ships, as a baseline more; it must be older than what is asked about. */
  readonly table?: TransitionTable;
  /** Places looked at; default 10. */
  readonly k?: number;
  /** For intervals; default 1000. */
  readonly resamples?: number;
  readonly seed?: number;
  /** Makes the compute Worker (`attune/compute-worker`), or false: all of it on the page. Default: Attune's own file. */
  readonly worker?: (() => Worker) | false;
  /** What was last told of a run that was stopped: it goes on there if log and options are the same. */
  readonly resume?: EvaluationProgress;
  readonly onProgress?: (progress: EvaluationProgress) => void;
  /** Told, once at most, that no Worker does it, with `compute/unavailable` or `compute/crashed`: the page goes on, in slices. */
  readonly onWarning?: (warning: AttuneError) => void;
  readonly signal?: AbortSignal;
}

/** How well the person's own log could be foretold. */
export interface PersonalEvaluation {
  /** Null while there are fewer than `needed` questions: nothing is said then. */
  readonly evaluation: Evaluation | null;
  /** How often it was asked what the person did next. */
  readonly asked: number;
  readonly needed: number;
  readonly on: 'worker' | 'page';
}

/** A Worker that says nothing for so long counts as dead: the code it loads first may be long on its way. Judgement. */
const SILENCE_MS = 60_000;

/**
 * Replays the person's own log on their device: the rankers of docs/evaluation.md that one log can feed, and the product's own, each
 * asked what the person did next from what they had done by then. Runs in a compute Worker of its own, which ends with it, or
 * in slices on the page. Intervals are by resampling runs of questions. Nothing leaves the device, and nothing is stored.
 *
 * Rejects with AttuneError `input/invalid` for options that make no sense or a table that counts what is asked about, with `closed` as
 * the Attune does, or with `signal.reason`.
 */
export async function evaluate(attune: LogOwner, options: EvaluateOptions = {}): Promise<PersonalEvaluation> {
  const { items, worker, resume, onProgress, onWarning, signal } = checked(attune, options);
  signal?.throwIfAborted();
  const given = items ?? [];
  const log = await raceAbort(readOwnLog(attune, given, signal), signal);
  const setup = setupOf(options, items === undefined ? null : new Set(items.map(({ id }) => id)).size);
  let [run, answers] = [resume?.run ?? '', [...(resume?.answers ?? [])]];

  function told(advance: Advance): void {
    if (advance.run === '') return;
    if (advance.run !== run) [run, answers] = [advance.run, []];
    answers.push(...advance.answers);
    if (advance.answers.length > 0) onProgress?.({ done: advance.done, total: advance.total, run, answers });
  }
  const before = (): PersonalAnswers => ({ run, answers });
  const done = ({ evaluation = null, asked }: Advance, on: PersonalEvaluation['on']): PersonalEvaluation => ({
    ...{ evaluation, asked, needed: LEAST_QUESTIONS, on },
  });

  if (worker !== false && typeof Worker === 'function') {
    const compute = createCompute(worker, { silenceMs: SILENCE_MS });
    signal?.addEventListener('abort', compute.close, { once: true });
    try {
      return done(await inWorker(compute, log, setup, before, told), 'worker');
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AttuneError && !error.code.startsWith('compute/')) throw error;
      onWarning?.(onThePage(error));
    } finally {
      signal?.removeEventListener('abort', compute.close);
      compute.close();
    }
  }
  return done(await onPage(log, setup, before(), told, signal), 'page');
}

async function inWorker(
  { call }: Compute,
  log: PersonalLog,
  setup: PersonalSetup,
  before: () => PersonalAnswers,
  told: (advance: Advance) => void,
): Promise<Advance> {
  return call(async (worker) => {
    const turn = createTurns(undefined);
    for (const message of messagesOf(log, setup, before())) {
      await worker.ask((api) => api.evaluate(message));
      await turn();
    }
    for (;;) {
      const advance = (await worker.ask((api) => api.evaluate({ type: 'advance' }))) as Advance;
      told(advance);
      if (advance.evaluation !== undefined) return advance;
    }
  });
}

async function onPage(
  log: PersonalLog,
  setup: PersonalSetup,
  before: PersonalAnswers,
  told: (advance: Advance) => void,
  signal: AbortSignal | undefined,
): Promise<Advance> {
  const run = createPersonalRun(log, setup, before);
  for (;;) {
    signal?.throwIfAborted();
    const until = performance.now() + TAKEN_MS;
    const advance = run.advance(() => performance.now() >= until);
    told(advance);
    if (advance.evaluation !== undefined) return advance;
    await nextTask();
  }
}

function onThePage(cause: unknown): AttuneError {
  const isOurs = cause instanceof AttuneError;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new AttuneError(isOurs ? cause.code : 'compute/unavailable', `${why} The log is evaluated on the page.`, {
    cause,
  });
}

function setupOf(options: EvaluateOptions, offered: number | null): PersonalSetup {
  const { kinds, temperature, halfLifeMs, sessionHalfLifeMs, weights } = options;
  const { share = 0.5, targets = 'positive', repeats = false, table, k = 10, resamples = 1000, seed = 1 } = options;
  const settings = { temperature, halfLifeMs, sessionHalfLifeMs, weights };
  return {
    kindWeights: resolveOptions(kinds === undefined ? {} : { kinds }).rules.kinds,
    settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    ...{ offered, share, targets, repeats, table, k, resamples, seed },
  };
}

/** @throws AttuneError `input/invalid` naming the option, its value and what it takes */
function checked(attune: LogOwner, options: EvaluateOptions): EvaluateOptions {
  hasMethods('attune', attune, ['embed', 'profile']);
  hasMethods('attune.data', attune.data, ['export']);
  callOptions(options);
  const { items, share, targets, repeats, k, resamples, seed, worker, onProgress, onWarning } = options;
  const { kinds, temperature, halfLifeMs, sessionHalfLifeMs, weights } = options;
  const rare = { kinds, temperature, halfLifeMs, sessionHalfLifeMs };
  checkRare(Object.fromEntries(Object.entries(rare).filter(([, value]) => value !== undefined)));
  resolveOptions(weights === undefined ? {} : { weights });
  if (items !== undefined && !(Array.isArray(items) && items.every(isItem))) {
    throw invalid('items', items, 'Pass a list of { id, text }.');
  }
  if (share !== undefined && !(share > 0 && share < 1)) throw invalid('share', share, 'It lies between 0 and 1.');
  oneOf('targets', targets ?? 'positive', ['all', 'positive']);
  oneOf('repeats', repeats ?? false, [true, false]);
  for (const [name, value] of Object.entries({ k, resamples, seed })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw invalid(name, value, 'It is a whole number of 1 or more.');
  }
  if (worker !== false) functionOr('worker', worker, undefined);
  functionOr('onProgress', onProgress, undefined);
  functionOr('onWarning', onWarning, undefined);
  return options;
}

function isItem(item: unknown): boolean {
  const { id, text } = (item ?? {}) as Partial<LoggedItem>;
  return typeof id === 'string' && id !== '' && typeof text === 'string';
}
