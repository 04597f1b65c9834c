import { expect, test } from '@playwright/test';
import { serve, type Site } from './serve.js';

let site: Site;
test.beforeEach(async () => {
  site = await serve('dist-demo');
});
test.afterEach(() => site.close());

test('after the first load nothing a person does reaches the server, and nothing ever another origin', async ({
  page,
}) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(site.origin)) elsewhere.push(request.url());
  });
  await page.goto(`${site.origin}/`);
  await page.waitForSelector('html[data-attune~="ready"]');
  await page.waitForLoadState('networkidle');
  const atReady = site.requests.length;

  await page.getByRole('button', { name: 'Yes' }).click();
  const card = page.locator('[data-testid=card]').first();
  await card.locator('[data-action=save]').click();
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
  await page.evaluate(`(async () => {
    const { data } = attuneDemo.attune;
    const kept = await data.export();
    await data.import(JSON.stringify(kept));
    await data.import('timestamp,user_id,action_type,content,weight\\n1760000000000,me,save,quiet piano music,1');
    await attuneDemo.attune.embed('a slow walk by the sea');
    await attuneDemo.attune.score(attuneDemo.items[5]);
    await data.setPrivacy('session');
    await data.setPrivacy('device');
    await attuneDemo.attune.flush();
  })()`);
  await expect(page.getByTestId('requests')).toContainText('0');
  expect(site.requests.slice(atReady)).toEqual([]);

  await page.reload(); // the page's own files come again; the model comes from its cache once consent was given
  await page.waitForSelector('html[data-attune~="ready"]');
  await page.reload();
  await page.waitForSelector('html[data-attune~="ready"]');
  const lastLoad = site.requests.slice(site.requests.lastIndexOf('/'));
  expect(lastLoad.filter((path) => path.includes('models'))).toEqual([]);
  expect(elsewhere).toEqual([]);
});

test('before consent, in session mode and when off, nothing is stored', async ({ page }) => {
  const stored = `Promise.all([indexedDB.databases(), caches.keys()]).then(([databases, names]) => databases.length + names.length)`;
  await page.goto(`${site.origin}/`);
  await page.waitForSelector('html[data-attune~="ready"]');
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
