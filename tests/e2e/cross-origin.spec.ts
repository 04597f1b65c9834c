import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';
import { slowTest } from './slow-test.js';

/** Sites whose script tag loads Attune from another origin, or by a nonce, each under its policy of docs/csp.md. */
const [, TAG] = readFileSync('docs/script-tag.md', 'utf8')
  .match(/```html\n[\s\S]+?```[\s\S]+?```html\n([\s\S]+?)```/)!
  .values();
const CDN = 'https://cdn.example';
const FROM_CDN = documentedPolicy('From another origin');
const NONCE = documentedPolicy('With a nonce');
const INTEGRITY = `sha384-${createHash('sha384').update(readFileSync('dist/script.js')).digest('base64')}`;

let cdn: Site;
let site: Site;
test.beforeAll(async () => {
  cdn = await serve('dist', {}, () => ({ 'access-control-allow-origin': '*', ...enforced("default-src 'none'") }));
});
test.afterAll(() => cdn.close());
test.afterEach(() => site.close());

/** A page with the tag, on an origin of its own that serves nothing else of Attune's. */
async function visit(page: Page, policy: string, tag: string, folder = 'tests/e2e'): Promise<string[]> {
  const own = (text: string): string => text.replaceAll(`${CDN}/attune/`, `${cdn.origin}/`).replaceAll(CDN, cdn.origin);
  const html = `<!doctype html><title>A page</title>${own(tag)}`;
  site = await serve(folder, { '/page.html': html }, () => enforced(own(policy)));
  const workers: string[] = [];
  page.on('worker', (worker) => workers.push(worker.url()));
  await page.goto(`${site.origin}/page.html`);
  return workers;
}

const use = `attune.ready.then(async (attune) => {
  const warnings = [];
  attune.on('warning', ({ code }) => warnings.push(code));
  const { modelVersion } = await attune.embed('a quiet evening at home');
  attune.track('save', { id: 'a', title: 'a quiet evening at home' });
  await attune.flush();
  return { modelVersion, warnings, storage: attune.data.storage };
})`;
const USED = { modelVersion: expect.stringMatching(/^lite-/) as unknown, warnings: [], storage: 'indexed-db' };

test('from another origin, with Trusted Types: both Workers run, and nothing is reported', async ({ page }) => {
  const trusted = "; require-trusted-types-for 'script'; trusted-types attune 'allow-duplicates'"; // the lab is a second copy
  const whole = TAG!.replace(' src', ` integrity="${INTEGRITY}" crossorigin src`);
  const workers = await visit(page, FROM_CDN + trusted, whole);
  expect(await page.evaluate(use)).toEqual(USED);
  const evaluation = `import('${cdn.origin}/lab.js').then(({ evaluate }) => evaluate(attune)).then(({ on }) => on)`;
  expect(await page.evaluate(evaluation)).toBe('worker');
  expect(workers).toEqual([0, 1].map(() => expect.stringMatching(`^blob:${site.origin}/`) as unknown));
  expect(site.requests.filter((path) => !/^\/(page\.html|favicon\.ico)$/.test(path))).toEqual([]);
  expect(cdn.requests).toEqual(expect.arrayContaining(['/assets/encoder-worker.js', '/assets/compute-worker.js']));
});

for (const [source, rest] of [
  ['blob: ', ''],
  [`blob: ${CDN}`, 'blob:'],
]) {
  slowTest(
    `a Worker from another origin needs both sources: with “${rest || CDN}” alone one is refused`,
    async ({ page }) => {
      await visit(page, FROM_CDN.replace(source!, rest!), TAG!);
      expect(await page.evaluate(use)).toEqual({ ...USED, warnings: ['encoder/unavailable'] });
    },
  );
}

test('by a nonce: what the script loads needs none, and nothing is reported', async ({ page }) => {
  const [, nonce] = NONCE.match(/'nonce-([^']+)'/)!;
  const workers = await visit(
    page,
    NONCE,
    `<script nonce="${nonce}" src="/script.js" data-consent="granted"></script>`,
    'dist',
  );
  expect(await page.evaluate(use)).toEqual(USED);
  expect(workers).toEqual([`${site.origin}/assets/encoder-worker.js`]);
  expect(site.requests).not.toContain(REPORTS);
});
