import { expect, test } from '@playwright/test';
import { serve, type Site } from './serve.js';

let site: Site;
test.beforeEach(async () => {
  site = await serve('dist-demo');
});
test.afterEach(() => site.close());

/** The ids of the first cards, in the order a person sees and a keyboard walks. */
const order = 'attuneDemo.ranking().slice(0, 10).map((entry) => entry.id)';

test('a person acts, the ranking becomes theirs, a reload keeps it, erasing brings the neutral order back', async ({
  page,
}) => {
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(site.origin) && !request.url().startsWith('blob:')) problems.push(request.url());
  });
  await page.goto(`${site.origin}/`);
  await page.waitForSelector('html[data-attune~="ready"]');
  const neutral = await page.evaluate<string[]>(order);
  await page.getByRole('button', { name: 'Yes' }).click();
  await expect.poll(() => page.evaluate('attuneDemo.attune.data.storage')).toBe('indexed-db');

  for (const card of await page.locator('[data-testid=card][data-id^=food]').all()) {
    await card.locator('[data-action=save]').click();
  }
  await page.getByTestId('new-order').click();
  const personal = await page.evaluate<string[]>(order);
  expect(personal).not.toEqual(neutral);
  expect(personal.filter((id) => id.startsWith('food')).length).toBeGreaterThanOrEqual(5);

  await page.evaluate('attuneDemo.attune.flush()');
  for (const visit of ['the next', 'the one after']) {
    await page.reload();
    await page.waitForSelector('html[data-attune~="ready"]');
    expect(await page.evaluate<string[]>(order), visit).toEqual(personal);
  }
  const lastLoad = site.requests.slice(site.requests.lastIndexOf('/'));
  expect(lastLoad.filter((path) => path.includes('models'))).toEqual([]); // kept once that was allowed

  // What is in sight for a second is logged, also after an erase: the cards of this order first, then the look at the disk at once.
  const shown = `attuneDemo.attune.data.recent(1, { kinds: ['impression'] }).then(([last]) => last?.at > performance.timeOrigin)`;
  await expect.poll(() => page.evaluate(shown)).toBe(true);
  const left = 'Promise.all([indexedDB.databases(), caches.keys()]).then((all) => all.flat())';
  expect(await page.evaluate(`attuneDemo.attune.data.erase().then(() => ${left})`)).toEqual([]);
  await page.reload();
  await page.waitForSelector('html[data-attune~="ready"]');
  expect(await page.evaluate<string[]>(order)).toEqual(neutral);
  expect(problems).toEqual([]);
});
