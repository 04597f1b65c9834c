import { scanRows } from '../core/scan.js';
import { bestOf } from '../core/topk.js';
import { isZero } from '../core/vector.js';
import { AttuneError, invalid } from '../errors.js';
import { raceAbort } from '../encoder/abort.js';
import type { EmbedParts } from './embed.js';
import type { Learner } from './learn.js';
import type { Match, Matches, MatchOptions } from './matches.js';
import type { Embeddings } from './model.js';
import { callOptions, type ResolvedOptions } from './options.js';
import type { Resident } from './resident.js';
import { within } from './waiting.js';

/** Items by their meaning: those like another, and those that answer a text. Loaded with the first question. */

/** What finding needs from the SDK. */
export interface MatchParts<T> extends EmbedParts<T> {
  readonly resident: Resident<T>;
  readonly options: Pick<ResolvedOptions<T>, 'maxWaitMs'>;
  readonly learner: Learner;
  /** Tells that what was late is understood now. */
  readonly onReady: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** How many are found unless told otherwise. */
const LIMIT = 20;

/** What is asked for, as a row of the model that made it. */
interface Question {
  readonly row: Float32Array;
  readonly modelVersion: string;
}

/** Items close to `item` in meaning, without itself, its copies and what the person hid. */
export async function related<T>(parts: MatchParts<T>, item: T | string, given?: MatchOptions<T>): Promise<Matches<T>> {
  const { model, recordOf, learner, standing } = parts;
  const self = recordOf(item);
  const hidden = standing.privacy === 'off' ? new Set() : learner.hidden();
  const ask = async (): Promise<Question> => {
    if (typeof item === 'string') standing.passing.add(self.text);
    await model.ensure([self.text]);
    standing.passing.delete(self.text);
    return { row: model.get(self.text)!, modelVersion: model.modelVersion };
  };
  return find(parts, ask, (id, text) => id !== self.id && text !== self.text && !hidden.has(id), given);
}

/** Items that answer a text, which is read as what a person asks, and kept nowhere. */
export async function search<T>(parts: MatchParts<T>, text: string, given?: MatchOptions<T>): Promise<Matches<T>> {
  if (typeof text !== 'string') throw invalid('text', text, 'Pass the words to look for.');
  const { model, recordOf, standing } = parts;
  const asked = recordOf(text).text;
  const ask = async (): Promise<Question> => {
    standing.passing.add(asked);
    try {
      const encoder = await model.opened();
      const { data } = await encoder.encode([asked], { role: 'behaviour' });
      return { row: data, modelVersion: encoder.modelVersion };
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      await model.ensure([asked]); // which goes on with another encoder, if this one fails here too
      return { row: model.get(asked)!, modelVersion: model.modelVersion };
    } finally {
      standing.passing.delete(asked);
    }
  };
  return find(parts, ask, () => true, given);
}

/**
 * One scan over the rows that are there: of 20,000 some 10 ms, less than to code them for a kernel. What isn't
 * understood within `maxWaitMs` is left out, and 'ready' tells when it is.
 */
async function find<T>(
  { resident, model, recordOf, options, onReady, check, onFailure }: MatchParts<T>,
  ask: () => Promise<Question>,
  isWanted: (id: string, text: string) => boolean,
  given: MatchOptions<T> | undefined,
): Promise<Matches<T>> {
  const { limit = LIMIT, items, signal } = callOptions(given);
  signal?.throwIfAborted();
  if (!Number.isInteger(limit) || limit < 0) throw invalid('limit', limit, 'It is a whole number of 0 or more.');
  if (items !== undefined && !Array.isArray(items))
    throw invalid('items', items, 'Pass an array of your items. A catalogue is not looked through.');
  const offered = items === undefined ? resident : new Map<string, Found<T>>();
  for (const item of items ?? []) {
    const { id, text } = recordOf(item);
    if (!offered.has(id)) offered.set(id, { item, text });
  }
  const candidates = [...offered].filter(([id, { text }]) => isWanted(id, text));
  let question: Question | undefined;
  const understand = async (): Promise<void> => {
    do {
      await model.ensure(candidates.map(([, { text }]) => text));
      question = await ask();
    } while (question.modelVersion !== model.modelVersion); // another model meanwhile
  };
  const understood = understand();
  let isLate = false;
  understood.then(
    () => isLate && onReady(),
    (error: unknown) => (isLate || !(error instanceof AttuneError)) && onFailure(error), // else the model reported it
  );
  isLate = !(await raceAbort(within(understood, options.maxWaitMs), signal));
  check();
  const matches = question === undefined ? [] : closest(question, candidates, model, limit);
  return Object.assign(matches, { partial: isLate, modelVersion: model.modelVersion });
}

type Found<T> = { readonly item: T; readonly text: string };

/** Best first; of equal ones in the order offered. What nobody understands is close to nothing. */
function closest<T>(
  { row, modelVersion }: Question,
  candidates: readonly (readonly [string, Found<T>])[],
  model: Embeddings,
  limit: number,
): Match<T>[] {
  const { table } = model;
  if (table === undefined || modelVersion !== model.modelVersion || isZero(row)) return [];
  const offsetOf = (text: string): number => table.offsets.get(text) ?? -1;
  const known = candidates.filter(([, { text }]) => offsetOf(text) >= 0);
  const offsets = Int32Array.from(known, ([, { text }]) => offsetOf(text));
  const scores = scanRows(row, table.data, offsets, null);
  return bestOf(scores, Int32Array.from(scores.keys()), scores.length, limit).map((i) => {
    const [id, { item }] = known[i]!;
    return { item, id, score: scores[i]! };
  });
}
