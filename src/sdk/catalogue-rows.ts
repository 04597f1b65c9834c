import { readEntry } from '../core/build-catalogue.js';
import { idOf, rowOf } from '../core/catalogue-index.js';
import { addMoment, createMoments, meanOf, type Moments, spreadAlong } from '../core/moments.js';
import { addRow, createRowTable, isAlive, removeRow, residentRow, type RowTable } from '../core/row-table.js';
import type { Spread } from '../core/statistics.js';
import type { Vector } from '../core/vector.js';
import type { RowsSource } from '../compute/held-rows.js';
import type { CatalogueFile } from '../storage/catalogue-file.js';
import type { LargeScan } from './large-scan.js';

/** An item of a catalogue, as it was stored. */
interface StoredItem<T> {
  readonly item: T;
  /** Of the text that its row was made of. */
  readonly textHash: string;
}

/** The items of a catalogue by slot: those of its file, less what was removed, and what was added since. */
export interface CatalogueRows<T> {
  readonly size: number;
  readonly table: RowTable;
  /** What scans them where the table knows its slots alone. */
  readonly scan: LargeScan | undefined;
  /** Slots of items of which nothing is known: their rows are zero. */
  readonly unknown: ReadonlySet<number>;
  /** The slot of an id, or −1. */
  slotOf(id: string): number;
  idOf(slot: number): string;
  /** f32 rows in that order, row-major. Rejects with AttuneError `model/corrupt`. */
  readRows(slots: readonly number[]): Promise<Float32Array>;
  /** Items in that order. Rejects likewise. */
  readItems(slots: readonly number[]): Promise<StoredItem<T>[]>;
  /** Puts an item in, under an id that is not there; `row` has the table's length. */
  put(id: string, entry: Uint8Array, row: Float32Array): void;
  /** Takes the item of a slot out; `row` is the slot's. */
  take(slot: number, row: Float32Array): void;
  /** Spread of `direction · x` over the items. */
  spread(direction: Vector): Spread;
  /** The mean item; the same array until items change. */
  mean(): Float64Array;
}

/** Rows and items that were read from disk and are kept: a person's rankings come back to the same ones. Judgement. */
const MOST_READ = 2048;

interface Added {
  readonly id: string;
  readonly entry: Uint8Array;
  readonly row: Float32Array;
}

/**
 * @param file   undefined for a catalogue that begins empty
 * @param scanOf makes what scans the rows of a file that lie elsewhere
 */
export function createCatalogueRows<T>(
  file: CatalogueFile | undefined,
  dim: number,
  scanOf?: (source: RowsSource) => LargeScan,
): CatalogueRows<T> {
  const table = file?.table ?? createRowTable(dim, { module: null });
  const moments: Moments = file?.index.moments ?? createMoments(dim);
  const unknown = new Set(file?.unknown);
  const added = new Map<number, Added>();
  const slots = new Map<string, number>();
  /** Rows of the file that are no more. */
  const gone = new Set<number>();
  const rowsRead = new Map<number, Float32Array>();
  const itemsRead = new Map<number, StoredItem<T>>();
  const scan =
    table.coded === null && table.plain === null
      ? scanOf!({
          shape: {
            dim,
            references: file!.index.references.slice(), // a view would be sent with all of the index behind it
            expected: file!.index.layout.count,
          },
          fill: file!.fill,
          written: () => [...added].map(([slot, { row }]) => [slot, row] as const).sort(([a], [b]) => a - b),
        })
      : undefined;
  let spreads = new WeakMap<Vector, Spread>();
  let mean: Float64Array | undefined;

  function changed(slot: number, row: Float32Array, weight: 1 | -1): void {
    addMoment(moments, row, weight);
    spreads = new WeakMap();
    mean = undefined;
    rowsRead.delete(slot);
    itemsRead.delete(slot);
  }

  async function readMissing<V>(
    wanted: readonly number[],
    known: Map<number, V>,
    read: (missing: number[]) => Promise<readonly V[]>,
  ): Promise<V[]> {
    const { version } = table;
    const missing = wanted.filter((slot) => !known.has(slot));
    const fresh = missing.length === 0 ? [] : await read(missing);
    const all = new Map(missing.map((slot, i) => [slot, fresh[i]!]));
    for (const slot of wanted) if (!all.has(slot)) all.set(slot, known.get(slot) ?? (await read([slot]))[0]!);
    if (known.size + missing.length > MOST_READ) known.clear();
    if (version === table.version) for (const slot of missing) known.set(slot, all.get(slot)!); // else a slot may be another's
    return wanted.map((slot) => all.get(slot)!);
  }

  return {
    get size() {
      return table.slots - table.free.length;
    },
    table,
    scan,
    unknown,
    slotOf(id) {
      const row = slots.get(id) ?? (file === undefined ? -1 : rowOf(file.index, id));
      return slots.has(id) || !gone.has(row) ? row : -1;
    },
    idOf: (slot) => added.get(slot)?.id ?? idOf(file!.index, slot),
    async readRows(wanted) {
      const isHere = table.plain !== null || table.coded?.keepsRows;
      const rows = isHere
        ? []
        : await readMissing(wanted, rowsRead, async (missing) => {
            const fromFile = missing.filter((slot) => !added.has(slot));
            const read = fromFile.length === 0 ? undefined : await file!.readRows(fromFile);
            const data = new Map(fromFile.map((slot, i) => [slot, read!.subarray(i * dim, (i + 1) * dim)]));
            return missing.map((slot) => added.get(slot)?.row ?? data.get(slot)!);
          });
      const data = new Float32Array(wanted.length * dim);
      wanted.forEach((slot, i) => data.set(isHere ? residentRow(table, slot)! : rows[i]!, i * dim));
      return data;
    },
    readItems: (wanted) =>
      readMissing(wanted, itemsRead, async (missing) => {
        const fromFile = missing.filter((slot) => !added.has(slot));
        const read = fromFile.length === 0 ? [] : await file!.readEntries(fromFile);
        const entries = new Map(fromFile.map((slot, i) => [slot, read[i]!]));
        return missing.map((slot) => {
          const { textHash, json } = readEntry(added.get(slot)?.entry ?? entries.get(slot)!);
          return { textHash, item: JSON.parse(json) as T };
        });
      }),
    put(id, entry, row) {
      const slot = addRow(table, row);
      added.set(slot, { id, entry, row });
      scan?.write(slot, row);
      slots.set(id, slot);
      if (row.every((x) => x === 0)) unknown.add(slot);
      changed(slot, row, 1);
    },
    take(slot, row) {
      const before = added.get(slot);
      if (before === undefined) gone.add(slot);
      else {
        added.delete(slot);
        slots.delete(before.id);
      }
      unknown.delete(slot);
      removeRow(table, slot);
      changed(slot, row, -1);
    },
    spread(direction) {
      const known = spreads.get(direction);
      if (known !== undefined) return known;
      const spread = spreadAlong(moments, direction, { mean: 0, sd: 1 / Math.sqrt(dim), count: 0 });
      spreads.set(direction, spread);
      return spread;
    },
    mean: () => (mean ??= meanOf(moments)),
  };
}

/** Slots that hold items, in order. */
export function slotsOf({ table }: Pick<CatalogueRows<never>, 'table'>): number[] {
  return Array.from({ length: table.slots }, (_, slot) => slot).filter((slot) => isAlive(table, slot));
}
