import { expect, type Page, test } from '@playwright/test';
import { buildCatalogue, entryOf } from '../../src/core/build-catalogue.js';
import { seeded, unit } from '../seeded.js';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';

/** Just above 16 MB of rows, so that the page does not hold them. */
const [DIM, COUNT] = [64, 66_000];

/** A page that ranks, searches and changes the catalogue. */
const script = `
import { createAttune } from '/index.js';
const rowOf = (text) => Float32Array.from({ length: ${DIM} }, (_, i) => Math.sin(text.length * (i + 1)) / ${Math.sqrt(DIM)});
const encoder = {
  modelVersion: 'sines-1',
  dim: ${DIM},
  encode: async (texts) => ({
    data: Float32Array.from(texts.flatMap((text) => [...rowOf(text)])), rows: texts.length, dim: ${DIM}, truncated: 0,
  }),
  close() {},
};
const warnings = [];
const attune = await createAttune({ consent: 'granted', text: ({ title }) => title, now: () => 1.7e12, encoder, maxWaitMs: 30_000 });
attune.on('warning', ({ code, message }) => warnings.push(code + ' ' + message));
attune.track('save', { id: 'a', title: 'a quiet evening' });
await attune.flush();
const catalogue = await attune.openCatalogue('/catalog.attune');
await catalogue.remove(['t1', 't2']);
await catalogue.add([{ id: 'new', title: 'a quiet evening' }]);
const told = (list) => list.map(({ id, score }) => [id, score]);
const stop = new AbortController();
const pending = attune.rank(catalogue, { signal: stop.signal }).then(() => 'answered', (reason) => reason);
stop.abort('stopped');
window.seen = {
  ranked: told(await attune.rank(catalogue, { limit: 30, filter: ({ id }) => id !== 't5' })),
  found: told(await attune.search('quiet', { items: catalogue })),
  aborted: await pending,
  size: catalogue.size,
  warnings,
};
await attune.close();
document.documentElement.dataset.done = 'yes';
`;

interface Seen {
  readonly ranked: readonly [string, number][];
  readonly found: readonly [string, number][];
  readonly aborted: string;
  readonly size: number;
  readonly warnings: readonly string[];
}

let file: Buffer;
test.beforeAll(() => {
  const random = seeded(5);
  const rows = new Float32Array(COUNT * DIM);
  for (let i = 0; i < COUNT; i++) rows.set(i % 3 === 0 && i > 0 ? rows.subarray(0, DIM) : unit(random, DIM), i * DIM);
  const ids = Array.from({ length: COUNT }, (_, i) => `t${i}`);
  const entries = ids.map((id) => entryOf(id, JSON.stringify({ id, title: id })));
  file = Buffer.concat(buildCatalogue({ modelVersion: 'sines-1', dim: DIM, ids, entries, rows }));
});

let site: Site;
test.afterEach(() => site.close());

async function visit(page: Page, policy: string): Promise<{ seen: Seen; workers: string[] }> {
  const html = '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>';
  site = await serve('dist', { '/page.html': html, '/page.js': script }, () => enforced(policy));
  site.overrides.set('/catalog.attune', file);
  const workers: string[] = [];
  page.on('worker', (worker) => workers.push(new URL(worker.url()).pathname));
  await page.goto(`${site.origin}/page.html`);
  await page.waitForSelector('html[data-done]');
  return { seen: await page.evaluate(() => (window as never as { seen: Seen }).seen), workers };
}

test('a large catalogue is scanned in the compute Worker, under the strictest policies, or else on the page, to the bit alike', async ({
  browser,
}) => {
  const kernel = (policy: string): string =>
    policy.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'");
  const trusted = kernel(documentedPolicy('With Trusted Types'));
  const ways: readonly [policy: string, warning: string | undefined][] = [
    [trusted, undefined],
    [`${kernel(documentedPolicy('`lite`, the default'))}; worker-src 'none'`, 'compute/unavailable'],
  ];
  const all: Seen[] = [];
  for (const [policy, warning] of ways) {
    const page = await (await browser.newContext()).newPage();
    const { seen, workers } = await visit(page, policy);
    expect(workers.filter((path) => path === '/assets/compute-worker.js')).toHaveLength(warning === undefined ? 1 : 0);
    expect(seen.warnings.map((each) => each.split(' ')[0])).toEqual(warning === undefined ? [] : [warning]);
    expect(site.requests.filter((path) => path === REPORTS)).toHaveLength(warning === undefined ? 0 : 1);
    expect([seen.size, seen.aborted, seen.ranked.length, seen.found.length]).toEqual([COUNT - 1, 'stopped', 30, 20]);
    all.push(seen);
    await page.context().close();
    await site.close();
  }
  const [first, ...others] = all.map(({ ranked, found }) => ({ ranked, found }));
  for (const each of others) expect(each).toEqual(first);
});
