import { AttuneError, invalid } from '../errors.js';
import { buildCatalogue, entryOf } from '../core/build-catalogue.js';
import type { ItemRecord } from '../domain/item.js';
import type { CatalogueChange } from '../storage/catalogue-database.js';
import { type CatalogueRows, createCatalogueRows, slotsOf } from './catalogue-rows.js';
import type { Model } from './model.js';

/** Items embedded and put in at once, so that the page has a turn between. Judgement. */
export const AT_ONCE = 64;

/** What is behind a `Catalogue`: its rows, undefined while it is empty and without any model. */
export interface OpenCatalogue<T> {
  rows: CatalogueRows<T> | undefined;
  modelVersion: string;
}

/** An item to be added: what is embedded of it, and what is stored. */
export interface NewItem {
  readonly record: ItemRecord;
  readonly json: string;
}

/** @throws AttuneError `input/invalid` for what is no JSON data */
export function jsonOf(item: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(item);
  } catch {
    json = undefined;
  }
  if (json === undefined) throw invalid('item', item, 'A catalogue holds plain JSON data.');
  return json;
}

/** Embeds items and puts them in the place of those with their ids; what changed. */
export async function addSome<T>(
  inside: OpenCatalogue<T>,
  model: Model,
  items: readonly NewItem[],
  signal: AbortSignal | undefined,
): Promise<CatalogueChange[]> {
  await model.ensure(
    items.map(({ record }) => record.text),
    signal,
  );
  if (inside.modelVersion !== '' && inside.modelVersion !== model.modelVersion) {
    const what = `The catalogue's rows are of ${inside.modelVersion}, the model in use is ${model.modelVersion}.`;
    throw new AttuneError('encoder/unavailable', `${what} Embed it anew by \`reembed()\` first.`);
  }
  const changes = items.map(({ record: { id, text }, json }) => ({
    id,
    made: { entry: entryOf(text, json), row: model.get(text)!.slice() },
  }));
  inside.modelVersion = model.modelVersion;
  inside.rows ??= createCatalogueRows<T>(undefined, model.table!.dim);
  await applyChanges(inside, changes);
  return changes;
}

/** Puts items in, changed and new ones, and takes out what is to go. */
export async function applyChanges<T>({ rows }: OpenCatalogue<T>, changes: readonly CatalogueChange[]): Promise<void> {
  if (rows === undefined || changes.length === 0) return;
  const there = changes.map(({ id }) => rows.slotOf(id));
  const slots = [...new Set(there.filter((slot) => slot >= 0))];
  const data = slots.length === 0 ? new Float32Array() : await rows.readRows(slots);
  const { dim } = rows.table;
  slots.forEach((slot, i) => rows.take(slot, data.subarray(i * dim, (i + 1) * dim)));
  for (const [id, { made }] of new Map(changes.map((change) => [change.id, change]))) {
    if (made !== null) rows.put(id, made.entry, made.row);
  }
}

interface EmbedParts<T> {
  readonly model: Model;
  readonly recordOf: (item: T) => ItemRecord;
}

/** The file of the same items under the model in use. */
export async function embedAnew<T>(
  rows: CatalogueRows<T>,
  { model, recordOf }: EmbedParts<T>,
  signal: AbortSignal | undefined,
): Promise<Blob> {
  const slots = slotsOf(rows);
  const entries: Uint8Array[] = [];
  let data: Float32Array<ArrayBuffer> | undefined;
  let modelVersion = '';
  for (let first = 0; first < slots.length; first += AT_ONCE) {
    const items = await rows.readItems(slots.slice(first, first + AT_ONCE));
    const texts = items.map(({ item }) => recordOf(item).text);
    await model.ensure(texts, signal, 'background');
    if (modelVersion !== '' && model.modelVersion !== modelVersion) return embedAnew(rows, { model, recordOf }, signal);
    modelVersion = model.modelVersion;
    const { dim } = model.table!;
    data ??= new Float32Array(slots.length * dim);
    texts.forEach((text, i) => {
      data!.set(model.get(text)!, (first + i) * dim);
      entries.push(entryOf(text, JSON.stringify(items[i]!.item)));
    });
  }
  const dim = data === undefined ? rows.table.dim : data.length / slots.length;
  const ids = slots.map((slot) => rows.idOf(slot));
  return new Blob(
    buildCatalogue({
      modelVersion: modelVersion || model.modelVersion,
      dim,
      ids,
      entries,
      rows: data ?? new Float32Array(),
    }),
  );
}
