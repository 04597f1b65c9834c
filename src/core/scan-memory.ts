import { codeWidth, putCode } from './code-rows.js';
import type { RowCode } from './quantize.js';
import { SCAN_WASM } from './scan-wasm.js';

/** Rows a block, and rows a call of the kernel: what it reads of the caller's (bias, mask) is copied in for as many. */
export const BLOCK_ROWS = 1024;

/** Rows of the caller's that the kernel takes products with at once: they are copied in. Even, as the kernel wants it. */
export const COPIED_ROWS = 64;

/** Most queries a scan takes: one an interest (SPEC §3). */
export const MOST_QUERIES = 8;

/** Bytes of a record of `bound`: f64 upper, f64 lower, i32 row. */
export const RECORD_BYTES = 24;

/** Bytes a row in `meta`: f32 scale, error, length and i32 reference. */
const META_BYTES = 16;

const PAGE_BYTES = 65_536;

/** What scan.wat exports. */
interface Kernel {
  bound(
    codes: number,
    count: number,
    width: number,
    queries: number,
    queryCount: number,
    facts: number,
    bases: number,
    baseBytes: number,
    meta: number,
    bias: number,
    mask: number,
    threshold: number,
    row: number,
    out: number,
  ): number;
  exact(list: number, count: number, dim: number, queries: number, queryCount: number, out: number): void;
}

/** Views of the whole memory; anew after it grew, because growing detaches the old ones. */
interface Views {
  readonly buffer: ArrayBuffer;
  readonly i8: Int8Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
}

/** Addresses of the room for one call: everything before the first block. */
interface Room {
  readonly codedQueries: number;
  readonly queries: number;
  readonly facts: number;
  readonly bases: number;
  readonly bias: number;
  readonly mask: number;
  readonly list: number;
  readonly copies: number;
  readonly out: number;
  readonly end: number;
}

/**
 * One WebAssembly memory: room for the inputs and outputs of one call, then blocks of 1,024 rows. It grows by a block at
 * a time and never moves what is in it. A block is the codes in fours (scan.wat), their meta data, and the f32 rows where
 * they are kept.
 */
export interface ScanMemory {
  readonly kernel: Kernel;
  readonly memory: WebAssembly.Memory;
  readonly dim: number;
  /** `dim` rounded up to what the kernel reads at once; codes beyond `dim` are 0. */
  readonly width: number;
  readonly keepsRows: boolean;
  readonly room: Room;
  blocks: number;
  views: Views;
}

/**
 * The kernel, or null where WebAssembly, its SIMD, or compiling under the page's policy is not to be had. The first two are
 * found out silently. A Content Security Policy without `wasm-unsafe-eval` can't be asked silently: a page or Worker under one
 * reports one violation (Chromium: one, however often it is tried). So compile once, where large tables are really scanned.
 */
export function compileKernel(
  wasm: typeof WebAssembly | null | undefined = globalThis.WebAssembly,
): WebAssembly.Module | null {
  if (!wasm) return null;
  const bytes = Uint8Array.from(atob(SCAN_WASM), (char) => char.charCodeAt(0));
  if (!wasm.validate(bytes)) return null;
  try {
    return new wasm.Module(bytes);
  } catch {
    return null; // refused by policy: a CompileError in most engines, an EvalError in some
  }
}

/**
 * @param references how many references rows are coded against, the zero vector included
 * @param expected   rows that there is room for at once: growing for each block took as long as filling it (100,000 × 384)
 * @throws RangeError when the browser has no such memory to give
 */
export function createScanMemory(
  module: WebAssembly.Module,
  dim: number,
  references: number,
  keepsRows: boolean,
  expected: number,
): ScanMemory {
  const room = layOut(dim, references);
  const bytes = Math.ceil(expected / BLOCK_ROWS) * blockBytes({ dim, width: codeWidth(dim), keepsRows });
  const memory = new WebAssembly.Memory({ initial: Math.ceil((room.end + bytes) / PAGE_BYTES) });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernel = exports as unknown as Kernel;
  return { kernel, memory, dim, width: codeWidth(dim), keepsRows, room, blocks: 0, views: viewsOf(memory) };
}

function layOut(dim: number, references: number): Room {
  let end = 0;
  const take = (bytes: number): number => {
    const start = end;
    end += Math.ceil(bytes / 64) * 64; // a cache line, and the alignment of every view
    return start;
  };
  return {
    codedQueries: take(MOST_QUERIES * codeWidth(dim) * 2),
    queries: take(MOST_QUERIES * dim * 8),
    facts: take(MOST_QUERIES * 24),
    bases: take(MOST_QUERIES * references * 8),
    bias: take(BLOCK_ROWS * 8),
    mask: take(BLOCK_ROWS / 8),
    list: take(BLOCK_ROWS * 4),
    copies: take(COPIED_ROWS * dim * 4),
    out: take((BLOCK_ROWS + 1) * RECORD_BYTES), // the kernel writes before it knows whether a record counts
    end,
  };
}

function viewsOf({ buffer }: WebAssembly.Memory): Views {
  return {
    buffer,
    i8: new Int8Array(buffer),
    i16: new Int16Array(buffer),
    i32: new Int32Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
  };
}

function blockBytes({ dim, width, keepsRows }: Pick<ScanMemory, 'dim' | 'width' | 'keepsRows'>): number {
  return BLOCK_ROWS * (width + META_BYTES + (keepsRows ? dim * 4 : 0));
}

/** Address of a block. */
function blockAt(memory: ScanMemory, block: number): number {
  return memory.room.end + block * blockBytes(memory);
}

/** Address of the codes of the four rows that begin with `row`. */
export function codesAt(memory: ScanMemory, row: number): number {
  return blockAt(memory, Math.floor(row / BLOCK_ROWS)) + (row % BLOCK_ROWS) * memory.width;
}

/** Address of the meta data of the four rows that begin with `row`. */
export function metaAt(memory: ScanMemory, row: number): number {
  const block = blockAt(memory, Math.floor(row / BLOCK_ROWS));
  return block + BLOCK_ROWS * memory.width + (row % BLOCK_ROWS) * META_BYTES;
}

/** Address of an f32 row; only where rows are kept. */
export function rowAt(memory: ScanMemory, row: number): number {
  const block = blockAt(memory, Math.floor(row / BLOCK_ROWS));
  return block + BLOCK_ROWS * (memory.width + META_BYTES) + (row % BLOCK_ROWS) * memory.dim * 4;
}

/**
 * Adds a block of empty rows.
 *
 * @throws RangeError when the browser has no more memory to give; nothing has changed then
 */
export function addBlock(memory: ScanMemory): void {
  const missing = blockAt(memory, memory.blocks + 1) - memory.views.buffer.byteLength;
  if (missing > 0) {
    memory.memory.grow(Math.ceil(missing / PAGE_BYTES));
    memory.views = viewsOf(memory.memory);
  }
  memory.blocks++;
}

/** Puts a row's codes and facts where the kernel reads them. */
export function writeCode(memory: ScanMemory, row: number, codes: Int8Array, code: RowCode, reference: number): void {
  const { i8, i32, f32 } = memory.views;
  const lane = row & 3;
  putCode(i8, codesAt(memory, row - lane), f32, i32, metaAt(memory, row - lane) / 4, lane, codes, code, reference);
}

/** Puts rows that were coded before (`codeRows`) into the last block, from its beginning. */
export function fillBlock(memory: ScanMemory, codes: Uint8Array, facts: Uint8Array): void {
  const row = (memory.blocks - 1) * BLOCK_ROWS;
  const bytes = new Uint8Array(memory.views.buffer);
  bytes.set(codes, codesAt(memory, row));
  bytes.set(facts, metaAt(memory, row));
}
