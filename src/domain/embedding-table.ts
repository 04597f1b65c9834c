import type { Spread } from '../core/statistics.js';
import type { Vector } from '../core/vector.js';

/**
 * Embeddings of texts, one row each in one growing array, found again by their text. Rows never move or change, so
 * a ranking can keep `data` and offsets and stay valid while the table grows. A table that would pass `capacity` rows
 * gives way to a new one, because everything in it can be encoded again.
 */
export interface EmbeddingTable {
  readonly dim: number;
  readonly capacity: number;
  data: Float32Array;
  rows: number;
  /** Text → offset of its row in `data`, or -1 for a text about which the encoder knows nothing (all zeros). */
  readonly offsets: Map<string, number>;
  /** Offsets of the rows that belong to items, newest last: the catalogue that statistics rest on. */
  readonly items: Set<number>;
  /** Those of a catalogue under the same model, where one is open: they then speak for all items. */
  statistics?: CatalogueStatistics | undefined;
}

/** Mean and spread of a catalogue's items. */
interface CatalogueStatistics {
  /** Spread of `direction · x`. */
  spread(direction: Vector): Spread;
  /** The mean item; the same array until items change. */
  mean(): Float64Array;
}

export function createEmbeddingTable(dim: number, capacity = 20_000): EmbeddingTable {
  return { dim, capacity, data: new Float32Array(dim * 64), rows: 0, offsets: new Map(), items: new Set() };
}

/** Adds a copy of `embedding` (length `dim`) under `text`, unless it is there already, and returns its offset. */
export function addEmbedding(table: EmbeddingTable, text: string, embedding: Float32Array): number {
  const known = table.offsets.get(text);
  if (known !== undefined) return known;
  if (embedding.every((x) => x === 0)) {
    table.offsets.set(text, -1);
    return -1;
  }
  const offset = table.rows * table.dim;
  if (offset + table.dim > table.data.length) {
    const grown = new Float32Array(table.data.length * 2);
    grown.set(table.data);
    table.data = grown;
  }
  table.data.set(embedding, offset);
  table.rows++;
  table.offsets.set(text, offset);
  return offset;
}

/**
 * The table to add `missing` rows to: itself while they fit, else a new one that keeps only the texts `wanted` now.
 * What is wanted at once always stays, also past `capacity`.
 */
export function makeRoom(table: EmbeddingTable, wanted: ReadonlySet<string>, missing: number): EmbeddingTable {
  if (table.rows + missing <= table.capacity) return table;
  const roomy = createEmbeddingTable(table.dim, table.capacity);
  roomy.statistics = table.statistics;
  for (const text of wanted) {
    const row = embeddingOf(table, text);
    if (row === undefined) continue;
    const offset = addEmbedding(roomy, text, row);
    if (table.items.has(table.offsets.get(text)!)) roomy.items.add(offset);
  }
  return roomy;
}

/** The row of `text` as a view, all zeros when nothing is known of it, or undefined when it was not encoded yet. */
export function embeddingOf(table: EmbeddingTable, text: string): Float32Array | undefined {
  const offset = table.offsets.get(text);
  if (offset === undefined) return undefined;
  return offset < 0 ? new Float32Array(table.dim) : table.data.subarray(offset, offset + table.dim);
}
