import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type Browser, chromium, test } from '@playwright/test';
import wabt from 'wabt';
import { serve, type Site } from '../tests/e2e/serve.js';
import { bundled, quantile } from './page.js';
import { barsOf, type Figures, keepResults, type Result, tableOf } from './peers-tables.js';
import { findRenderer, ONE_RENDERER } from './renderer.js';

/**
 * Exact search beside what else a page could use (`npm run bench:peers`, or one size: `npm run bench:peers -- -g 10,000`; some engines:
 * `ENGINES=Attune,Orama`, one set: `SET=random`; these keep nothing). Each engine, size and data set has a browser and a Worker of its own. CPU is that of
 * all the renderer's threads. A whole run of a size is kept in peers.json, and docs/performance.md and README.md are written of that.
 */
interface EngineFile {
  readonly name: string;
  readonly file: string;
  readonly variant?: string;
  /** Whether it is asked the set that is hardest for every exact search, too. */
  readonly ours?: true;
}

const ENGINES: readonly EngineFile[] = [
  { name: 'Attune', file: 'attune', ours: true },
  { name: 'Attune without WebAssembly', file: 'attune', variant: 'plain', ours: true },
  { name: 'tuned loop', file: 'loop', ours: true },
  { name: 'naive loop', file: 'loop', variant: 'naive' },
  { name: 'ONNX Runtime MatMul + TopK', file: 'ort' },
  { name: 'Orama', file: 'orama' },
  { name: 'voy', file: 'voy' },
  { name: 'client-vector-search', file: 'client-vector-search' },
  { name: 'PGlite + pgvector', file: 'pglite' },
  { name: 'PGlite + pgvector, HNSW', file: 'pglite', variant: 'hnsw' },
];

const SETS = ['random', 'near-duplicates, 100 groups, 1e-6'];
/** Where nothing but every row's own f32 numbers decides: for ours and the loop that the bars are set by. */
const HARDEST = 'scores all within 1e-6';

/** For opening; for building; for the first ten queries; for all others. An engine that takes longer is said to, and not asked again at that size. */
const LIMIT_MS = 240_000;
const TOO_LONG = `not within ${LIMIT_MS / 1000} s`;
const REPEATS = 5;
/** Queries of one repeat take at least this much CPU, beside which what the page itself does is little. */
const REPEAT_MS = 200;
const ENOUGH_MS = 15_000;
/** What a row of ours costs beside its codes, bytes: scale, error, length, reference. */
const FACTS_BYTES = 16;

const wanted = process.env['ENGINES']?.split(',');
const engines = ENGINES.filter(({ name }) => wanted === undefined || wanted.includes(name));
const sets = [...SETS, HARDEST].filter((set) => set.startsWith(process.env['SET'] ?? ''));
const isWhole = engines.length === ENGINES.length && sets.length > SETS.length;

let site: Site;
test.beforeAll(async () => {
  site = await serve('dist', { '/empty.html': '<!doctype html><title>Bench</title>' }, () => ({
    'content-security-policy': "default-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
    'cross-origin-opener-policy': 'same-origin', // isolated: the clock then ticks every 5 µs instead of every 100
    'cross-origin-embedder-policy': 'require-corp',
  }));
  const { overrides } = site;
  const files = [...new Set(engines.map(({ file }) => file))].filter((file) => file !== 'pglite');
  for (const file of files) {
    const ending = ['attune', 'loop'].includes(file) ? 'ts' : 'js';
    overrides.set(`/engines/${file}.js`, Buffer.from(await bundled(`bench/engines/${file}.${ending}`)));
  }
  overrides.set('/engines/pglite.js', readFileSync('bench/engines/pglite.js'));
  overrides.set('/engines/read.wasm', await assembled('bench/read.wat'));
  overrides.set('/engines/voy_search_bg.wasm', readFileSync('bench/node_modules/voy-search/voy_search_bg.wasm'));
  overrides.set('/search-worker.js', Buffer.from(await bundled('bench/search-worker.ts')));
  const pglite = 'bench/node_modules/@electric-sql/pglite/dist';
  for (const file of readdirSync(pglite)) {
    if (/\.(js|wasm|data)$/.test(file)) overrides.set(`/pglite/${file}`, readFileSync(`${pglite}/${file}`));
  }
  const vector = 'bench/node_modules/@electric-sql/pglite-pgvector/dist/vector.tar.gz';
  overrides.set('/pglite/vector.tar.gz', readFileSync(vector));
});
test.afterAll(() => site.close());

async function assembled(file: string): Promise<Buffer> {
  const module = (await wabt()).parseWat(file, readFileSync(file, 'utf8'), { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  return Buffer.from(buffer);
}

for (const rows of [1000, 10_000, 100_000]) {
  test(`exact search, ${rows.toLocaleString('en')} × 384`, async ({ launchOptions }) => {
    test.setTimeout(3_600_000);
    const results: Result[] = [];
    let version = '';
    for (const set of sets) {
      for (const engine of engines) {
        if (set === HARDEST && !engine.ours) continue;
        const tooLong = results.find(({ engine: name, failed }) => name === engine.name && failed === TOO_LONG);
        if (tooLong !== undefined) {
          results.push({ ...tooLong, set });
          continue;
        }
        const browser = await chromium.launch({
          ...launchOptions,
          args: [...(launchOptions.args ?? []), ONE_RENDERER, '--js-flags=--expose-gc'],
        });
        version = browser.version();
        const result: Result = { set, engine: engine.name, ...(await measured(browser, engine, set, rows)) };
        results.push(result);
        console.log(JSON.stringify(result));
        await browser.close();
      }
    }
    const machine = `Chromium ${version}, ${cpus()[0]!.model.trim()}, ${cpus().length} cores`;
    const run = { date: new Date().toISOString().slice(0, 10), machine, results };
    console.log(`${machine}, ${run.date}\n${tableOf(run)}`);
    for (const line of barsOf(String(rows), run)) console.log(line);
    if (isWhole) await keepResults(rows, run);
  });
}

/** The figures of one engine on one data set, or why there are none. */
async function measured(browser: Browser, engine: EngineFile, set: string, rows: number): Promise<Figures> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${site.origin}/empty.html`);
  await page.evaluate(`globalThis.worker = new Worker('/search-worker.js', { type: 'module' })`);
  const call = async <T>(act: string, given: object = {}): Promise<T> => {
    const { answer, error } = await page.evaluate<{ answer: T; error?: string }>(`new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve({ error: message });
      worker.postMessage(${JSON.stringify([act, given])});
    })`);
    if (error !== undefined) throw new Error(error);
    return answer;
  };
  const { cpuMs, megabytes } = await findRenderer(browser);
  const spent = async (act: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> => {
    const [began, cpu] = [performance.now(), cpuMs()];
    await act();
    return { wall: performance.now() - began, cpu: cpuMs() - cpu };
  };
  const settled = async (): Promise<number> => {
    for (let turn = 0; turn < 2; turn++) {
      await call('dropRows');
      await page.waitForTimeout(500);
    }
    return megabytes();
  };

  try {
    await call('make', { set, rows });
    const before = await settled(); // what making rows leaves behind is nobody's
    const opened = await within(spent(() => call('open', { file: engine.file, variant: engine.variant ?? '' })));
    await call('make', { set, rows });
    const built = await within(spent(() => call('build', { rows })));
    const recall = await within(call<number>('recall'));
    const queries = await within(repeats(call, spent));
    const figures: Figures = {
      ...queries,
      recall,
      start: round(opened.wall),
      startCpu: round(opened.cpu),
      build: round(built.wall),
      buildCpu: round(built.cpu),
      megabytes: Math.round((await settled()) - before),
    };
    if (engine.name !== 'Attune') return figures;
    return { ...figures, ...(await call<object>('bandwidth', { bytes: rows * (384 + FACTS_BYTES) })) };
  } catch (error) {
    return { failed: (error as Error).message.split('\n')[0]! };
  }
}

/** Medians over `REPEATS` repeats, fewer where they take long. */
async function repeats(
  call: (act: string, given: object) => Promise<number[]>,
  spent: (act: () => Promise<unknown>) => Promise<{ wall: number; cpu: number }>,
): Promise<{ median: number; p95: number; cpu: number }> {
  let passes = 1;
  for (let wall = 0; wall < REPEAT_MS;) {
    if (wall > 0) passes *= 2;
    ({ wall } = await spent(() => call('ask', { passes }))); // warms up, too
  }
  const times: number[] = [];
  const costs: number[] = [];
  const began = performance.now();
  while (costs.length < REPEATS && (costs.length < 2 || performance.now() - began < ENOUGH_MS)) {
    let asked: number[] = [];
    const { cpu } = await spent(async () => (asked = await call('ask', { passes })));
    times.push(...asked);
    costs.push(cpu / asked.length);
  }
  return { median: round(quantile(times, 0.5)), p95: round(quantile(times, 0.95)), cpu: round(quantile(costs, 0.5)) };
}

const round = (ms: number): number => Number(ms.toPrecision(4));

/** @throws Error when it takes longer than `LIMIT_MS` */
async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(TOO_LONG)), LIMIT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
