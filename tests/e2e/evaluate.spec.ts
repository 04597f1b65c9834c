import { type Browser, expect, type Page, test } from '@playwright/test';
import type { memoryStore } from '../../src/headless.js';
import type { createAttune } from '../../src/index.js';
import { KIND_PRESETS } from '../../src/domain/interaction.js';
import * as lab from '../../src/lab.js';
import { evaluatePersonal } from '../../src/lab/evaluation/personal.js';
import { rowOf } from '../../src/lab/evaluation/sources.js';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';
import { slowTest } from './slow-test.js';
import { traceTasks } from './trace.js';

/** A person who does not exist, who did enough for more than one word of progress, what they could have been shown, and what all of it means. */
const world = lab.createWorld({ seed: 8, items: 300, people: 1 });
const file = lab.exportOf(lab.drawSessions(world, world.people[0]!, { count: 400 }), lab.seeded(2));
const data = {
  ...{ file, dim: world.dim, items: world.items.map(({ id, text }) => ({ id, text })) },
  rows: world.items.map(({ text, embedding }): [string, number[]] => [text, [...embedding]]),
};

/** The person's Attune, made in the page from this function's text; the world is made here, because logarithms of two engines differ by a bit. */
async function prepare(create: typeof createAttune, store: ReturnType<typeof memoryStore>, known: typeof data) {
  const rows = new Map(known.rows);
  const encoder = {
    ...{ modelVersion: 'world', dim: known.dim, close() {} },
    async encode(texts: readonly string[]) {
      const all = texts.flatMap((text) => rows.get(text)!);
      return { data: Float32Array.from(all), rows: texts.length, dim: known.dim, truncated: 0 };
    },
  };
  const text = (item: { readonly text: string }): string => item.text;
  const now = (): number => known.file.exportedAt + 1000;
  const attune = await create<{ id: string; text: string }>({ consent: 'granted', encoder, store, text, now });
  await attune.data.import(known.file);
  return attune;
}

/** The engine by itself. */
function inNode(): lab.Evaluation | null {
  const rows = file.interactions.map((interaction) => rowOf(interaction, 'own'));
  const embeddings = { data: Float32Array.from(world.items.flatMap((item) => [...item.embedding])), dim: world.dim };
  return evaluatePersonal(
    { rows, items: data.items.map(({ id }) => id), embeddings },
    {
      ...{ kindWeights: KIND_PRESETS.feed, settings: {}, offered: data.items.length, share: 0.5, targets: 'positive' },
      ...{ repeats: false, table: undefined, k: 10, resamples: 1000, seed: 1 },
    },
  );
}

const script = `
import { createAttune } from '/index.js';
import { memoryStore } from '/core.js';
import { evaluate } from '/lab.js';
const data = await (await fetch('/data.json')).json();
const { items } = data;
const attune = await (${prepare.toString()})(createAttune, memoryStore(), data);
await new Promise((resolve) => setTimeout(resolve, 200));
performance.mark('evaluating');
const [told, warnings, resumed] = [[], [], []];
const whole = await evaluate(attune, {
  items,
  onProgress: ({ done, total, answers }) => told.push([done, total, answers.length]),
  onWarning: ({ code, message }) => warnings.push(code + ' ' + message),
});
const stop = new AbortController();
let last;
const onProgress = (progress) => {
  last = { ...progress, answers: [...progress.answers] };
  if (progress.done > 50) stop.abort('stopped');
};
const reason = await evaluate(attune, { items, signal: stop.signal, onProgress }).catch((reason) => reason);
const rest = await evaluate(attune, { items, resume: last, onProgress: ({ done }) => resumed.push(done) });
await new Promise((resolve) => setTimeout(resolve, 200));
window.seen = { whole, rest, told, warnings, reason, stoppedAt: last.done, first: resumed[0] };
await attune.close();
document.documentElement.dataset.done = 'yes';
`;

interface Seen {
  readonly whole: lab.PersonalEvaluation;
  readonly rest: lab.PersonalEvaluation;
  readonly told: readonly [done: number, total: number, kept: number][];
  readonly warnings: readonly string[];
  readonly reason: string;
  readonly stoppedAt: number;
  /** Questions done when the resumed run first told of any. */
  readonly first: number;
}

let site: Site;
test.afterEach(() => site.close());

async function visit(
  browser: Browser,
  page: Page,
  policy: string,
): Promise<{ seen: Seen; workers: string[]; tasks: readonly number[] }> {
  const html = '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>';
  site = await serve('dist', { '/page.html': html, '/page.js': script, '/data.json': JSON.stringify(data) }, () =>
    enforced(policy),
  );
  const workers: string[] = [];
  page.on('worker', (worker) => workers.push(new URL(worker.url()).pathname));
  const tasks = await traceTasks(browser, page, 'evaluating', async () => {
    await page.goto(`${site.origin}/page.html`);
    await page.waitForSelector('html[data-done]');
  });
  return { tasks, seen: await page.evaluate(() => (window as never as { seen: Seen }).seen), workers };
}

/** Every number of it, by its way there. */
function numbersOf(value: unknown, way = ''): [string, number | null][] {
  if (typeof value === 'number' || value === null) return [[way, value]];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, each]) => numbersOf(each, `${way}.${key}`));
}

for (const [where, more, warning] of [
  ['the compute Worker', '', undefined],
  ['the page, in slices, where no Worker may be', "; worker-src 'none'", 'compute/unavailable'],
] as const) {
  const variant = warning === undefined ? test : slowTest;
  variant(
    `a person's own log is evaluated in ${where}: as in Node, without a long task, stopped at once, and resumed`,
    async ({ page, browser }) => {
      const { seen, workers, tasks } = await visit(browser, page, `${documentedPolicy('With Trusted Types')}${more}`);
      expect(seen.whole.on).toBe(warning === undefined ? 'worker' : 'page');
      const [numbers, others] = [numbersOf(seen.whole.evaluation), numbersOf(inNode())];
      expect(others.length).toBeGreaterThan(500);
      expect(numbers.map(([way]) => way)).toEqual(others.map(([way]) => way));
      const apart = numbers.filter(([, value], i) => !(Math.abs(Number(value) - Number(others[i]![1])) <= 1e-9));
      expect(apart).toEqual([]);
      expect(seen.rest.evaluation).toEqual(seen.whole.evaluation);

      const rising = [...tasks].sort((a, b) => a - b);
      console.log(`${where}: longest task ${rising.at(-1)!.toFixed(0)} ms of CPU`);
      expect(tasks.length).toBeGreaterThan(20);
      expect(rising[Math.floor(0.95 * tasks.length)]).toBeLessThan(50); // a busy machine makes one or two of them longer
      expect(seen.told.length).toBeGreaterThan(1);
      for (const [done, total, kept] of seen.told) expect([done <= total, kept]).toEqual([true, done]);
      expect(seen.told.at(-1)![0]).toBe(seen.told[0]![1]);
      expect(seen.reason).toBe('stopped');
      expect(seen.stoppedAt).toBeLessThan(seen.told[0]![1]);
      expect(seen.first).toBeGreaterThan(seen.stoppedAt);

      expect(workers).toEqual(warning === undefined ? Array(3).fill('/assets/compute-worker.js') : []);
      expect(seen.warnings.map((each) => each.split(' ')[0])).toEqual(warning === undefined ? [] : [warning]);
      const loaded = site.requests.filter((path) => path.includes('evaluation')).length;
      expect(loaded).toBe(warning === undefined ? 3 : 0);
      expect(site.requests.includes(REPORTS)).toBe(warning !== undefined);
    },
  );
}
