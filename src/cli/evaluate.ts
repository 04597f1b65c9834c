import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTransitionTable, type TransitionTable } from '../core/transition-table.js';
import { invalid } from '../errors.js';
import type { EvaluationLog } from '../lab/evaluation/log.js';
import { ASKS, type Plan } from '../lab/evaluation/protocol.js';
import type { Ranker } from '../lab/evaluation/ranker.js';
import { driftRanker } from '../lab/evaluation/rankers/drift.js';
import { interestsRanker } from '../lab/evaluation/rankers/interests.js';
import { standardRankers } from '../lab/evaluation/rankers/standard.js';
import { type Answered, recordWidth, replay } from '../lab/evaluation/replay.js';
import { reportHtml } from '../lab/evaluation/report-html.js';
import { reportText } from '../lab/evaluation/report-text.js';
import { runName } from '../lab/evaluation/run-name.js';
import { summarize } from '../lab/evaluation/summary.js';
import { openAnswers } from './answers-file.js';
import { openCold } from './open-cold.js';
import { foundationRanker, openFoundation, promotedRanker } from './foundation-ranker.js';
import { foundationVerdict, type FoundationVerdict, latencyOf, RANKED, verdictText } from './foundation-verdict.js';
import { LOG_HELP, type LogArguments, openLog, readLogArguments } from './log-options.js';
import { askedOf, PROTOCOL_HELP, PROTOCOL_OPTIONS } from './protocol-options.js';
import { encodeItems } from './encode-items.js';
import { writeWhole } from './write-whole.js';

export const EVAL_HELP = `attune eval LOG [-o FOLDER] [options]

Replays a log of many people and measures how well each ranker foretells what they do next, over all items.
LOG is an export, an action log, a CSV of interactions, MovieLens' folder, or a folder of such files.

  -o, --out FOLDER       report.html, report.json; a run that was stopped goes on where it was
${PROTOCOL_HELP}  --validation           asks for the last part of what comes before that: to choose by
  --interests            rankings by several interests too, as a ranker more
  --drift                rankings that heed a change of taste too, as a ranker more
  --table FILE           a table of attune transitions, as a ranker more; it must be older than all targets
  --foundation FILE      a sequence model of training/foundation, the same; alone and as a term, with a verdict on promoting it
  --factor N             of that term, as on the page (default 1)
  --stated FILE          what people say they like, as rankers more: CSV of user and text, a row a text
  --newcomers FILE       a file of attune priors, the same; it must be older than all targets
  --model lite|FILE      the encoder (default lite); none: no ranking by meaning
  -k N                   places looked at (default 10)
  --resamples N          for intervals (default 1000)
  --only NAME,NAME       these rankers alone, which is sooner done
  --against NAME         whom the others are compared with (default: the last one)
${LOG_HELP}  --help                 this

Exit status: 0 done; 1 done, some rows left out; 2 nothing was made; 130 stopped.
`;

/** Questions between two writings, and between two looks at whether to stop. Judgement: less than a second's work. */
const AT_ONCE = 64;
/** Questions between two lines of progress. */
const TOLD_EVERY = 1024;

/** Whoever reads: lines for people, and the report itself. */
export interface EvalOutput {
  readonly say: (text: string) => void;
  readonly print: (text: string) => void;
  /** Stops the run after the question at hand. */
  readonly signal?: AbortSignal;
}

/**
 * `attune eval`: resolves with the exit status.
 *
 * Rejects with AttuneError `input/invalid` for arguments or logs that make no sense, with `model/corrupt` or
 * `encoder/unavailable` where the model can't be had, and with what the file system says.
 */
export async function evaluateLog(given: readonly string[], { say, print, signal }: EvalOutput): Promise<number> {
  const options = readLogArguments(given, 'eval', OPTIONS, ['repeats', 'interests', 'drift', 'validation']);
  const { input, seed } = options;
  const [out, table, model] = [options.text('out'), options.text('table'), options.text('model') ?? 'lite'];
  const [k, resamples] = [options.whole('places', 10), options.whole('resamples', 1000)];
  const { log: whole, left } = openLog(options, say);
  const { log, plan } = askedOf(options, whole);
  const rows = await rowsOf(log, model);
  const cold = await openCold(options, log, plan, rows);
  const successors = table === undefined ? undefined : openTable(table, log, plan);
  const all = standardRankers(log, plan, { rows, table: successors, cold: cold?.sources, seed });
  if (rows !== undefined) {
    const taste = { rows, kindWeights: log.kindWeights, offered: plan.offered };
    if (options.isGiven('interests')) all.splice(-1, 0, interestsRanker(taste));
    if (options.isGiven('drift')) all.splice(-1, 0, driftRanker(taste));
  }
  const sequence = options.text('foundation');
  const foundation = sequence === undefined ? undefined : openFoundation(sequence, log, plan, rows);
  const factor = factorOf(options);
  if (foundation && rows) {
    const alone = foundationRanker(foundation.model, log, rows);
    all.splice(-1, 0, alone, promotedRanker(all.at(-1)!, alone, factor));
  }
  const rankers = onlyOf(options, all);
  const names = rankers.map(({ name }) => name);
  const against = againstOf(options, names);
  if (out !== undefined) mkdirSync(out, { recursive: true });
  const run = runName(
    log,
    plan,
    JSON.stringify([names, k, model, seed, cold?.name, foundation?.name, foundation && factor]),
  );
  const file = out && openAnswers(join(out, 'answers.part'), run, rankers.length * recordWidth(k));
  const answers: Answered[] = file ? [...file.answers] : [];
  const total = plan.asks.reduce((sum, asks) => sum + Number(asks > 0), 0);
  if (answers.length > 0) say(`goes on after ${answers.length} of ${total} questions\n`);
  let told = answers.length;
  for (const slice of slicesOf(replay(log, plan, rankers, { k, rows, from: answers.length }))) {
    answers.push(...slice);
    if (file) file.write(slice);
    if (answers.length - told >= TOLD_EVERY || answers.length === total) {
      say(`${answers.length} of ${total} questions\n`);
      told = answers.length;
    }
    await new Promise(setImmediate); // a signal is heard between two tasks only
    if (signal?.aborted !== true || answers.length === total) continue;
    say(`stopped after ${answers.length} of ${total}${file ? '; the same command goes on from here' : ''}\n`);
    return 130;
  }
  const evaluation = summarize(log, plan, answers, { names, k, resamples, seed, against });
  print(reportText(evaluation));
  let promotion: FoundationVerdict | undefined;
  if (foundation && rows && [RANKED.with, RANKED.without].every((name) => names.includes(name))) {
    const isAgainst = against === RANKED.without;
    const judged = isAgainst
      ? evaluation
      : summarize(log, plan, answers, { names, k, resamples, seed, against: RANKED.without });
    const { data, dim } = rows;
    const items = log.items.map(({ id }, i) => ({ itemId: id, text: data.subarray(i * dim, (i + 1) * dim) }));
    promotion = foundationVerdict(judged, latencyOf(foundation.model, items))!;
    print(verdictText(promotion, k));
  }
  if (out !== undefined) {
    const title = `Evaluation of ${input.split(/[/\\]/).filter(Boolean).at(-1)}`;
    writeText(
      join(out, 'report.json'),
      `${JSON.stringify({ ...evaluation, ...(promotion && { promotion }) }, null, 1)}\n`,
    );
    writeText(join(out, 'report.html'), reportHtml(evaluation, title), join(out, 'answers.part'));
    say(`${join(out, 'report.html')}\n`);
  }
  return left > 0 ? 1 : 0;
}

function* slicesOf(answers: Iterable<Answered>): Generator<Answered[]> {
  let slice: Answered[] = [];
  for (const answered of answers) {
    slice.push(answered);
    if (slice.length < AT_ONCE) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/** Items' rows in the log's order; undefined without an encoder or without any text. */
async function rowsOf(
  { items }: EvaluationLog,
  model: string,
): Promise<Awaited<ReturnType<typeof encodeItems>> | undefined> {
  if (model === 'none' || items.every(({ text }) => text === '')) return undefined;
  return encodeItems({ items }, model);
}

/** @throws AttuneError `input/invalid` for a table that knows answers, `model/corrupt` for none */
function openTable(file: string, log: EvaluationLog, plan: Plan): TransitionTable {
  if (!existsSync(file)) throw invalid('table', file, 'There is no such file.');
  const table = readTransitionTable(readFileSync(file));
  const first = plan.asks.findIndex((asks) => (asks & ASKS.item) !== 0);
  if (table.until >= log.at[first]!) {
    const dates = [table.until, log.at[first]!].map((at) => new Date(at).toISOString());
    throw invalid(
      'table',
      file,
      `It counts actions up to ${dates[0]}, and ${dates[1]} is asked for: it knows answers.`,
    );
  }
  return table;
}

function writeText(file: string, text: string, spent = `${file}.part`): void {
  writeWhole(file, [new TextEncoder().encode(text)], spent);
}

const OPTIONS = [
  ...PROTOCOL_OPTIONS,
  ...([
    'table',
    'foundation',
    'factor',
    'stated',
    'newcomers',
    'model',
    'places',
    'resamples',
    'against',
    'only',
  ] as const),
];

/** @throws AttuneError `input/invalid` for names that are no ranker's */
function onlyOf({ text }: LogArguments, rankers: readonly Ranker[]): readonly Ranker[] {
  const only = text('only')
    ?.split(',')
    .map((name) => name.trim());
  const names = rankers.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalid('--only', unknown, `The rankers are ${names.join(', ')}.`);
  return only === undefined ? rankers : rankers.filter(({ name }) => only.includes(name));
}

/** @throws AttuneError `input/invalid` for anything but a finite number of 0 or more */
function factorOf({ text }: LogArguments): number {
  const given = text('factor') ?? '1';
  const factor = Number(given);
  if (given.trim() !== '' && factor >= 0 && factor < Infinity) return factor;
  throw invalid('--factor', given, 'It is a number of 0 or more.');
}

/** @throws AttuneError `input/invalid` for a name that is no ranker's */
function againstOf({ text }: LogArguments, names: readonly string[]): string {
  const name = text('against') ?? names.at(-1)!;
  if (!names.includes(name)) throw invalid('--against', name, `The rankers are ${names.join(', ')}.`);
  return name;
}
