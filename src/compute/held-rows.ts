import { checksum } from '../core/checksum.js';
import { addReady, addRow, changeRow, createRowTable, type ReadyRows } from '../core/row-table.js';
import { compileKernel } from '../core/scan-memory.js';
import { isStale, openSearch, type Scanned, scanned, scanNext } from '../core/search.js';
import type { Query } from '../core/search-query.js';

/** What a table is made of, wherever it lies. */
export interface RowsShape {
  readonly dim: number;
  readonly references: Float32Array;
  /** How many rows will come at least. */
  readonly expected: number;
}

/** Where rows come from, and come from again whenever what held them is gone. */
export interface RowsSource {
  readonly shape: RowsShape;
  /**
   * Brings the rows of the file in pieces, with their f32 numbers if they are needed. Rejects with AttuneError
   * `model/corrupt` for what is not as it was written.
   *
   * @param add takes the checksum of the codes before, 0 at first
   */
  fill(needsRows: boolean, add: (piece: ReadyRows, sum: number) => Added | Promise<Added>): Promise<void>;
  /** What was written since, by slot. */
  written(): Iterable<readonly [slot: number, row: Float32Array]>;
}

/** What is left of a piece. */
export interface Added {
  /** Checksum of all codes so far. */
  readonly sum: number;
  /** The memory that its codes lay in, free to be used again. */
  readonly room: ArrayBuffer;
}

/** A query that says of every slot whether it may be found: what holds the rows doesn't know which of them are gone. */
export type SlotQuery = Query & { readonly filter: Uint32Array };

/** Rows to be scanned, on whichever thread. */
export interface HeldRows {
  /** Whether it holds codes; without the kernel it needs the f32 rows. */
  readonly isCoded: boolean;
  /** Adds rows at the end; as in `RowsSource`. */
  add(piece: ReadyRows, sum: number): Added;
  /** Puts a row in the place of what is in the slot, or beyond the last one. */
  write(slot: number, row: Float32Array): void;
  /**
   * Scans all rows with pauses between. Undefined when rows were written meanwhile.
   *
   * @param pause may throw to end the scan
   */
  scan(query: SlotQuery, pause: () => Promise<void>): Promise<Scanned | undefined>;
}

/** Rows scanned without a break: 1.2 ms with the kernel, 15 ms without, of 384 numbers. Judgement. */
export const SLICE = 32_768;

let kernel: WebAssembly.Module | null | undefined;

/** The kernel of this thread, compiled once: a policy that refuses it reports each try. */
export function threadKernel(): WebAssembly.Module | null {
  return kernel === undefined ? (kernel = compileKernel()) : kernel;
}

export function createHeldRows({ dim, references, expected }: RowsShape): HeldRows {
  const table = createRowTable(dim, { module: threadKernel(), references, keepsRows: false, expected });
  return {
    isCoded: table.coded !== null,
    add(piece, sum) {
      addReady(table, piece);
      return { sum: checksum(piece.codes, sum), room: piece.codes.buffer as ArrayBuffer };
    },
    write(slot, row) {
      while (table.slots < slot) addRow(table, new Float32Array(dim)); // slots that were emptied again
      if (slot < table.slots) changeRow(table, slot, row);
      else addRow(table, row);
    },
    async scan(query, pause) {
      const search = openSearch(table, query);
      while (scanNext(search, SLICE)) {
        await pause();
        if (isStale(search)) return undefined;
      }
      return scanned(search);
    },
  };
}
