import { readdirSync, readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { instrument } from './instruments.js';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';

/** The built demo under the policy docs/csp.md gives it, on a server that remembers every request and lets all be cached. */
const FOREVER = { 'cache-control': 'public, max-age=31536000, immutable' };
const MODEL = '/models/lite/lite.attune';

let site: Site;
test.beforeEach(async ({ page }) => {
  site = await serve('dist-demo', { '/next.html': '<!doctype html><title>Next</title>' }, () => ({
    ...FOREVER,
    ...enforced(documentedPolicy('The demo')),
  }));
  const [worker] = readdirSync('dist-demo/assets').filter((name) => /^encoder-worker.*\.js$/.test(name));
  const code = readFileSync(`dist-demo/assets/${worker}`, 'utf8');
  site.overrides.set(`/assets/${worker}`, Buffer.from(`(${instrument.toString()})();\n${code}`));
  await page.context().addInitScript(instrument);
});
test.afterEach(() => site.close());

const sentBy = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as never as { sent: string[] }).sent.splice(0));

async function visit(page: Page): Promise<void> {
  await page.goto(`${site.origin}/`);
  await page.waitForSelector('html[data-attune~="ready"]');
}

/** Everything a person can do in the demo, and everything its code can ask of Attune. */
async function doEverything(page: Page): Promise<void> {
  const consent = page.getByRole('button', { name: 'Yes' });
  if (await consent.isVisible()) await consent.click();
  const card = page.locator('[data-testid=card]').first();
  await card.locator('[data-action=save]').click();
  await card.locator('[data-action=share]').click();
  await card.locator('[data-action=why]').click();
  await expect(page.getByTestId('why')).toBeVisible();
  await page.keyboard.press('Escape');
  await card.locator('[data-action=open]').click();
  await page.keyboard.press('Escape');
  await page.locator('[data-slider=pace]').fill('0.8');
  await page.locator('[data-testid=card]').nth(2).locator('[data-action=less]').click();
  await page.getByTestId('open-left-out').click();
  await page.getByTestId('only-new').check();
  await page.keyboard.press('Escape');
  await page.getByTestId('open-device-panel').click();
  await page.keyboard.press('Escape');
  await page.evaluate(`(async () => {
    const { attune, items } = attuneDemo;
    const kept = await attune.data.export();
    await attune.data.import(JSON.stringify(kept));
    await attune.data.import('timestamp,user_id,action_type,content,weight\\n1760000000000,me,save,quiet piano music,1');
    await attune.embed('a slow walk by the sea ' + Math.random());
    await attune.score(items[5]);
    await attune.explain(await attune.rank(items), items[3].id);
    await attune.data.forget((await attune.data.recent())[0].id);
    await attune.data.setPrivacy('session');
    await attune.data.setPrivacy('off');
    await attune.data.setPrivacy('device');
    await attune.flush();
  })()`);
}

test('whatever a person does, nothing is sent: no beacon, no other origin, no violation', async ({ page }) => {
  const asked: string[] = [];
  page.context().on('request', (request) => asked.push(request.url()));
  await visit(page);
  await page.waitForLoadState('networkidle');
  await expect(page.locator('#since')).not.toHaveText('load'); // what comes in an idle moment is there
  expect(await sentBy(page)).toEqual([`fetch GET ${MODEL}`]); // so the instruments see into the Worker
  const atReady = site.requests.length;
  await doEverything(page);
  await expect(page.getByTestId('requests')).toContainText('0');
  expect(await sentBy(page)).toEqual([]);
  expect(site.requests.slice(atReady)).toEqual([]);
  expect(site.requests).not.toContain(REPORTS);
  expect(asked).toContain(site.origin + MODEL); // so are requests of Workers
  expect(asked.filter((url) => !url.startsWith(`${site.origin}/`))).toEqual([]);
  expect(site.bodyBytes).toBe(0);
});

test('once cached no request reaches the server, and all works without one', async ({ page, context }) => {
  await visit(page);
  await doEverything(page);
  await visit(page);
  const cached = site.requests.length;
  const later = await context.newPage();
  await visit(later);
  await doEverything(later);
  expect(site.requests.slice(cached)).toEqual([]);

  await site.close();
  const last = await context.newPage();
  await visit(last);
  await last.evaluate("attuneDemo.attune.embed('a slow walk by the sea')");
  expect(await last.evaluate('attuneDemo.attune.profile().modelVersion')).toMatch(/^lite-/);
  expect(await last.evaluate('document.documentElement.dataset.warnings ?? ""')).toBe('');
});

test('leaving the page sends nothing', async ({ page }) => {
  await visit(page);
  await page.getByRole('button', { name: 'Yes' }).click();
  await page.locator('[data-testid=card]').first().locator('[data-action=save]').click();
  await page.waitForLoadState('networkidle');
  await expect(page.locator('#since')).not.toHaveText('load'); // what comes in an idle moment is there
  const before = site.requests.length;
  await page.goto(`${site.origin}/next.html`);
  const next = ['/next.html', '/favicon.ico']; // the browser asks for the icon, sometimes
  expect(site.requests.slice(before).filter((path) => !next.includes(path))).toEqual([]);
  expect(site.bodyBytes).toBe(0);
});

test('the instruments see what they are for', async ({ page }) => {
  await visit(page);
  await sentBy(page);
  await page.evaluate(async () => {
    navigator.sendBeacon('/seen', 'x');
    await fetch('/seen', { method: 'POST', body: 'x', keepalive: true }).catch(() => undefined);
    new WebSocket(`ws://${location.host}/seen`).close();
    new XMLHttpRequest().abort();
  });
  expect((await sentBy(page)).map((what) => what.split(' ').slice(0, 2).join(' '))).toEqual([
    'sendBeacon /seen',
    'fetch keepalive',
    expect.stringMatching(/^WebSocket/),
    expect.stringMatching(/^XMLHttpRequest/),
  ]);
  // The beacon and the fetch take their time; the socket may be closed before it gets there.
  await expect.poll(() => site.requests.filter((path) => path === '/seen').length).toBeGreaterThanOrEqual(2);
  expect(site.bodyBytes).toBeGreaterThan(0);
});

test('before consent, in session mode and when off, nothing is stored', async ({ page }) => {
  const stored = `Promise.all([indexedDB.databases(), caches.keys()]).then(([databases, names]) => databases.length + names.length)`;
  await visit(page);
  await page.locator('[data-testid=card]').first().locator('[data-action=save]').click();
  await page.evaluate('attuneDemo.attune.flush()');
  expect(await page.evaluate(stored)).toBe(0);
  await page.evaluate("attuneDemo.attune.data.setPrivacy('session')");
  await page.evaluate("attuneDemo.attune.data.setConsent('granted')");
  await page.evaluate("attuneDemo.attune.track('save', attuneDemo.items[3])");
  await page.evaluate('attuneDemo.attune.flush()');
  expect(await page.evaluate(stored)).toBe(0);
  await page.evaluate("attuneDemo.attune.data.setPrivacy('off')");
  expect(await page.evaluate("attuneDemo.attune.track('save', attuneDemo.items[4])")).toBe('');
  expect(await page.evaluate('attuneDemo.attune.rank(attuneDemo.items).then((ranking) => ranking.neutral)')).toBe(true);
  expect(await page.evaluate(stored)).toBe(0);
});
