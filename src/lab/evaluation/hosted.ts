import type { LogRow } from './log.js';
import {
  type Advance,
  createPersonalRun,
  type PersonalAnswers,
  type PersonalLog,
  type PersonalRun,
  type PersonalSetup,
} from './personal.js';

/** What is said to a Worker that evaluates a person's log: the log in pieces, so that no message is long in the making, then to go on. */
export type HostedMessage =
  | { readonly type: 'rows'; readonly rows: readonly LogRow[] }
  | { readonly type: 'items'; readonly items: readonly string[]; readonly data: Float32Array; readonly dim: number }
  | { readonly type: 'begin'; readonly setup: PersonalSetup; readonly before: PersonalAnswers | undefined }
  | { readonly type: 'advance' };

/** Rows, or items, of one message. Judgement: some ms to send. */
const PIECE = 1024;

/** All that is said of a log. */
export function* messagesOf(
  { rows, items, embeddings: { data, dim } }: PersonalLog,
  setup: PersonalSetup,
  before: PersonalAnswers | undefined,
): Generator<HostedMessage> {
  for (let from = 0; from < rows.length; from += PIECE) yield { type: 'rows', rows: rows.slice(from, from + PIECE) };
  for (let from = 0; from < items.length; from += PIECE) {
    const to = Math.min(items.length, from + PIECE);
    yield { type: 'items', items: items.slice(from, to), data: data.slice(from * dim, to * dim), dim };
  }
  yield { type: 'begin', setup, before };
}

/** What has come of a log that is on its way. */
let pieces: { rows: LogRow[]; items: string[]; data: Float32Array[]; dim: number } | undefined;
let run: PersonalRun | undefined;

/**
 * Takes in a message of the one evaluation that this Worker has in hand; answers each 'advance'.
 *
 * @param isEnough whether the answer should be given
 * @throws AttuneError as the run does
 */
export function hosted(message: HostedMessage, isEnough: () => boolean): Advance | undefined {
  if (message.type === 'advance') return run?.advance(isEnough);
  pieces ??= { rows: [], items: [], data: [], dim: 1 };
  if (message.type === 'rows') pieces.rows.push(...message.rows);
  else if (message.type === 'items') {
    pieces.items.push(...message.items);
    pieces.data.push(message.data);
    pieces.dim = message.dim;
  } else {
    const { rows, items, dim } = pieces;
    const data = joined(pieces.data);
    pieces = undefined;
    run = createPersonalRun({ rows, items, embeddings: { data, dim } }, message.setup, message.before);
  }
  return undefined;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
