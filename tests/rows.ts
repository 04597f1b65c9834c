import { addRow, createRowTable, type RowTable } from '../src/core/row-table.js';
import { chooseReferences } from '../src/core/references.js';
import { compileKernel } from '../src/core/scan-memory.js';
import type { Query } from '../src/core/search-query.js';
import { dot } from '../src/core/vector.js';

/** The definition itself: every row in double precision, sorted. */
export function slowBest(
  rows: readonly Float32Array[],
  { q, interests = [], bias, filter, k }: Query,
): { row: number; score: number }[] {
  const queries = (interests.length === 0 ? [new Float64Array(q.length)] : interests).map((interest) =>
    Float64Array.from(interest, (x, j) => x + q[j]!),
  );
  return rows
    .map((x, row) => ({ row, score: Math.max(...queries.map((query) => dot(query, x))) + (bias?.[row] ?? 0) }))
    .filter(({ row }) => filter === undefined || ((filter[row >> 5]! >>> (row & 31)) & 1) === 1)
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, k);
}

export function addAll(table: RowTable, rows: readonly Float32Array[]): RowTable {
  for (const row of rows) addRow(table, row);
  return table;
}

/** The rows in a table with the kernel and in one without, coded against references or not. */
export function bothTables(rows: readonly Float32Array[], dim: number, referred = true): [RowTable, RowTable] {
  const data = new Float32Array(rows.length * dim);
  for (const [i, row] of rows.entries()) data.set(row, i * dim);
  const references = referred ? chooseReferences(data, rows.length, dim) : new Float32Array();
  return [
    addAll(createRowTable(dim, { module: compileKernel(), references }), rows),
    addAll(createRowTable(dim, { module: null, references }), rows),
  ];
}
