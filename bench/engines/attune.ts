import { chooseReferences } from '../../src/core/references.js';
import { addRow, createRowTable } from '../../src/core/row-table.js';
import { compileKernel } from '../../src/core/scan-memory.js';
import { findBest } from '../../src/core/search.js';
import type { Engine } from '../engine.js';

/** Ours, as rankings use it; f32 rows stay in memory. `variant`: with the kernel, or as under a policy that forbids it. */
export function open(dim: number, variant: string): Engine {
  const module = variant === 'plain' ? null : compileKernel();
  let table = createRowTable(dim, { module });
  return {
    build(data, rows) {
      table = createRowTable(dim, { module, references: chooseReferences(data, rows, dim), expected: rows });
      for (let i = 0; i < rows; i++) addRow(table, data.subarray(i * dim, (i + 1) * dim));
    },
    query: (q, k) => findBest(table, { q, k }).rows,
  };
}
