import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** What was measured of one engine: ms, MB and shares; or why nothing was. */
export type Figures =
  | {
      readonly failed?: undefined;
      /** Of one query by the clock, ms. */
      readonly median: number;
      readonly p95: number;
      /** CPU of one query, ms. */
      readonly cpu: number;
      /** Share of the ten rows found that are among the ten best, by scores in double precision. */
      readonly recall: number;
      /** Loading the code and what it needs, by the clock and in CPU, ms. */
      readonly start: number;
      readonly startCpu: number;
      readonly build: number;
      readonly buildCpu: number;
      /** Above the page before, rows included. */
      readonly megabytes: number;
      /** GB/s of a bare read of as many bytes as a scan of ours reads, and how long that takes in proportion to a query. */
      readonly gigabytes?: number;
      readonly share?: number;
    }
  | { readonly failed: string };

export type Result = Figures & { readonly set: string; readonly engine: string };

/** All that one size was asked. */
export interface Run {
  readonly date: string;
  readonly machine: string;
  readonly results: readonly Result[];
}

const KEPT = 'bench/peers.json';
const OURS = 'Attune';
const LOOP = 'tuned loop';

/** How much less CPU than the tuned loop an exact search takes, at least. */
const BARS: Readonly<Record<string, number>> = { '10000': 6, '100000': 10 };

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const ms = (value: number): string =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
const seconds = (value: number): string => (value / 1000).toFixed(value < 10_000 ? 2 : 0);
const cpuOf = (result: Result | undefined): number => (result?.failed === undefined ? (result?.cpu ?? NaN) : NaN);

/** The results of a run as tables, one a data set. */
export function tableOf({ results }: Run): string {
  const sets = [...new Set(results.map(({ set }) => set))];
  return sets
    .map((set) => {
      const those = results.filter((result) => result.set === set);
      const ours = cpuOf(those.find(({ engine }) => engine === OURS));
      const lines = those.map((result) => {
        if (result.failed !== undefined) return [result.engine, result.failed, '', '', '', '', '', ''];
        const { engine, median, p95, cpu, start, startCpu, build, buildCpu, megabytes, recall } = result;
        return [
          engine,
          `${ms(median)} (${ms(p95)})`,
          ms(cpu),
          Number.isNaN(ours) ? '' : (cpu / ours).toFixed(1),
          `${seconds(start)} (${seconds(startCpu)})`,
          `${seconds(build)} (${seconds(buildCpu)})`,
          String(megabytes),
          recall.toFixed(3),
        ];
      });
      const head = [
        '',
        'ms, median (p95)',
        'CPU ms',
        'times ours',
        'start, s (CPU)',
        'build, s (CPU)',
        'MB',
        'recall@10',
      ];
      return `**${set}**${read(those)}\n\n${table(head, lines)}`;
    })
    .join('\n\n');
}

function read(results: readonly Result[]): string {
  const ours = results.find(({ engine }) => engine === OURS);
  if (ours?.failed !== undefined || ours?.share === undefined) return '';
  return `: a bare read of our codes, at ${ours.gigabytes!.toFixed(1)} GB/s, takes ${(ours.share * 100).toFixed(0)} % of a query`;
}

/** Whether the bars against the tuned loop are met, set by set. */
export function barsOf(rows: string, { results }: Run): string[] {
  const bar = BARS[rows];
  if (bar === undefined) return [];
  const sets = [...new Set(results.map(({ set }) => set))];
  return sets.flatMap((set) => {
    const [ours, loop] = [OURS, LOOP].map((name) =>
      cpuOf(results.find((result) => result.set === set && result.engine === name)),
    ) as [number, number];
    if (Number.isNaN(loop / ours)) return [];
    const word = loop / ours >= bar ? 'met   ' : 'MISSED';
    return `${word} ${rows} × 384, ${set}: 1/${(loop / ours).toFixed(1)} of the tuned loop's CPU (bar 1/${bar})`;
  });
}

/** Keeps a size's run in place of its last one, and writes what docs/performance.md and README.md say of all of them. */
export async function keepResults(rows: number, run: Run): Promise<void> {
  const kept = JSON.parse(readFileSync(KEPT, 'utf8')) as Record<string, Run>;
  const runs: Record<string, Run> = { ...kept, [rows]: run };
  await write(KEPT, JSON.stringify(runs));
  for (const [size, each] of Object.entries(runs)) {
    const said = `${each.machine}, ${each.date}.\n\n${tableOf(each)}`;
    await replace('docs/performance.md', `peers ${size}`, said);
  }
  await replace('README.md', 'peers', summary(runs));
}

/** All sizes in one table: random rows, and the worst recall of all. */
function summary(runs: Readonly<Record<string, Run>>): string {
  const sizes = Object.keys(runs);
  const largest = runs[sizes.at(-1)!]!;
  const names = [...new Set(Object.values(runs).flatMap(({ results }) => results.map(({ engine }) => engine)))];
  const find = (run: Run, name: string): Result | undefined =>
    run.results.find(({ set, engine }) => set === 'random' && engine === name);
  const lines = names.map((name) => {
    const last = find(largest, name);
    const recalls = Object.values(runs).flatMap(({ results }) =>
      results.flatMap((result) => (result.engine === name && result.failed === undefined ? [result.recall] : [])),
    );
    return [
      name,
      ...sizes.map((size) => {
        const cpu = cpuOf(find(runs[size]!, name));
        return Number.isNaN(cpu) ? 'not measured' : ms(cpu);
      }),
      last === undefined || last.failed !== undefined ? (last?.failed ?? '') : seconds(last.startCpu + last.buildCpu),
      last === undefined || last.failed !== undefined ? '' : String(last.megabytes),
      recalls.length === 0 ? '' : Math.min(...recalls).toFixed(3),
    ];
  });
  const at = sizes.map((size) => Number(size).toLocaleString('en'));
  const head = ['CPU ms a query', ...at, `start + build at ${at.at(-1)}, CPU s`, 'MB there', 'least recall@10'];
  const dates = [...new Set(Object.values(runs).map(({ date }) => date))].join(' and ');
  return `${largest.machine}, ${dates}.\n\n${table(head, lines)}`;
}

/** @throws Error when `file` has no such place */
async function replace(file: string, place: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${place} -->`, `<!-- /${place} -->`];
  const [before, rest] = readFileSync(file, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${file} has no ${begin} … ${end}`);
  await write(file, `${before}${begin}\n\n${text}\n\n${end}${after}`);
}

async function write(file: string, text: string): Promise<void> {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
