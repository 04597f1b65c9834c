import { readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';
import { slowTest } from './slow-test.js';

/** A page with the built package and nothing else: it opens Attune, embeds a text and stores an interaction. */
const script = `
import { createAttune } from '/index.js';
const warnings = [];
const attune = await createAttune({
  consent: 'granted',
  assetBase: '/',
  ...(location.hash === '#transformer' && { model: { id: 'tiny-bert', host: '/hub', dtype: 'fp32' } }),
});
attune.on('warning', ({ code }) => warnings.push(code));
const { embedding, modelVersion } = await attune.embed('a quiet evening at home');
attune.track('save', { id: 'a', title: 'a quiet evening at home' });
await attune.flush();
document.title = JSON.stringify({ modelVersion, dim: embedding.length, warnings, storage: attune.data.storage });
document.documentElement.setAttribute('data-done', '');
`;
const html = '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>';
const HUB = 'tests/fixtures/hub';

interface Seen {
  readonly modelVersion: string;
  readonly warnings: readonly string[];
  readonly storage: string;
}

let site: Site;
test.afterEach(() => site.close());

async function serveUnder(policy: string, workerPolicy = policy): Promise<void> {
  const isWorker = (path: string): boolean => path.endsWith('-worker.js');
  site = await serve('dist', { '/page.html': html, '/page.js': script }, (path) =>
    enforced(isWorker(path) ? workerPolicy : policy),
  );
  for (const path of readdirSync(HUB, { recursive: true, encoding: 'utf8' })) {
    if (statSync(`${HUB}/${path}`).isFile()) site.overrides.set(`/hub/${path}`, readFileSync(`${HUB}/${path}`));
  }
}

async function visit(page: Page, hash = ''): Promise<Seen> {
  await page.addInitScript(() => {
    const { trustedTypes } = globalThis as never as { trustedTypes: { createPolicy(name: string): unknown } };
    const policies: string[] = [];
    Object.assign(globalThis, { policies });
    const create = trustedTypes.createPolicy.bind(trustedTypes) as (...given: unknown[]) => unknown;
    trustedTypes.createPolicy = (...given) => {
      policies.push(given[0]);
      return create(...given);
    };
  });
  await page.goto(`${site.origin}/page.html${hash}`);
  await page.waitForSelector('html[data-done]');
  return JSON.parse(await page.title()) as Seen;
}

const reports = (): string[] => site.requests.filter((path) => path === REPORTS);
const without = (policy: string, directive: string): string =>
  policy
    .split('; ')
    .filter((each) => each !== directive)
    .join('; ');

const LITE = documentedPolicy('`lite`, the default');
const TRUSTED = documentedPolicy('With Trusted Types');
const TRANSFORMER = documentedPolicy('A transformer model');

for (const [name, policy] of [
  ['least', LITE],
  ['Trusted Types', TRUSTED],
]) {
  test(`lite runs in its Worker under the ${name} policy, and nothing is reported`, async ({ page }) => {
    await serveUnder(policy!);
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    expect(await visit(page)).toMatchObject({
      modelVersion: expect.stringMatching(/^lite-/),
      warnings: [],
      storage: 'indexed-db',
    });
    expect(workers).toEqual([`${site.origin}/assets/encoder-worker.js`]);
    expect(reports()).toEqual([]);
  });
}

test('Trusted Types: the one policy made is `attune`, once, and `Worker` is the browser’s own again', async ({
  page,
}) => {
  await serveUnder(TRUSTED);
  await visit(page);
  expect(await page.evaluate(() => (globalThis as never as { policies: string[] }).policies)).toEqual(['attune']);
  expect(await page.evaluate(() => /\[native code\]/.test(Function.prototype.toString.call(Worker)))).toBe(true);
});

test('where the policy is refused, lite encodes on the page and says so', async ({ page }) => {
  await serveUnder(TRUSTED.replace('attune', 'another'));
  expect(await visit(page)).toMatchObject({
    modelVersion: expect.stringMatching(/^lite-/),
    warnings: ['encoder/unavailable'],
  });
});

for (const directive of ["script-src 'self'", "connect-src 'self'"]) {
  test(`the least policy is the least: without ${directive} something is refused`, async ({ page }) => {
    await serveUnder(without(LITE, directive));
    await page.goto(`${site.origin}/page.html`);
    await expect.poll(reports).not.toEqual([]);
  });
}

slowTest('a transformer runs under its policy, and nothing is reported', async ({ page }) => {
  await serveUnder(TRANSFORMER);
  expect(await visit(page, '#transformer')).toMatchObject({
    modelVersion: expect.stringMatching(/^transformers/),
    warnings: [],
  });
  expect(reports()).toEqual([]);
});

test("'wasm-unsafe-eval' on the Worker's response is enough for a transformer", async ({ page }) => {
  await serveUnder(LITE, TRANSFORMER);
  expect(await visit(page, '#transformer')).toMatchObject({
    modelVersion: expect.stringMatching(/^transformers/),
    warnings: [],
  });
  expect(reports()).toEqual([]);
});

slowTest('a transformer runs with Trusted Types as well', async ({ page }) => {
  await serveUnder(TRANSFORMER + TRUSTED.slice(LITE.length));
  expect(await visit(page, '#transformer')).toMatchObject({
    modelVersion: expect.stringMatching(/^transformers/),
    warnings: [],
  });
  expect(reports()).toEqual([]);
});

test("without 'wasm-unsafe-eval' a transformer gives way to lite, and says so", async ({ page }) => {
  await serveUnder(LITE);
  const { modelVersion, warnings } = await visit(page, '#transformer');
  expect(modelVersion).toMatch(/^lite-/);
  expect(warnings).toContain('encoder/unavailable');
});
