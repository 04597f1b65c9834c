import { expect, test } from '@playwright/test';
import { SOAK } from '../soak.js';
import { serve } from './serve.js';

/** As many leave pages side by side, each with a log of their own: the disk is busy with the others' clicks. */
const PEOPLE = 4;

/** How often a write is behind another transaction. */
const BEHIND = SOAK > 1 ? 10 : 4;

const scriptOf = (encrypt: boolean): string => `
import { createAttune } from '/index.js';
const model = location.search.startsWith('?0') ? 'lite' : 'lexical'; // with a Worker that starts meanwhile, and without
const attune = await createAttune({ consent: 'granted', encrypt: ${encrypt}, model, assetBase: '/', text: (item) => item.id });
window.attune = attune;
const link = document.querySelector('a');
link.addEventListener('click', () => attune.track('click', { id: 'link-' + location.search.slice(1) }));
attune.track('view', { id: 'page-' + location.search.slice(1) });
document.documentElement.dataset.ready = 'yes';
`;
const html =
  '<!doctype html><title>A link</title><script type="module" src="/link.js"></script><a href="/next.html">Next</a>';

for (const [how, encrypt, rounds] of [
  ['in the clear', false, SOAK > 1 ? 25 * SOAK : 3],
  ['sealed', true, SOAK > 1 ? 25 * SOAK : 2],
] as const) {
  test(`a click on a link that navigates at once is logged, every time, ${how}`, async ({ browser }) => {
    test.setTimeout(180_000 * SOAK);
    const site = await serve('dist', {
      '/link.html': html,
      '/link.js': scriptOf(encrypt),
      '/next.html': '<!doctype html><title>Next</title>',
    });
    async function leave(person: number): Promise<void> {
      const context = await browser.newContext();
      const tab = await context.newPage();
      for (let round = 0; round < rounds; round++) {
        await tab.goto(`${site.origin}/link.html?${person}-${round}`);
        await tab.waitForSelector('html[data-ready]');
        await tab.click('a'); // within a second of the view: it has to leave with the page
        await tab.waitForURL('**/next.html');
      }
      await tab.goto(`${site.origin}/link.html?${person}-last`);
      await tab.waitForSelector('html[data-ready]');
      const clicked = await tab.evaluate<string[]>(
        `attune.data.export().then(({ interactions }) => interactions.filter((each) => each.kind === 'click').map((each) => each.itemId))`,
      );
      expect(new Set(clicked).size, `person ${person}`).toBe(rounds);
      expect(clicked).toHaveLength(rounds);
      await context.close();
    }
    await Promise.all(Array.from({ length: PEOPLE }, (_, person) => leave(person)));
    await site.close();
  });

  test(`a click is logged also when the page leaves with its write behind another transaction, ${how}`, async ({
    page,
  }) => {
    const site = await serve('dist', {
      '/link.html': html,
      '/link.js': scriptOf(encrypt),
      '/next.html': '<!doctype html><title>Next</title>',
    });
    for (let round = 0; round < BEHIND; round++) {
      await page.goto(`${site.origin}/link.html?${round}`);
      await page.waitForSelector('html[data-ready]');
      await page.evaluate(async () => {
        await (window as never as { attune: { flush(): Promise<void> } }).attune.flush();
        const database = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open('attune/default');
          request.addEventListener('success', () => resolve(request.result));
        });
        const store = database.transaction('batches', 'readwrite').objectStore('batches');
        const hold = (): void => store.get(0).addEventListener('success', hold); // as long as the page lives
        hold();
      });
      await page.click('a');
      await page.waitForURL('**/next.html');
    }
    await page.goto(`${site.origin}/link.html?last`);
    await page.waitForSelector('html[data-ready]');
    const kept = await page.evaluate<{
      clicks: number;
      ids: number;
      notes: number;
    }>(`attune.data.export().then(({ interactions }) => ({
      clicks: interactions.filter((each) => each.kind === 'click').length,
      ids: new Set(interactions.map((each) => each.id)).size - interactions.length,
      notes: Object.keys(localStorage).length,
    }))`);
    expect(kept).toEqual({ clicks: BEHIND, ids: 0, notes: 0 });
    await site.close();
  });
}
