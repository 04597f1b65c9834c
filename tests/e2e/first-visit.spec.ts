import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import axe from 'axe-core';
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

/** What axe finds on the page as it stands, in light and in dark. */
async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(axe.source);
    found.push(
      ...(await page.evaluate<string[]>(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => '${colorScheme} ' + id + ': ' + nodes.map(({ html }) => html)))`,
      )),
    );
  }
  return found;
}

test('a tour of one minute: say what you like, save three, show the order, drag, ask why, see what is known, keep it', async ({
  page,
  context,
}) => {
  const complaints: string[] = [];
  page.on('console', (message) => /security policy/i.test(message.text()) && complaints.push(message.text()));
  await page.goto(`${site.origin}/`);
  await page.waitForSelector('html[data-attune~="ready"]');
  await page.waitForLoadState('networkidle');
  expect(await violations(page)).toEqual([]);
  const requests = site.requests.length;
  const order = (): Promise<string[]> => page.evaluate('attuneDemo.ranking().map(({ id }) => id)');
  const given = await order();
  const tour = page.getByTestId('tour');
  const heading = tour.getByRole('heading');

  await page.getByTestId('open-tour').press('Enter');
  await expect(heading).toHaveText('What do you like?');
  await expect(heading).toBeFocused();
  await tour.getByLabel('Out in nature').press('Space');
  await tour.getByLabel('Sport and adventure').press('Space');
  await tour.getByRole('button', { name: 'Use these' }).press('Enter');
  await expect(heading).toHaveText('Save three things');
  await expect(heading).toBeFocused();
  const stated = await order();
  const liked = (ids: readonly string[]): number => ids.slice(0, 20).filter((id) => /^(nature|sport)-/.test(id)).length;
  expect(liked(stated)).toBeGreaterThan(1.5 * liked(given));

  await tour.getByRole('button', { name: 'Take me there' }).press('Enter');
  await expect(page.locator(`[data-id=${stated[0]}] [data-action=save]`)).toBeFocused();
  for (const id of stated.slice(0, 3)) await page.locator(`[data-id=${id}] [data-action=save]`).press('Enter');
  await expect(heading).toHaveText('Show your new order');
  await page.getByTestId('open-tour').press('Enter'); // wherever one is, it stays where it was
  await tour.getByRole('button', { name: 'Close the tour' }).press('Enter');
  await expect(tour).toBeHidden();
  await expect(page.getByTestId('open-tour')).toBeFocused();
  await page.getByTestId('open-tour').press('Enter');
  await expect(heading).toHaveText('Show your new order');
  await page.getByTestId('new-order').press('Enter');
  await expect(heading).toHaveText('Drag a slider');
  await page.locator('[data-slider=pace]').press('End');
  await expect(heading).toHaveText('Ask why');
  await page.locator(`[data-id=${(await order())[0]}] [data-action=why]`).press('Enter');
  await expect(page.locator('#why .term-value').first()).toHaveText(/^[+−]\d/);
  await page.keyboard.press('Escape');
  await expect(heading).toHaveText('See what this device knows');
  expect(await violations(page)).toEqual([]);
  await page.getByTestId('open-device-panel').press('Enter');
  await expect(page.getByTestId('recent').locator('[data-forget]')).toHaveCount(3);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(heading).toHaveText('That was all of it');
  expect(await page.evaluate('localStorage.length')).toBe(0); // nobody was asked yet
  expect(site.requests.slice(requests)).toEqual([]);
  await expect(page.getByTestId('requests')).toContainText('0 requests');

  // what was built stays when it is asked for: manifest and icons are there, and the page opens with its server gone
  const manifest = await page.evaluate<{ icons: { src: string }[] }>(
    `fetch(document.querySelector('link[rel=manifest]').href).then((response) => response.json())`,
  );
  for (const { src } of manifest.icons) expect(readFileSync(`dist-demo/${src}`).length).toBeGreaterThan(100);
  await page.getByTestId('keep-offline').press('Enter');
  await expect(page.getByTestId('keep-offline')).toHaveText('Remove the offline copy');
  await context.setOffline(true);
  await site.close();
  await page.reload();
  await page.waitForSelector('html[data-attune~="ready"]');
  expect(await page.evaluate('attuneDemo.attune.profile().modelVersion')).toMatch(/^lite-/);
  expect(await page.evaluate('document.documentElement.dataset.warnings ?? ""')).toBe('');
  await page.getByTestId('open-device-panel').press('Enter');
  await page.getByTestId('erase').press('Enter');
  await page.getByTestId('erase-confirm').press('Enter');
  await expect.poll(() => page.evaluate('caches.keys()')).toEqual([]);
  expect(await page.evaluate('navigator.serviceWorker.getRegistration()')).toBeUndefined();
  expect(complaints).toEqual([]);
});
