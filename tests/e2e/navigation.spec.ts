import { expect, test } from '@playwright/test';
import { SOAK } from '../soak.js';
import { serve } from './serve.js';

const ROUNDS = 100 * SOAK;

const script = `
import { createAttune } from '/index.js';
const attune = await createAttune({ consent: 'granted', assetBase: '/', text: (item) => item.id });
window.attune = attune;
const link = document.querySelector('a');
link.addEventListener('click', () => attune.track('click', { id: 'link-' + location.search.slice(1) }));
attune.track('view', { id: 'page-' + location.search.slice(1) });
document.documentElement.dataset.ready = 'yes';
`;
const page =
  '<!doctype html><title>A link</title><script type="module" src="/link.js"></script><a href="/next.html">Next</a>';

test('a click on a link that navigates at once is logged, every time', async ({ browser }) => {
  test.setTimeout(180_000 * SOAK);
  const site = await serve('dist', {
    '/link.html': page,
    '/link.js': script,
    '/next.html': '<!doctype html><title>Next</title>',
  });
  const context = await browser.newContext();
  const tab = await context.newPage();
  for (let round = 0; round < ROUNDS; round++) {
    await tab.goto(`${site.origin}/link.html?${round}`);
    await tab.waitForSelector('html[data-ready]');
    await tab.click('a'); // within a second of the view: it has to leave with the page
    await tab.waitForURL('**/next.html');
  }
  await tab.goto(`${site.origin}/link.html?last`);
  await tab.waitForSelector('html[data-ready]');
  const clicked = await tab.evaluate<string[]>(
    `attune.data.export().then(({ interactions }) => interactions.filter((each) => each.kind === 'click').map((each) => each.itemId))`,
  );
  expect(new Set(clicked).size).toBe(ROUNDS);
  expect(clicked).toHaveLength(ROUNDS);
  await context.close();
  await site.close();
});
