import { cpus } from 'node:os';
import { openSequence } from '../src/compute/sequence/model.js';
import { goldenModel } from '../tests/golden/sequence-weights.js';

/** CPU of the sequence model where it runs (SPEC §10): one interaction more, and logs from scratch. `npm run bench:sequence`. */
const DEFAULT = { layers: 2, width: 128, heads: 4, hidden: 256, window: 50, text: 256, blend: 200 };
const SHAPES = [
  ['default: 2 × 128, window 50', DEFAULT],
  ['texts of 384', { ...DEFAULT, text: 384 }],
  ['window 200', { ...DEFAULT, window: 200 }],
  ['12 layers', { ...DEFAULT, layers: 12 }],
] as const;
const TURNS = 20;

/** Milliseconds of CPU, all threads of the process: the compiler's too. */
function cpuOf(work: () => void, times: number): number {
  const began = process.cpuUsage();
  for (let n = 0; n < times; n++) work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000 / times;
}

const shown = (times: readonly number[]): string => {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(2);
  return `${at(0.5)} (${at(0.05)} to ${at(0.95)})`;
};

console.log(
  `Node ${process.version}, ${cpus()[0]!.model.trim()}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`,
);
console.log(
  'CPU ms, median (5 to 95 % of turns): one more after 300 · 50 from scratch · 200 from scratch · 1,000 items projected',
);
for (const [name, shape] of SHAPES) {
  const { file, events, texts } = goldenModel(shape, Array<number>(200).fill(60), [6, 2, 2], 1, 300);
  const model = openSequence(file);
  const state = model.start();
  model.append(state, events);
  const projected = new Float32Array(shape.width);
  const scratch = (count: number) => () => model.append(model.start(), events.slice(0, count));
  const works: readonly (readonly [work: () => void, times: number])[] = [
    [() => model.append(state, events.slice(0, 1)), 20],
    [scratch(50), 2],
    [scratch(200), 1],
    [() => texts.forEach((text, i) => model.project({ itemId: `i${i}`, text }, projected)), 5],
  ];
  const results = works.map(([work, times]) => Array.from({ length: TURNS }, () => cpuOf(work, times)));
  results[3] = results[3]!.map((ms) => ms * 5);
  console.log(`${name}: ${results.map((times) => shown(times.slice(TURNS / 4))).join(' · ')}`);
}
