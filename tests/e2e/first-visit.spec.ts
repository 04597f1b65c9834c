import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';

/** The demo as someone meets it who was never there. */
const MODEL = '/models/lite/lite.attune';
const BUDGET = 150_000;

let site: Site;
test.beforeEach(async () => {
  const policy = enforced(documentedPolicy('The demo'));
  site = await serve('dist-demo', {}, () => policy);
});
test.afterEach(() => site.close());

/** What a server that compresses with brotli sends for these paths, the model apart. */
function bytesOf(paths: readonly string[]): number {
  const files = paths.filter((path) => path !== MODEL).map((path) => (path === '/' ? '/index.html' : path));
  return files.reduce((sum, path) => sum + brotliCompressSync(readFileSync(`dist-demo${path}`)).length, 0);
}

test('a phone loads 150 kB beside the model before it can be used, and nothing it shows moves', async ({ browser }) => {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  // the browser's idle moments come when the test says so
  await page.addInitScript(`{
    const idle = [];
    window.requestIdleCallback = (run) => idle.push(run);
    window.beIdle = () => { for (let run; (run = idle.shift()); ) run({ didTimeout: false, timeRemaining: () => 50 }); };
  }`);
  await page.goto(`${site.origin}/`);
  await page.waitForSelector('html[data-attune~="ready"]');
  await page.waitForLoadState('networkidle');
  const first = bytesOf(site.requests);
  expect(site.requests.filter((path) => path !== MODEL).length).toBeLessThanOrEqual(16);
  await page.evaluate('beIdle()');
  await expect.poll(() => site.requests.filter((path) => path.includes('device-panel')).length).toBe(1);
  await page.waitForLoadState('networkidle');
  const all = bytesOf(site.requests);
  test.info().annotations.push({ type: 'brotli bytes', description: `${first} until ready, ${all} until idle` });
  expect(first).toBeLessThanOrEqual(BUDGET);
  expect(all).toBeLessThanOrEqual(BUDGET + 15_000);
  const shift = await page.evaluate<number>(`new Promise((resolve) => {
    let total = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) total += entry.value; }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => resolve(total), 300);
  })`);
  expect(shift).toBe(0);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(site.requests).not.toContain(REPORTS);
  await page.close();
});
