import { invalid } from '../errors.js';
import { TEXT_HASH_BYTES, writeCatalogue } from './catalogue-format.js';
import { idSum } from './catalogue-index.js';
import { checksum } from './checksum.js';
import { codeRows } from './code-rows.js';
import { hashText } from './hash.js';
import { addMoment, createMoments } from './moments.js';
import { chooseReferences } from './references.js';

/** What a catalogue is made of: `ids[i]`, `entries[i]` and row i of `rows` belong together. */
export interface CatalogueContents {
  readonly modelVersion: string;
  readonly dim: number;
  /** All different. */
  readonly ids: readonly string[];
  /** By `entryOf`. */
  readonly entries: readonly Uint8Array[];
  /** Row-major, unit length or all zero. */
  readonly rows: Float32Array<ArrayBuffer>;
}

/** An item as it lies in a catalogue: the hash of the text that its row was made of, and the item as JSON. */
export function entryOf(text: string, json: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(hashText(text) + json);
}

/** What `entryOf` made. */
export function readEntry(entry: Uint8Array): { readonly textHash: string; readonly json: string } {
  const text = new TextDecoder().decode(entry);
  return { textHash: text.slice(0, TEXT_HASH_BYTES), json: text.slice(TEXT_HASH_BYTES) };
}

/**
 * The file of a catalogue, in parts: the same contents give the same bytes. O(rows · dim · (dim + references)).
 *
 * @throws AttuneError `input/invalid` where lengths don't match, a number is not finite, an id is there twice, or entries are
 * above 4 GiB
 */
export function buildCatalogue({
  modelVersion,
  dim,
  ids,
  entries,
  rows,
}: CatalogueContents): Uint8Array<ArrayBuffer>[] {
  const count = ids.length;
  if (entries.length !== count || rows.length !== count * dim) {
    throw invalid('rows', rows.length, `Pass ${count} entries and ${count} rows of ${dim} numbers.`);
  }
  const bad = rows.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw invalid(`row ${Math.floor(bad / dim)}`, rows[bad], 'Its numbers must be finite.');
  const references = chooseReferences(rows, count, dim);
  const { codes, facts } = codeRows(rows, count, dim, references);
  const moments = createMoments(dim);
  const rowSums = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const x = rows.subarray(i * dim, (i + 1) * dim);
    addMoment(moments, x);
    rowSums[i] = checksum(bytesOf(x));
  }
  const coded = joined(ids.map((id) => new TextEncoder().encode(id)));
  const { bytes, offsets } = joined(entries);
  return writeCatalogue(
    { dim, count, references: references.length / dim },
    {
      model: new TextEncoder().encode(modelVersion),
      references: bytesOf(references as Float32Array<ArrayBuffer>),
      moments: bytesOf(Float64Array.from([moments.count, ...moments.sum, ...moments.products])),
      order: bytesOf(orderOf(ids)),
      idOffsets: bytesOf(coded.offsets),
      ids: coded.bytes,
      rowSums: bytesOf(rowSums),
      entryOffsets: bytesOf(offsets),
      entrySums: bytesOf(Uint32Array.from(entries, (entry) => checksum(entry))),
      facts,
      codes: bytesOf(codes),
      entries: bytes,
      rows: bytesOf(rows),
    },
  );
}

function orderOf(ids: readonly string[]): Uint32Array<ArrayBuffer> {
  const count = ids.length;
  if (new Set(ids).size < count) throw invalid('ids', 'the same one twice', 'Pass each id once.');
  const sums = Uint32Array.from(ids, idSum);
  const rows = Uint32Array.from(ids.keys()).sort((a, b) => sums[a]! - sums[b]! || a - b);
  const order = new Uint32Array(2 * count);
  rows.forEach((row, i) => (order[i] = sums[row]!));
  order.set(rows, count);
  return order;
}

function joined(parts: readonly Uint8Array[]): {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly offsets: Uint32Array<ArrayBuffer>;
} {
  let length = 0;
  for (const part of parts) length += part.length;
  if (length >= 2 ** 32) throw invalid('items', `${length} bytes`, 'All together they may have up to 4 GiB.');
  const bytes = new Uint8Array(length);
  const offsets = new Uint32Array(parts.length + 1);
  let at = 0;
  parts.forEach((part, i) => {
    bytes.set(part, at);
    at += part.length;
    offsets[i + 1] = at;
  });
  return { bytes, offsets };
}

function bytesOf({
  buffer,
  byteOffset,
  byteLength,
}:
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
