import { codeRows } from '../src/core/code-rows.js';
import { chooseReferences } from '../src/core/references.js';
import type { RowsSource } from '../src/compute/held-rows.js';

/** Rows as a catalogue's file brings them, in two pieces, and what is written since. Counts how often it was asked. */
export function sourceOf(
  rows: readonly Float32Array[],
  dim: number,
): RowsSource & { filled: number; readonly changes: Map<number, Float32Array> } {
  const changes = new Map<number, Float32Array>();
  const piece = (from: readonly Float32Array[], references: Float32Array, needsRows: boolean) => {
    const data = Float32Array.from(from.flatMap((row) => [...row]));
    const { codes, facts } = codeRows(data, from.length, dim, references);
    const bytes = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
    return { count: from.length, codes: bytes, facts, rows: needsRows ? data : null };
  };
  const all = Float32Array.from(rows.flatMap((row) => [...row]));
  const references = chooseReferences(all, rows.length, dim);
  return {
    filled: 0,
    changes,
    shape: { dim, references, expected: rows.length },
    async fill(needsRows, add) {
      this.filled++;
      const { sum } = await add(piece(rows.slice(0, 1024), references, needsRows), 0);
      if (rows.length > 1024) await add(piece(rows.slice(1024), references, needsRows), sum);
    },
    written: () => [...changes].sort(([a], [b]) => a - b),
  };
}
