import { cpus } from 'node:os';
import { chooseReferences } from '../src/core/references.js';
import { addRow, createRowTable, type RowTable } from '../src/core/row-table.js';
import { compileKernel } from '../src/core/scan-memory.js';
import { findBest } from '../src/core/search.js';
import { DATA_SETS } from './scan-data.js';
import { tunedLoop } from './tuned-loop.js';

/**
 * CPU of an exact top-10 beside the tuned loop on the same rows, turn by turn in one run, so that a busy machine slows both.
 * `npm run bench:scan`, or some of it: `npm run bench:scan -- 10000 ascending`.
 */
const DIM = 384;
const K = 10;
const asked = process.argv.slice(3);
const sizes = asked.map(Number).filter(Number.isFinite);
const names = asked.filter((word) => Number.isNaN(Number(word)));

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Milliseconds of CPU that `work` takes. */
function cpuOf(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

function tableOf(data: Float32Array, rows: number, module: WebAssembly.Module | null): RowTable {
  const references = chooseReferences(data, rows, DIM);
  const table = createRowTable(DIM, { module, references });
  for (let i = 0; i < rows; i++) addRow(table, data.subarray(i * DIM, (i + 1) * DIM));
  return table;
}

console.log(
  `Node ${process.version}, ${cpus()[0]!.model.trim()}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`,
);
console.log('CPU a query, medians: tuned loop · ours (share, rows looked at) · without WebAssembly (share) · building');
const module = compileKernel();
for (const rows of sizes.length > 0 ? sizes : [10_000, 100_000]) {
  const turns = rows > 50_000 ? 3 : 10;
  for (const [name, make] of Object.entries(DATA_SETS)) {
    if (!names.every((part) => name.includes(part))) continue;
    const { data, queries } = make(rows, DIM);
    const plain = tableOf(data, rows, null);
    const built = cpuOf(() => tableOf(data, rows, module));
    const coded = tableOf(data, rows, module);
    const loop: number[] = [];
    const ours: number[] = [];
    const without: number[] = [];
    let looked = 0;
    for (let turn = 0; turn < turns; turn++) {
      for (const q of queries) {
        loop.push(cpuOf(() => tunedLoop(data, rows, DIM, q, K)));
        ours.push(cpuOf(() => (looked = Math.max(looked, findBest(coded, { q, k: K }).looked))));
        if (turn < 2) without.push(cpuOf(() => findBest(plain, { q, k: K })));
      }
    }
    const [a, b, c] = [median(loop), median(ours), median(without)];
    console.log(
      `${rows} ${name}: ${a.toFixed(2)} · ${b.toFixed(3)} ms (1/${(a / b).toFixed(1)}, ${looked}) · ${c.toFixed(2)} (${(c / a).toFixed(2)}) · ${built.toFixed(0)}`,
    );
  }
}
