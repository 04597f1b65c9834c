import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { type Browser, chromium, type Page, test } from '@playwright/test';
import { serve, type Site } from '../tests/e2e/serve.js';
import { gaussian, seeded } from '../tests/seeded.js';
import { bundled, quantile } from './page.js';

/**
 * SPEC §10's MiniLM and memory rows (`npm run bench:encoder`): all-MiniLM-L6-v2's exact architecture with random
 * weights (tests/fixtures/tiny-bert/minilm.py) in q8 on one WASM thread, beside bare ONNX Runtime and plain
 * transformers.js of the same build in a Worker each, in one run. Machines are noisy: the ratios count.
 */
const HUB = '.cache/hub/random-minilm/resolve/main';
const FILES = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'onnx/model_quantized.onnx',
  'onnx/model.onnx',
];
const ROUNDS = 60;
const MODEL = { preset: 'minilm', host: 'self', device: 'wasm' };

const HEADERS = {
  'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  'cross-origin-opener-policy': 'same-origin', // isolated: the clock then ticks every 5 µs instead of every 100
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

let site: Site;
test.beforeAll(async ({ browser }) => {
  const [ort, plain] = await Promise.all([
    bundled('bench/encoder/ort-worker.js'),
    bundled('bench/encoder/pipeline-worker.js'),
  ]);
  const extra = {
    '/empty.html': '<!doctype html><title>Bench</title>',
    '/page.js': readFileSync('bench/encoder/page.js', 'utf8'),
    '/peers/ort-worker.js': ort,
    '/peers/pipeline-worker.js': plain,
  };
  site = await serve('dist', extra, () => HEADERS);
  for (const file of FILES) {
    site.overrides.set(`/models/Xenova/all-MiniLM-L6-v2/${file}`, readFileSync(`${HUB}/${file}`));
  }
  const cpu = `${cpus()[0]!.model.trim()}, ${cpus().length} cores`;
  console.log(`Chromium ${browser.version()}, ${cpu}, ${new Date().toISOString()}, load ${load()}`);
});
test.afterAll(() => site.close());

if (!existsSync(HUB)) execFileSync('python3', ['tests/fixtures/tiny-bert/minilm.py'], { stdio: 'inherit' });
const { model } = JSON.parse(readFileSync(`${HUB}/tokenizer.json`, 'utf8')) as { model: { vocab: object } };

/** Words of one token each. */
const WORDS = [
  ...new Set(
    (JSON.parse(readFileSync('demo/catalog.json', 'utf8')) as { summary: string }[])
      .flatMap(({ summary }) => summary.toLowerCase().match(/[a-z]+/g) ?? [])
      .filter((word) => Object.hasOwn(model.vocab, word)),
  ),
];

/** Texts of `words(i)` words each, no two alike. */
function textsOf(count: number, seed: number, words: (random: () => number) => number): string[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: words(random) }, () => WORDS[Math.floor(random() * WORDS.length)]!).join(' '),
  );
}

/** 3 to 200 words, log-normal around 18: titles, summaries, now and then an article's start. */
function mixedLength(random: () => number): number {
  return Math.round(Math.min(200, Math.max(3, 18 * Math.exp(0.9 * gaussian(random)))));
}

async function openPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();

  await page.goto(`${site.origin}/empty.html`);
  return page;
}

const call = <R>(page: Page, name: string, given: object): Promise<R> =>
  page.evaluate(`import('/page.js').then((all) => all.${name}(${JSON.stringify(given)}))`);

const load = (): string => loadavg()[0]!.toFixed(1);
const bar = (isMet: boolean): string => (isMet ? 'met' : 'MISSED');

/** CPU that all pages' processes have spent so far, ms. */
async function cpuMs(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.reduce((sum, { type, cpuTime }) => sum + (type === 'renderer' ? cpuTime * 1000 : 0), 0);
}

test('one text: the round trip from the page, and a bare run’s', async ({ browser }) => {
  const rows = [];
  for (const words of [1, 20]) {
    const page = await openPage(browser);
    const texts = [...new Set(textsOf(ROUNDS * 8, words, () => words))];
    const [warm, measured, others] = [texts.slice(0, 10), texts.slice(10, 10 + ROUNDS), texts.slice(10 + ROUNDS)];
    await call(page, 'openBoth', { model: MODEL, texts: warm, tokens: words });
    const { ours, trip, run } = await call<Record<'ours' | 'trip' | 'run', number[]>>(page, 'interleaved', {
      texts: measured,
    });
    const cpu: number[] = [];
    for (const way of ['ours', 'bare']) {
      const before = await cpuMs(browser);
      await call(page, 'alone', { texts: others.slice(0, ROUNDS), way });
      cpu.push(((await cpuMs(browser)) - before) / ROUNDS);
    }
    for (const [what, mine, theirs] of [
      ['round trip, median', quantile(ours, 0.5), quantile(trip, 0.5)],
      ['against the run alone, median', quantile(ours, 0.5), quantile(run, 0.5)],
      ['CPU of the round trip, mean', cpu[0]!, cpu[1]!],
    ] as const) {
      rows.push({
        text: `${words} word${words > 1 ? 's' : ''}, ${what}`,
        'ours ms': mine.toFixed(2),
        'bare ms': theirs.toFixed(2),
        ratio: (mine / theirs).toFixed(3),
        'bar 1.1': bar(mine <= 1.1 * theirs),
        load: load(),
      });
    }
    await page.context().close();
  }
  console.table(rows);
});

test('256 texts of mixed lengths, beside the plain pipeline', async ({ browser }) => {
  test.setTimeout(1_800_000);
  const texts = textsOf(256, 7, mixedLength);
  const counts = texts.map((text) => text.split(' ').length);
  console.log(`words: median ${quantile(counts, 0.5)}, p95 ${quantile(counts, 0.95)}, longest ${Math.max(...counts)}`);
  const ways = ['attune', 'one batch', 'one by one'];
  const wall: Record<string, number> = {};
  const cpu: Record<string, number> = {};
  const loads: Record<string, string> = {};
  for (const way of ways) {
    const page = await openPage(browser);
    const before = await cpuMs(browser);
    wall[way] = await call<number>(page, 'manyTexts', { model: MODEL, texts, way });
    cpu[way] = (await cpuMs(browser)) - before;
    loads[way] = load();
    await page.context().close();
  }
  console.table(
    ways.map((way) => {
      const [times, timesCpu] = [wall[way]! / wall['attune']!, cpu[way]! / cpu['attune']!];
      return {
        way: way === 'attune' ? 'Attune' : `pipeline, ${way}`,
        s: (wall[way]! / 1000).toFixed(1),
        'CPU s, with loading': (cpu[way]! / 1000).toFixed(1),
        'times ours': times.toFixed(2),
        'CPU times ours': timesCpu.toFixed(2),
        'bar 1.5': way === 'one batch' ? bar(Math.min(times, timesCpu) >= 1.5) : '',
        load: loads[way],
      };
    }),
  );
});

test('a person’s text while 256 others are learned from', async ({ browser }) => {
  const background = textsOf(256, 11, mixedLength);
  const asked = textsOf(20, 12, () => 6);
  const rows = [];
  for (const way of ['attune', 'pipeline']) {
    const page = await openPage(browser);
    const times = await call<number[]>(page, 'waiting', {
      model: MODEL,
      background,
      asked,
      pauseMs: 100,
      way,
      user: 0,
    });
    rows.push({
      way: way === 'attune' ? 'Attune' : 'first come, first served',
      asked: times.length,
      'median ms': quantile(times, 0.5).toFixed(0),
      'worst ms': Math.max(...times).toFixed(0),
      load: load(),
    });
    await page.context().close();
  }
  console.table(rows);
});

test('fp32 in padded buckets on WASM', async ({ browser }) => {
  const random = seeded(5);
  const cases = {
    '20 tokens each': Array.from({ length: 16 }, () => 20),
    '18 to 24 tokens': Array.from({ length: 16 }, (_, i) => 18 + (i % 7)),
    '4 to 60 tokens': Array.from({ length: 16 }, () => 4 + Math.floor(56 * random() ** 2)),
  };
  const rows = [];
  for (const threads of [1, 2]) {
    const page = await openPage(browser);
    await call(page, 'openWhole', { threads });
    for (const [name, lengths] of Object.entries(cases)) {
      for (const size of [1, 4, 8, 16, 1]) {
        // alone once more at the end: what only warms up must not look like a gain
        const before = await cpuMs(browser);
        const all = [];
        for (let round = 0; round < 2; round++) {
          all.push(await call<{ ms: number; cosine: number }>(page, 'buckets', { lengths, size }));
        }
        rows.push({
          lengths: name,
          threads,
          bucket: size,
          'ms a text, best': Math.min(...all.map(({ ms }) => ms)).toFixed(1),
          'CPU ms a text': (((await cpuMs(browser)) - before) / lengths.length / all.length).toFixed(1),
          'least cosine': all[0]!.cosine.toFixed(8),
          load: load(),
        });
      }
    }
    await page.context().close();
  }
  console.table(rows);
});

/** MB of a page's processes: its renderer's and the GPU's, shared memory in proportion. */
async function megabytes(browser: Browser, page: Page): Promise<number> {
  const heap = await page.context().newCDPSession(page);
  await heap.send('HeapProfiler.collectGarbage');
  await page.waitForTimeout(3000);
  await heap.send('HeapProfiler.collectGarbage');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as {
    processInfo: { type: string; id: number }[];
  };
  const measured = processInfo.filter(({ type }) => type === 'renderer' || type === 'GPU');
  const kB = measured.map(({ id }) => {
    const rollup = readFileSync(`/proc/${id}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)![1]);
  });
  return kB.reduce((sum, each) => sum + each, 0) / 1024;
}

test('memory above the same page without Attune', async ({ launchOptions }) => {
  const texts = [...textsOf(64, 13, mixedLength), ...textsOf(1, 14, () => 600)]; // as long as MiniLM reads
  const rows = [];
  const alone: number[] = [];
  for (const [name, model, most] of [
    ['no Attune', undefined, 0],
    ['lite', 'lite', 64],
    ['MiniLM', MODEL, 256],
  ] as const) {
    const all = model === undefined ? alone : [];
    for (let round = 0; round < 2; round++) {
      const args = [...(launchOptions.args ?? []), '--disable-features=SpareRendererForSitePerProcess'];
      const browser = await chromium.launch({ ...launchOptions, args });
      const page = await openPage(browser);
      if (model !== undefined) await call(page, 'settle', { model, texts });
      all.push(await megabytes(browser, page));
      await browser.close();
    }
    const above = quantile(all, 0.5) - quantile(alone, 0.5);
    rows.push({
      page: name,
      'renderer + GPU process, MB': all.map((mb) => mb.toFixed(0)).join(', '),
      'above, MB': model === undefined ? '' : above.toFixed(1),
      bar: model === undefined ? '' : `${most}: ${bar(above < most)}`,
      load: load(),
    });
  }
  console.table(rows);
});
