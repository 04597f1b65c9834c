import { EXPOSURE } from '../domain/experiment.js';
import { AttuneError } from '../errors.js';
import type { LoggedItem, LogRow } from '../lab/evaluation/log.js';
import type { PersonalLog } from '../lab/evaluation/personal.js';
import { rowOf } from '../lab/evaluation/sources.js';
import type { AttuneData } from '../sdk/rights-types.js';
import type { Embedding, Profile } from '../sdk/types.js';
import { nextTask } from '../storage/slices.js';

/** `own-log` evaluates the log of one person on their own device. What it needs of an Attune is public. */
export interface LogOwner {
  readonly data: Pick<AttuneData, 'export'>;
  embed(text: string, options?: { readonly signal?: AbortSignal }): Promise<Embedding>;
  profile(): Pick<Profile, 'modelVersion'>;
}

/** Rows read, and texts asked for, between two looks at the clock. */
const [ROWS, TEXTS] = [256, 32];
/** Times that all is embedded anew because the model changed: to a better one, or a plainer one. */
const TRIES = 4;
/** ms of the page's thread taken in a row. Judgement: less than a frame. */
export const TAKEN_MS = 8;

/**
 * The person's log with the embeddings of all items by the model in use, read in slices that leave the page its frames.
 *
 * Rejects as `export` and `embed` do, or with `signal.reason`.
 *
 * @param offered what could be shown, first; items acted on that are not among them follow
 */
export async function readOwnLog(
  owner: LogOwner,
  offered: readonly LoggedItem[],
  signal: AbortSignal | undefined,
): Promise<PersonalLog> {
  const given = signal === undefined ? {} : { signal };
  const file = await owner.data.export(given);
  const turn = createTurns(signal);
  const rows: LogRow[] = [];
  const experiments = new Set<string>(); // are no items
  for (let from = 0; from < file.interactions.length; from += ROWS) {
    for (const interaction of file.interactions.slice(from, from + ROWS)) {
      if (interaction.kind === EXPOSURE) experiments.add(interaction.itemId);
      else rows.push(rowOf(interaction, 'own'));
    }
    await turn();
  }
  const texts = new Map(offered.map(({ id, text }) => [id, text]));
  for (const { id, text } of file.items) if (!texts.has(id) && !experiments.has(id)) texts.set(id, text);
  const items = [...texts.keys()];
  const stored = new Map(file.items.map(({ id, embedding }) => [id, embedding]));

  /** Undefined where that is not the model in use any more: rows of two models never meet. */
  async function rowsBy(model: string): Promise<PersonalLog['embeddings'] | undefined> {
    let data: Float32Array | undefined;
    let dim = 1;
    for (let from = 0; from < items.length; from += TEXTS) {
      const some = items.slice(from, from + TEXTS);
      const embedded = await Promise.all(some.map((id) => rowOfItem(id, model)));
      for (const [i, row] of embedded.entries()) {
        if (row === 'another model') return undefined;
        if (row === undefined) continue;
        dim = row.length;
        data ??= new Float32Array(items.length * dim);
        data.set(row, (from + i) * dim);
      }
      await turn();
    }
    return { data: data ?? new Float32Array(items.length), dim };
  }

  /** Undefined where nothing is known of the item. */
  async function rowOfItem(id: string, model: string): Promise<ArrayLike<number> | 'another model' | undefined> {
    const kept = stored.get(id);
    if (kept?.modelVersion === model) return kept.values;
    const text = texts.get(id)!;
    if (text.trim() === '') return undefined;
    const { embedding, modelVersion } = await owner.embed(text, given);
    return modelVersion === model ? embedding : 'another model';
  }

  for (let tries = 0; tries < TRIES; tries++) {
    const embeddings = await rowsBy(owner.profile().modelVersion);
    if (embeddings !== undefined) return { rows, items, embeddings };
  }
  throw new AttuneError('encoder/unavailable', 'The model changed time and again: evaluate later.');
}

/** Lets the page have its turn once a few ms were taken, and rejects with `signal.reason` once it aborted. */
export function createTurns(signal: AbortSignal | undefined): () => Promise<void> {
  let since = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - since < TAKEN_MS) return;
    await nextTask();
    signal?.throwIfAborted();
    since = performance.now();
  };
}
