import {
  type CatalogueLayout,
  corruptCatalogue,
  HEADER_BYTES,
  readLayout,
  type Section,
} from '../core/catalogue-format.js';
import { type CatalogueIndex, indexRange, readIndex } from '../core/catalogue-index.js';
import { checksum } from '../core/checksum.js';
import { addReady, createRowTable, type ReadyRows, type RowTable, takeSlots } from '../core/row-table.js';
import { BLOCK_ROWS } from '../core/scan-memory.js';
import { read, readInto } from './read-blob.js';
import { nextTask } from './slices.js';

/** A catalogue file that is open: codes in memory, rows and entries read from the file when they are needed. */
export interface CatalogueFile {
  readonly index: CatalogueIndex;
  /** Slot i is row i of the file. */
  readonly table: RowTable;
  /** The rows that are all zero: nothing is known of their texts. */
  readonly unknown: readonly number[];
  /** f32 rows in that order, row-major. Rejects with AttuneError `model/corrupt` for what is not as it was written. */
  readRows(rows: readonly number[]): Promise<Float32Array>;
  /** Entries in that order (`readEntry`). Rejects likewise. */
  readEntries(rows: readonly number[]): Promise<Uint8Array[]>;
  /**
   * Brings all rows in pieces, with their f32 numbers if they are needed, to a table that lies elsewhere. Rejects likewise,
   * or as `add` does.
   *
   * @param add takes the checksum of the codes before, 0 at first; gives that of all so far, and the memory that the codes lay in
   */
  fill(needsRows: boolean, add: AddPiece): Promise<void>;
  /** Reads from another copy of the same file from now on, so that the first one can go. */
  readFrom(blob: Blob): void;
}

type AddPiece = (piece: ReadyRows, sum: number) => Added | Promise<Added>;

interface Added {
  readonly sum: number;
  /** Free to be used again. */
  readonly room: ArrayBuffer;
}

/** How a file is held. */
export interface FileUse {
  /** Of `compileKernel`; without it all rows are read into memory. */
  readonly module: WebAssembly.Module | null;
  /** Whether f32 rows lie in memory beside the codes. */
  readonly keepsRows: boolean;
  /** Whether entries lie in memory. */
  readonly keepsEntries: boolean;
  /** Whether rows and codes lie in a table elsewhere, and this one knows its slots alone. Default false. */
  readonly elsewhere?: boolean;
}

/** Reads begun in one task. Each may hold the page for 1.5 ms where the browser is busy: 200 at once made a task of 350 ms (`npm run bench:catalogue`). */
const READS_A_TASK = 16;

/** Blocks read at once: 3 MB of codes of 384 numbers, so that a large file costs little more than what stays. Judgement. */
const BLOCKS_AT_ONCE = 8;

/** Bytes between two wanted pieces that are read with them rather than apart. Judgement. */
const GAP_BYTES = 16_384;

/** The layout of a file, from its first bytes. Rejects with AttuneError `model/corrupt`. */
export async function readFileLayout(blob: Blob): Promise<CatalogueLayout> {
  return readLayout(new Uint8Array(await read(blob, 0, Math.min(HEADER_BYTES, blob.size))), blob.size);
}

/**
 * Opens a file. Vectors are copied, not parsed; all that is read is checked.
 *
 * Rejects with AttuneError `model/corrupt`, or with `signal.reason`.
 */
export async function openCatalogueFile(
  blob: Blob,
  use: (layout: CatalogueLayout) => FileUse,
  signal?: AbortSignal,
): Promise<CatalogueFile> {
  const layout = await readFileLayout(blob);
  const { module, keepsRows, keepsEntries, elsewhere = false } = use(layout);
  const index = readIndex(layout, await read(blob, ...indexRange(layout)));
  const { dim, count, sections } = layout;
  const { references } = index;
  const expected = elsewhere ? 0 : count;
  const table = createRowTable(dim, { module, references, keepsRows, expected, elsewhere });
  const size = 4 * dim;
  let lies = blob;
  const mustBeRow = (bytes: Uint8Array, row: number): void => {
    if (checksum(bytes) !== index.rowSums[row]) throw corruptCatalogue(`its row ${row} was changed`);
  };
  const readRun = async (first: number, end: number): Promise<Float32Array> => {
    const bytes = new Uint8Array(
      await read(lies, sections.rows.start + first * size, sections.rows.start + end * size),
    );
    for (let row = first, at = 0; row < end; row++, at += size) mustBeRow(bytes.subarray(at, at + size), row);
    return new Float32Array(bytes.buffer);
  };
  async function bring(facts: Uint8Array, needsRows: boolean, add: AddPiece): Promise<void> {
    let sum = 0;
    let room: ArrayBuffer | undefined;
    const width = sections.codes.length / (Math.ceil(count / 4) * 4 || 1);
    for (let first = 0; first < count; first += BLOCKS_AT_ONCE * BLOCK_ROWS) {
      const end = Math.min(count, first + BLOCKS_AT_ONCE * BLOCK_ROWS);
      const fours = first + Math.ceil((end - first) / 4) * 4;
      const rows = needsRows ? await readRun(first, end) : null;
      const { start } = sections.codes;
      const codes = await readInto(room, lies, start + first * width, start + fours * width);
      ({ sum, room } = await add({ count: end - first, codes, facts: facts.slice(first * 16, fours * 16), rows }, sum));
    }
    if (sum !== sections.codes.sum) throw corruptCatalogue('its section codes was changed');
  }

  const facts = await readSection(blob, sections.facts);
  if (elsewhere) takeSlots(table, count);
  else {
    await bring(facts, keepsRows || module === null, (piece, sum) => {
      signal?.throwIfAborted();
      addReady(table, piece);
      return { sum: checksum(piece.codes, sum), room: piece.codes.buffer as ArrayBuffer };
    });
  }
  const { start, length } = sections.entries;
  const held = keepsEntries ? await read(blob, start, start + length) : undefined;
  return {
    index,
    table,
    unknown: zeroRows(facts, count),
    fill: async (needsRows, add) => bring(await readSection(lies, sections.facts), needsRows, add),
    readFrom(copy) {
      lies = copy;
    },
    async readRows(rows) {
      const data = new Float32Array(rows.length * dim);
      const bytes = new Uint8Array(data.buffer);
      const pieces = rows.map((row) => ({ start: sections.rows.start + row * size, length: size }));
      await readPieces(lies, pieces, (piece, i) => {
        mustBeRow(piece, rows[i]!);
        bytes.set(piece, i * size);
      });
      return data;
    },
    async readEntries(rows) {
      const entries: Uint8Array[] = [];
      const pieces = rows.map((row) => ({
        start: start + index.entryOffsets[row]!,
        length: index.entryOffsets[row + 1]! - index.entryOffsets[row]!,
      }));
      const take = (piece: Uint8Array, i: number): void => {
        if (checksum(piece) !== index.entrySums[rows[i]!]) throw corruptCatalogue(`its item ${rows[i]} was changed`);
        entries[i] = piece;
      };
      if (held === undefined) await readPieces(lies, pieces, take);
      else pieces.forEach((piece, i) => take(new Uint8Array(held, piece.start - start, piece.length), i));
      return entries;
    },
  };
}

/** Rows whose code says that they are the zero vector itself. */
function zeroRows(facts: Uint8Array<ArrayBuffer>, count: number): number[] {
  const floats = new Float32Array(facts.buffer, facts.byteOffset, facts.length / 4);
  const references = new Int32Array(facts.buffer, facts.byteOffset, facts.length / 4);
  const zero: number[] = [];
  for (let row = 0; row < count; row++) {
    const at = (row - (row & 3)) * 4 + (row & 3);
    if (floats[at + 4] === 0 && floats[at + 8] === 0 && references[at + 12] === 0) zero.push(row);
  }
  return zero;
}

interface Piece {
  readonly start: number;
  readonly length: number;
}

/** Reads pieces of a file, neighbours together, and gives each to `take` with its place in the list. */
async function readPieces(
  blob: Blob,
  pieces: readonly Piece[],
  take: (piece: Uint8Array, i: number) => void,
): Promise<void> {
  const order = [...pieces.keys()].sort((a, b) => pieces[a]!.start - pieces[b]!.start);
  const groups: number[][] = [];
  let end = -Infinity;
  for (const i of order) {
    const { start, length } = pieces[i]!;
    if (start - end <= GAP_BYTES) groups.at(-1)!.push(i);
    else groups.push([i]);
    end = Math.max(end, start + length);
  }
  const readGroup = async (group: readonly number[]): Promise<void> => {
    const from = pieces[group[0]!]!.start;
    const to = Math.max(...group.map((i) => pieces[i]!.start + pieces[i]!.length));
    const bytes = await read(blob, from, to);
    for (const i of group) take(new Uint8Array(bytes, pieces[i]!.start - from, pieces[i]!.length), i);
  };
  const reading: Promise<void>[] = [];
  for (let first = 0; first < groups.length; first += READS_A_TASK) {
    if (first > 0) await nextTask();
    const some = groups.slice(first, first + READS_A_TASK).map(readGroup);
    for (const each of some) each.catch(() => undefined); // one that fails before all are asked for is told below
    reading.push(...some);
  }
  await Promise.all(reading);
}

async function readSection(blob: Blob, { start, length, sum }: Section): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await read(blob, start, start + length));
  if (checksum(bytes) !== sum) throw corruptCatalogue('a section was changed');
  return bytes;
}
