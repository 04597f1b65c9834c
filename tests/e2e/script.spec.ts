import { readdirSync, readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { instrument } from './instruments.js';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';

/** A site that has Attune by one tag, under the policy of docs/csp.md; what it does before Attune is there waits in line. */
const SITE = `
const errors = [];
console.error = (...given) => errors.push(given.join(' '));
const items = ['Quiet piano at night', 'Loud drums and thunder', 'A walk by the sea'].map((title) => ({ slug: title.replaceAll(' ', '-'), title }));
attuneOptions = { id: ({ slug }) => slug };
(globalThis.attuneQueue ??= []).push(({ profile }) => (before = profile().interactionCount));
`;
const PAGE = `
attune.track('save', items[0]);
attune.setSlider('pace', -0.5);
const ranked = attune.rank(items);
const none = attune.rank('no list');
const answer = async () => {
  const titles = (await ranked).map(({ item }) => item.title);
  attuneQueue.push((attune) => attune.track('save', items[2]));
  await attune.flush();
  const { sliders } = attune.profile();
  const refused = await none.then(() => '', ({ code }) => code);
  const kept = await attune.data.export();
  document.title = JSON.stringify({ before, titles, refused, errors, position: sliders[0]?.position, ids: kept.interactions.map(({ itemId }) => itemId), at: attune.data.storage });
};
attune.ready.then(answer).catch((error) => (document.title = JSON.stringify({ failed: error.message, errors })));
`;
const htmlWith = (attributes: string, tags = 1): string =>
  `<!doctype html><title></title><script src="/site.js"></script>${`<script src="/attune/script.js" ${attributes}></script>`.repeat(tags)}<script src="/page.js"></script>`;
const SLIDERS = `data-sliders='[{"id":"pace","low":"calm, slow","high":"fast, loud"}]'`;
const EXTRA = {
  '/site.js': SITE,
  '/page.js': PAGE,
  '/page.html': htmlWith(`data-consent="granted" data-user="42" data-max-wait-ms="20000" ${SLIDERS}`),
  '/bad.html': htmlWith(`data-consent="granted" data-sliders="[{id"`),
  '/worse.html': htmlWith('data-consent="certainly"'),
  '/twice.html': htmlWith('data-consent="granted"', 2),
};

let site: Site;
test.beforeEach(async ({ page }) => {
  const files = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(js|attune)$/.test(file),
  );
  site = await serve('dist', EXTRA, () => ({
    'cache-control': 'public, max-age=31536000, immutable',
    ...enforced(documentedPolicy('The script tag')),
  }));
  for (const file of files) {
    const bytes = readFileSync(`dist/${file}`);
    const isWorker = file.endsWith('-worker.js');
    site.overrides.set(`/attune/${file}`, isWorker ? Buffer.from(`(${instrument.toString()})();\n${bytes}`) : bytes);
  }
  await page.context().addInitScript(instrument);
});
test.afterEach(() => site.close());

async function visit(page: Page, path = '/page.html'): Promise<Record<string, unknown>> {
  await page.goto(`${site.origin}${path}`);
  await expect.poll(() => page.title(), { timeout: 20_000 }).not.toBe('');
  return JSON.parse(await page.title()) as Record<string, unknown>;
}

test('one tag: options from its attributes, and what was called before it was there happens in order', async ({
  page,
}) => {
  expect(await visit(page)).toEqual({
    before: 0,
    titles: expect.arrayContaining(['Quiet piano at night', 'Loud drums and thunder', 'A walk by the sea']) as unknown,
    refused: 'input/invalid',
    errors: [],
    position: -0.5,
    ids: ['Quiet-piano-at-night', 'A-walk-by-the-sea'],
    at: 'indexed-db',
  });
  expect(site.requests).not.toContain(REPORTS);
});

test('nothing is sent, and once cached no request reaches the server', async ({ page, context }) => {
  const asked: string[] = [];
  context.on('request', (request) => asked.push(request.url()));
  await visit(page);
  await page.waitForLoadState('networkidle');
  const sent = await page.evaluate(() => (globalThis as never as { sent: string[] }).sent);
  expect(sent).toEqual(['fetch GET /attune/models/lite/lite.attune']);
  const cached = site.requests.length;
  const later = await context.newPage();
  expect((await visit(later))['ids']).toHaveLength(4);
  expect(site.requests.slice(cached)).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(`${site.origin}/`))).toEqual([]);
  expect(site.bodyBytes).toBe(0);
  await site.close();
  const last = await context.newPage();
  expect((await visit(last))['ids']).toHaveLength(6);
});

for (const [path, why] of [
  ['/bad.html', /option sliders: not JSON/],
  ['/worse.html', /consent.*certainly/],
] as const) {
  test(`what is wrong with a tag is told, and the page lives on: ${path}`, async ({ page }) => {
    const uncaught: Error[] = [];
    page.on('pageerror', (error) => uncaught.push(error));
    const { failed, errors } = await visit(page, path);
    expect(failed).toMatch(why);
    expect(errors).toEqual([expect.stringMatching(/^Attune could not start/)]);
    expect(uncaught).toEqual([]);
  });
}

test('a second tag is told, and changes nothing', async ({ page }) => {
  const told: string[] = [];
  page.on('console', (message) => told.push(message.text()));
  expect((await visit(page, '/twice.html'))['before']).toBe(0);
  expect(told).toEqual(['Attune is on this page already; one script is enough.']);
});
