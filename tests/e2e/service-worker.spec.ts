import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';

/** The snippets of docs/service-worker.md in a real service worker, and a page that asks it with plain `fetch`. */
const [WORKER, ASKING] = [...readFileSync('docs/service-worker.md', 'utf8').matchAll(/```js\n([\s\S]+?)```/g)].map(
  ([, code]) => code!,
);
const TAKE = `self.addEventListener('install', () => self.skipWaiting()); self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));`;
const worker = (options: string): string =>
  WORKER!.replace('attune/service-worker', '/service-worker.js').replace("assetBase: '/attune/'", options) + TAKE;
const page = `
import { createAttune } from '/index.js';
const { serviceWorker } = navigator;
globalThis.install = async (script) => {
  const change = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  await serviceWorker.register(script, { type: 'module' });
  await change;
};
globalThis.open = async (more) => (globalThis.attune = await createAttune({ assetBase: '/', consent: 'granted', worker: false, ...more }));
globalThis.ask = async (path, init) => {
  const response = await fetch(path, init);
  const text = await response.text();
  return { status: response.status, ...(response.headers.get('content-type') === 'application/json' ? JSON.parse(text) : {}) };
};
globalThis.embed = (body) => ask('/embed', { method: 'POST', body: JSON.stringify(body) });
globalThis.code = (answer) => answer.then(({ status, error }) => status + ' ' + error?.code);
document.documentElement.dataset.ready = '';
`;

let site: Site;
test.beforeEach(async () => {
  const files = {
    '/page.html': '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>',
    '/page.js': page,
    '/sw.js': worker("assetBase: '/'"),
  };
  site = await serve('dist', files, () => enforced(documentedPolicy('`lite`, the default')));
});
test.afterEach(() => site.close());

async function visit(at: Page, script = '/sw.js'): Promise<void> {
  await at.goto(`${site.origin}/page.html`);
  await at.waitForSelector('html[data-ready]');
  await at.evaluate(`install('${script}')`);
}
const code = (at: Page, answer: string): Promise<string> => at.evaluate<string>(`code(${answer})`);

test('offline, plain fetch gets the embedding of a text and the page’s own profile', async ({ page: at, context }) => {
  await visit(at);
  expect(await code(at, `ask('/user/me/embedding')`)).toBe('403 consent/missing');
  expect(await code(at, `embed({ text: 'x' })`)).toBe('403 consent/missing');
  expect(await at.evaluate('indexedDB.databases()')).toEqual([]); // asking made none
  await at.evaluate(`open().then(async () => {
    for (const title of ['Quiet piano at night', 'A walk by the sea']) attune.track('save', { id: title, title });
    attune.track('hide', { id: 'drums', title: 'Loud drums' });
    await attune.flush();
    await attune.embed('x');
  })`);
  await context.setOffline(true);
  await site.close();
  const compare = `Promise.all([ask('/user/me/embedding'), attune.profile()]).then(([told, { embedding, lastUpdated, ...own }]) => ({
    ...told, embedding: Math.max(...embedding.map((x, i) => Math.abs(x - told.embedding[i]))), size: told.embedding.length, length: Math.hypot(...told.embedding), isLast: new Date(lastUpdated).toISOString() === told.last_updated,
    same: own.interactionCount === told.interaction_count && own.modelVersion === told.model_version }))`;
  const whole = (count: number): unknown => ({
    ...{ status: 200, isLast: true, same: true, interaction_count: count, size: 256 },
    ...{ last_updated: expect.any(String) as unknown, model_version: expect.stringMatching(/^lite-/) as unknown },
    ...{ embedding: expect.closeTo(0, 6) as unknown, length: expect.closeTo(1, 5) as unknown },
  });
  expect(await at.evaluate(compare)).toEqual(whole(3));
  await at.evaluate(`attune.close().then(() => open()).then(() => attune.flush())`); // leaves a snapshot
  await at.evaluate(`attune.track('share', { id: 'late', title: 'A film about the wind' }); attune.flush()`);
  expect(await at.evaluate(compare)).toEqual(whole(4)); // from the snapshot, and what came after it
  const told = await at.evaluate(
    `(async () => { ${ASKING!} return { me, size: embedding.length, model_version, latency_ms }; })()`,
  );
  expect(told).toMatchObject({ size: 256, model_version: expect.stringMatching(/^lite-/) });
  expect((told as { latency_ms: number }).latency_ms).toBeGreaterThan(0);
  const same = `Promise.all([embed({ text: 'a walk by the sea' }), attune.embed('a walk by the sea')]).then(([a, b]) => Math.max(...b.embedding.map((x, i) => Math.abs(x - a.embedding[i]))))`;
  expect(await at.evaluate(same)).toBeLessThan(1e-6);
  expect(
    await at.evaluate(
      `embed({ tags: ['sea'], images: [{ alt: 'a wave' }] }).then(({ status, ignored }) => [status, ignored])`,
    ),
  ).toEqual([200, ['images']]);
  expect(await at.evaluate(`fetch('/user/me').then(() => '', () => 'not handled')`)).toBe('not handled');
  await at.evaluate('attune.data.erase()'); // and the service worker is not in its way
  expect(await code(at, `ask('/user/me/embedding')`)).toBe('403 consent/missing');
  expect(await at.evaluate('indexedDB.databases()')).toEqual([]);
  expect(site.requests).not.toContain(REPORTS);
});
