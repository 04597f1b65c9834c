import { scanRows } from '../core/scan.js';
import { bestOf } from '../core/topk.js';
import { isZero } from '../core/vector.js';
import { AttuneError, invalid } from '../errors.js';
import { raceAbort } from '../encoder/abort.js';
import type { CatalogueParts } from './catalogue.js';
import type { EmbedParts } from './embed.js';
import type { Learner } from './learn.js';
import type { Match, Matches, MatchOptions } from './matches.js';
import type { Embeddings } from './model.js';
import { callOptions, type ResolvedOptions } from './options.js';
import type { Resident } from './resident.js';
import type { Catalogue } from './catalogue-types.js';
import { within } from './waiting.js';

/** Items by their meaning: those like another, and those that answer a text. Loaded with the first question. */

/** What finding needs from the SDK. */
export interface MatchParts<T> extends EmbedParts<T>, Pick<CatalogueParts<T>, 'warnOnce'> {
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
export interface Question {
  readonly row: Float32Array;
  readonly modelVersion: string;
}

/** Items that are not wanted: by id, and those of the very text that is asked about. */
export interface Unwanted {
  readonly ids: ReadonlySet<string>;
  readonly text: string | undefined;
}

/** What is looked through. */
export interface Shelf<T> {
  /** What has to be understood before. */
  readonly texts: readonly string[];
  /** Best first; of equal ones the first offered. Undefined where its rows are of another model. */
  closest(question: Question, limit: number): Promise<Match<T>[] | undefined>;
}

/** Items close to `item` in meaning, without itself, its copies and what the person hid. */
export async function related<T>(parts: MatchParts<T>, item: T | string, given?: MatchOptions<T>): Promise<Matches<T>> {
  const { model, recordOf, learner, standing } = parts;
  const self = recordOf(item);
  const hidden = standing.privacy === 'off' ? [] : learner.hidden();
  const ask = async (): Promise<Question> => {
    if (typeof item === 'string') standing.passing.add(self.text);
    await model.ensure([self.text]);
    standing.passing.delete(self.text);
    return { row: model.get(self.text)!, modelVersion: model.modelVersion };
  };
  return find(parts, ask, { ids: new Set([self.id, ...hidden]), text: self.text }, given);
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
  return find(parts, ask, { ids: new Set(), text: undefined }, given);
}

/** What isn't understood within `maxWaitMs` is left out, and 'ready' tells when it is. */
async function find<T>(
  parts: MatchParts<T>,
  ask: () => Promise<Question>,
  unwanted: Unwanted,
  given: MatchOptions<T> | undefined,
): Promise<Matches<T>> {
  const { model, options, onReady, check, onFailure } = parts;
  const { limit = LIMIT, items, signal } = callOptions(given);
  signal?.throwIfAborted();
  if (!Number.isInteger(limit) || limit < 0) throw invalid('limit', limit, 'It is a whole number of 0 or more.');
  const shelf =
    items === undefined || Array.isArray(items)
      ? listed(parts, items, unwanted)
      : (await import('./rank-catalogue.js')).catalogued(parts, items as Catalogue<T>, unwanted, signal);
  let question: Question | undefined;
  const understand = async (): Promise<void> => {
    do {
      await model.ensure(shelf.texts);
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
  const matches = question === undefined ? [] : await shelf.closest(question, limit);
  check();
  return Object.assign(matches ?? [], { partial: isLate || matches === undefined, modelVersion: model.modelVersion });
}

/** The items given, or those that are there: one scan over their rows, of 20,000 some 10 ms, less than to code them for a kernel. */
function listed<T>(
  { resident, model, recordOf }: MatchParts<T>,
  items: readonly T[] | undefined,
  unwanted: Unwanted,
): Shelf<T> {
  const offered = items === undefined ? resident : new Map<string, Offered<T>>();
  for (const item of items ?? []) {
    const { id, text } = recordOf(item);
    if (!offered.has(id)) offered.set(id, { item, text });
  }
  const candidates = [...offered].filter(([id, { text }]) => !unwanted.ids.has(id) && text !== unwanted.text);
  return {
    texts: candidates.map(([, { text }]) => text),
    closest: (question, limit) => Promise.resolve(closest(question, candidates, model, limit)),
  };
}

type Offered<T> = { readonly item: T; readonly text: string };

/** What nobody understands is close to nothing. */
function closest<T>(
  { row, modelVersion }: Question,
  candidates: readonly (readonly [string, Offered<T>])[],
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
