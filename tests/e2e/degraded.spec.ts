import { readdirSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { serve, type Site } from './serve.js';

/** Whatever is missing, the demo ranks with what is left and says what it lost. */
let site: Site;
test.beforeEach(async () => {
  site = await serve('dist-demo');
});
test.afterEach(() => site.close());

const MODEL = '/models/lite/lite.attune';

async function ready(page: Page): Promise<string[]> {
  await page.goto(`${site.origin}/`);
  await page.waitForSelector('html[data-attune~="ready"]');
  return (await page.evaluate<string>('document.documentElement.dataset.warnings ?? ""')).split(' ').filter(Boolean);
}

/** Saves what stands first and tells whether the order answered. */
async function reorders(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(`(async () => {
    const { attune, items } = attuneDemo;
    const before = (await attune.rank(items)).map((entry) => entry.id).join();
    for (const item of items.filter((each) => each.field === 'music').slice(0, 4)) attune.track('save', item);
    await attune.flush();
    return (await attune.rank(items)).map((entry) => entry.id).join() !== before;
  })()`);
}

const modelVersion = 'attuneDemo.attune.profile().modelVersion';

test('a Worker that cannot start: lite goes on, on the page', async ({ page }) => {
  const [worker] = readdirSync('dist-demo/assets').filter((name) => /^encoder-worker.*\.js$/.test(name));
  site.overrides.set(`/assets/${worker}`, 404);
  expect(await ready(page)).toContain('encoder/unavailable');
  expect(await page.evaluate(modelVersion)).toMatch(/^lite-/);
  expect(await reorders(page)).toBe(true);
});

test('a model file that is not there: words alone go on', async ({ page }) => {
  site.overrides.set(MODEL, 404);
  expect(await ready(page)).toContain('encoder/unavailable');
  expect(await page.evaluate(modelVersion)).toMatch(/^lexical-/);
  expect(await reorders(page)).toBe(true);
});

test('a corrupt model file is refused, not believed', async ({ page }) => {
  site.overrides.set(MODEL, Buffer.alloc(3_911_456, 7));
  expect(await ready(page)).toContain('model/corrupt');
  expect(await page.evaluate(modelVersion)).toMatch(/^lexical-/);
  expect(await reorders(page)).toBe(true);
});

test('IndexedDB refused: the session goes on in memory', async ({ page }) => {
  await page.addInitScript(() => {
    localStorage.setItem('attune-demo-consent', 'granted');
    IDBFactory.prototype.open = () => {
      throw new DOMException('refused', 'SecurityError');
    };
  });
  await ready(page);
  await page.evaluate("attuneDemo.attune.data.setConsent('granted')");
  await expect.poll(() => page.evaluate('document.documentElement.dataset.warnings')).toContain('storage/unavailable');
  expect(await page.evaluate('attuneDemo.attune.data.storage')).toBe('memory');
  expect(await reorders(page)).toBe(true);
});
