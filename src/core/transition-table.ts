import { AttuneError } from '../errors.js';
import { checksum } from './checksum.js';
import { sharesOf, type TransitionCounts } from './transitions.js';

/**
 * A table of transitions as a site ships it: the best successors of each item, their shares in 8 bits.
 *
 * The file, little-endian: `attune-transitions-1\n`; the length of the header as u32; the header as JSON, blanks after it up to
 * a multiple of 4; then a u32 an item for where its successors begin, and one for where the last end; an f32 an item, the
 * largest of its shares; a u32 a successor; a byte a successor, its share of the largest in 255ths, rounded and at least 1.
 */
export interface TransitionTable extends TransitionHeader {
  readonly starts: Uint32Array;
  readonly scales: Float32Array;
  /** Items by number, the largest share first. */
  readonly successors: Uint32Array;
  readonly shares: Uint8Array;
}

/** What a table was made of. */
export interface TransitionHeader {
  /** Ids in the order of their numbers. */
  readonly items: readonly string[];
  /** The newest action counted, epoch ms: who is asked about earlier ones would be told the answer. */
  readonly until: number;
  /** Actions counted. */
  readonly actions: number;
}

const TITLE = 'attune-transitions-1\n';
/** The title and the length of the header. */
const FIXED = 28;

/** Keeps the `top` best successors of each item; of equal ones those with lower numbers. */
export function buildTransitionTable(counts: TransitionCounts, header: TransitionHeader, top = 50): TransitionTable {
  const rows = header.items.map((_, item) =>
    [...sharesOf(counts, item)].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, top),
  );
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => (starts[i + 1] = starts[i]! + row.length));
  const best = rows.map((row) => row[0]?.[1] ?? 0);
  return {
    ...header,
    starts,
    scales: Float32Array.from(best),
    successors: Uint32Array.from(rows.flatMap((row) => row.map(([item]) => item))),
    shares: Uint8Array.from(
      rows.flatMap((row, i) => row.map(([, share]) => Math.max(1, Math.round((255 * share) / best[i]!)))),
    ),
  };
}

/** Successors of an item with their shares. */
export function* successorsIn(
  { starts, scales, successors, shares }: TransitionTable,
  item: number,
): Generator<[number, number]> {
  for (let at = starts[item]!; at < starts[item + 1]!; at++)
    yield [successors[at]!, (scales[item]! * shares[at]!) / 255];
}

/** The table as a file: see {@link TransitionTable} for its layout. */
export function writeTransitionTable({
  starts,
  scales,
  successors,
  shares,
  items,
  until,
  actions,
}: TransitionTable): Uint8Array<ArrayBuffer> {
  const parts = [starts, scales, successors, shares].map(bytesOf);
  const sums = parts.map((part) => checksum(part));
  const json = JSON.stringify({ items, until, actions, successors: successors.length, sums });
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 4) * 4;
  const file = new Uint8Array(FIXED + padded + parts.reduce((sum, part) => sum + part.length, 0)).fill(32);
  file.set(new TextEncoder().encode(TITLE));
  new DataView(file.buffer).setUint32(FIXED - 4, padded, true);
  file.set(text, FIXED);
  let at = FIXED + padded;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** @throws AttuneError `model/corrupt` for anything but a whole table of this version */
export function readTransitionTable(bytes: Uint8Array): TransitionTable {
  const file = new Uint8Array(bytes); // aligned, which a view need not be, and Node's Buffer never copies by slice
  const title = new TextDecoder().decode(file.subarray(0, TITLE.length));
  if (title !== TITLE) throw damaged(`it begins with ${JSON.stringify(title)}`);
  const padded = file.length < FIXED ? Infinity : new DataView(file.buffer).getUint32(FIXED - 4, true);
  if (FIXED + padded > file.length || padded % 4 !== 0) throw damaged('it is cut short');
  const header = headerOf(new TextDecoder().decode(file.subarray(FIXED, FIXED + padded)));
  const { items, until, actions, successors: count, sums } = header;
  const begins = FIXED + padded;
  const lengths = [4 * (items.length + 1), 4 * items.length, 4 * count, count];
  if (begins + lengths.reduce((sum, length) => sum + length, 0) !== file.length) throw damaged('its length is another');
  let at = begins;
  const parts = lengths.map((length) => file.slice(at, (at += length)));
  if (!parts.every((part, i) => checksum(part) === sums[i])) throw damaged('its checksums differ');
  const [starts, scales, successors, shares] = parts as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return {
    ...{ items, until, actions, shares },
    starts: new Uint32Array(starts.buffer),
    scales: new Float32Array(scales.buffer),
    successors: new Uint32Array(successors.buffer),
  };
}

interface FileHeader extends TransitionHeader {
  readonly successors: number;
  readonly sums: readonly number[];
}

function headerOf(text: string): FileHeader {
  try {
    const header = JSON.parse(text) as FileHeader;
    if (Array.isArray(header.items) && Array.isArray(header.sums) && Number.isInteger(header.successors)) return header;
  } catch {
    throw damaged('its header is no JSON');
  }
  throw damaged('its header says too little');
}

function bytesOf(part: Uint32Array | Float32Array | Uint8Array): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

function damaged(why: string): AttuneError {
  return new AttuneError(
    'model/corrupt',
    `This is no whole table of transitions: ${why}. Make it anew with attune transitions.`,
  );
}
