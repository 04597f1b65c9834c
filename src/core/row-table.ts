import { invalid } from '../errors.js';
import { codeRow, nearestReference } from './quantize.js';
import { MOST_REFERENCES } from './references.js';
import { addBlock, BLOCK_ROWS, createScanMemory, fillBlock, rowAt, type ScanMemory, writeCode } from './scan-memory.js';
import { dotRow } from './vector.js';

/**
 * Rows to search, in slots that are numbered from 0, stay where they are and are used again after a removal. With the kernel
 * each row is held as int8 codes with their bounds, and as f32 too if `keepsRows`; without it as f32 alone, because
 * int8 in plain JavaScript is slower (Chromium 156, 10,000 × 384: 7.4 ms a scan beside 6.2 ms). A table may also know
 * its slots alone, while the rows lie with another thread that scans them.
 */
export interface RowTable {
  readonly dim: number;
  /** Row-major; the first is all zero. */
  readonly references: Float32Array;
  /** `|c|²` of each reference. */
  readonly squares: Float64Array;
  /** Codes, or null without the kernel. */
  readonly coded: ScanMemory | null;
  /** f32 rows by blocks; null with the kernel, and where rows lie elsewhere. */
  readonly plain: Float32Array[] | null;
  /** Slots in use or free: rows are 0 to `slots − 1`. */
  slots: number;
  /** Bit `row & 31` of word `row >> 5`: whether the slot holds a row. */
  alive: Uint32Array;
  readonly free: number[];
  /** Grows with every change, so that a search notices. */
  version: number;
}

export interface RowTableOptions {
  /** Of `compileKernel`, once for all tables; null for plain JavaScript. */
  readonly module: WebAssembly.Module | null;
  /** Of `chooseReferences`; none when left out. */
  readonly references?: Float32Array;
  /** Whether f32 rows stay in memory beside the codes: default true. Without them the caller brings those that a search asks for. */
  readonly keepsRows?: boolean;
  /** How many rows will come at least; 0 when left out. */
  readonly expected?: number;
  /** Whether the rows lie elsewhere, and the table knows its slots alone: default false. It is then without the kernel. */
  readonly elsewhere?: boolean;
}

/** The largest `|x|` a row may have: beyond it bounds could overflow an f32. Embeddings have 1 or 0. */
const LONGEST = 1e30;

/** @param dim at least 1 */
export function createRowTable(
  dim: number,
  { module, references = new Float32Array(), keepsRows = true, expected = 0, elsewhere = false }: RowTableOptions,
): RowTable {
  if (!Number.isInteger(dim) || dim < 1) throw invalid('dim', dim, 'Pass how many numbers a row has.');
  if (references.length % dim !== 0 || references.length / dim > MOST_REFERENCES) {
    throw invalid('references', references.length, `Pass at most ${MOST_REFERENCES} rows of ${dim} numbers.`);
  }
  if (!references.every(Number.isFinite)) throw invalid('references', 'NaN or Infinity', 'Pass finite numbers.');
  const all = new Float32Array(dim + references.length);
  all.set(references, dim);
  const squares = Float64Array.from({ length: all.length / dim }, (_, r) => {
    return dotRow(all.subarray(r * dim, (r + 1) * dim), all, r * dim);
  });
  return {
    dim,
    references: all,
    squares,
    coded: module === null || elsewhere ? null : createScanMemory(module, dim, squares.length, keepsRows, expected),
    plain: module === null && !elsewhere ? [] : null,
    slots: 0,
    alive: new Uint32Array(BLOCK_ROWS / 32),
    free: [],
    version: 0,
  };
}

/** Adds a copy of `x` and returns its row: a free slot if there is one, else a new one at the end. O(dim · references). */
export function addRow(table: RowTable, x: Float32Array): number {
  check(table, x);
  const row = table.free.at(-1) ?? table.slots;
  if (row === table.slots) {
    if (row % BLOCK_ROWS === 0) addRoom(table);
    table.slots++;
  } else table.free.pop();
  table.alive[row >> 5]! |= 1 << (row & 31);
  write(table, row, x);
  return row;
}

/** Puts a copy of `x` in the place of `row`. */
export function changeRow(table: RowTable, row: number, x: Float32Array): void {
  mustBeAlive(table, row);
  check(table, x);
  write(table, row, x);
}

/** Empties the slot of `row`, which a later row may take. */
export function removeRow(table: RowTable, row: number): void {
  mustBeAlive(table, row);
  table.alive[row >> 5]! &= ~(1 << (row & 31));
  table.free.push(row);
  table.version++;
}

export function isAlive({ alive, slots }: RowTable, row: number): boolean {
  return Number.isInteger(row) && row >= 0 && row < slots && (alive[row >> 5]! & (1 << (row & 31))) !== 0;
}

/** Rows as they were coded before, by `codeRows` against the table's references. */
export interface ReadyRows {
  readonly count: number;
  /** In fours, like `facts`; neither is looked at without the kernel. */
  readonly codes: Uint8Array;
  readonly facts: Uint8Array;
  /** Row-major; needed where the table keeps rows. */
  readonly rows: Float32Array | null;
}

/**
 * Adds rows at the end without coding them again; those before them must fill their blocks. Their numbers are believed:
 * whoever brings them has checked them.
 *
 * @throws AttuneError `input/invalid` for lengths or references that can't be
 */
export function addReady(table: RowTable, ready: ReadyRows): void {
  const { coded, plain, dim, squares } = table;
  const { count, codes, facts, rows } = ready;
  const wantsRows = plain !== null || coded?.keepsRows;
  if (table.slots % BLOCK_ROWS !== 0 || (wantsRows && rows?.length !== count * dim)) {
    throw invalid('rows', count, `Fill blocks of ${BLOCK_ROWS}, with their numbers where they are kept.`);
  }
  const words = new Int32Array(facts.buffer, facts.byteOffset, coded === null ? 0 : facts.length / 4);
  for (let row = 0; row < words.length / 4; row++) {
    const reference = words[(row - (row & 3)) * 4 + 12 + (row & 3)]!;
    if (reference >= 0 && reference < squares.length) continue;
    throw invalid('reference', reference, 'Pass the references that the rows were coded against.');
  }
  for (let first = 0; first < count; first += BLOCK_ROWS) {
    const row = table.slots;
    const some = Math.min(BLOCK_ROWS, count - first);
    const end = first + Math.ceil(some / 4) * 4;
    addRoom(table);
    for (let i = row; i < row + some; i++) table.alive[i >> 5]! |= 1 << (i & 31);
    table.slots += some;
    if (coded !== null) {
      fillBlock(coded, codes.subarray(first * coded.width, end * coded.width), facts.subarray(first * 16, end * 16));
    }
    if (!wantsRows) continue;
    const numbers = rows!.subarray(first * dim, (first + some) * dim);
    if (coded === null) plain!.at(-1)!.set(numbers);
    else coded.views.f32.set(numbers, rowAt(coded, row) / 4);
  }
  table.version++;
}

/** Makes room for `count` more rows in a table whose rows lie elsewhere. */
export function takeSlots(table: RowTable, count: number): void {
  if (table.coded !== null || table.plain !== null) throw invalid('table', 'rows of its own', 'Add rows to it.');
  for (const end = table.slots + count; table.slots < end; table.slots++) {
    if (table.slots % BLOCK_ROWS === 0) addRoom(table);
    table.alive[table.slots >> 5]! |= 1 << (table.slots & 31);
  }
  table.version++;
}

/** A view of the f32 row, valid until the table grows, or null where it is not in this table's memory. */
export function residentRow(table: RowTable, row: number): Float32Array | null {
  const { coded, plain, dim } = table;
  if (plain !== null) {
    const start = (row % BLOCK_ROWS) * dim;
    return plain[Math.floor(row / BLOCK_ROWS)]!.subarray(start, start + dim);
  }
  if (!coded?.keepsRows) return null;
  const start = rowAt(coded, row) / 4;
  return coded.views.f32.subarray(start, start + dim);
}

function addRoom(table: RowTable): void {
  table.plain?.push(new Float32Array(BLOCK_ROWS * table.dim));
  if (table.coded !== null) addBlock(table.coded);
  if (table.alive.length * 32 > table.slots) return;
  const alive = new Uint32Array(table.alive.length * 2);
  alive.set(table.alive);
  table.alive = alive;
}

function write(table: RowTable, row: number, x: Float32Array): void {
  table.version++;
  residentRow(table, row)?.set(x);
  if (table.coded === null) return;
  const reference = nearestReference(x, table.references, table.squares);
  const codes = new Int8Array(table.coded.width);
  const code = codeRow(x, table.references, reference * table.dim, codes);
  writeCode(table.coded, row, codes, code, reference);
}

function check({ dim }: RowTable, x: Float32Array): void {
  if (!(x instanceof Float32Array) || x.length !== dim) {
    throw invalid('row', x?.length, `Pass a Float32Array of ${dim} numbers.`);
  }
  const length = Math.sqrt(dotRow(x, x, 0));
  if (!(length <= LONGEST)) throw invalid('row', length, `Its numbers must be finite, its length at most ${LONGEST}.`);
}

function mustBeAlive(table: RowTable, row: number): void {
  if (!isAlive(table, row)) throw invalid('row', row, 'Pass the number of a row that was added and not removed.');
}
