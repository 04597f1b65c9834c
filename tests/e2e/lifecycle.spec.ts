import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { chromiumArgs, findChromium } from '../chromium.mjs';
import { A_SECOND } from '../soak.js';
import { serve, type Site } from './serve.js';
import { slowTest } from './slow-test.js';

/** What a page's life does to it: hidden, frozen, left, kept in the back/forward cache and brought back. */
const executablePath = findChromium();
test.use({
  launchOptions: {
    args: chromiumArgs,
    ...(executablePath === undefined ? {} : { executablePath }),
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  },
});

/** `?still` stops the timer that writes what waits, as a hidden page's is stopped. */
const script = `
import { createAttune } from '/index.js';
if (location.search === '?still') {
  const start = setTimeout;
  window.setTimeout = (task, ms, ...rest) => ms > 0 && ms <= 1000 ? 0 : start(task, ms, ...rest);
}
const attune = await createAttune({ consent: 'granted', assetBase: '/', text: (item) => item.id });
await attune.flush();
const warnings = [];
attune.on('warning', ({ message }) => warnings.push(message));
window.attune = attune;
window.warnings = warnings;
window.act = (id) => attune.track('save', { id });
window.reached = (count) => new Promise((resolve) => {
  const look = () => attune.profile().interactionCount === count && resolve();
  attune.on('profile', look);
  look();
});
addEventListener('pageshow', async ({ persisted }) => {
  if (!persisted) return;
  await reached(3); // two of before, one that another tab did meanwhile
  act('sea');
  await attune.flush();
  const [{ notRestoredReasons }] = performance.getEntriesByType('navigation');
  report({ persisted, notRestoredReasons, storage: attune.data.storage, warnings });
});
window.report = (told) => fetch('/report/' + encodeURIComponent(JSON.stringify(told)));
const [{ type, notRestoredReasons }] = performance.getEntriesByType('navigation');
if (type === 'back_forward') report({ persisted: false, notRestoredReasons });
document.documentElement.dataset.ready = 'yes';
`;

let site: Site;
let context: BrowserContext;
test.beforeEach(async ({ browser }) => {
  site = await serve('dist', {
    '/life.html': '<!doctype html><title>A life</title><script type="module" src="/life.js"></script>',
    '/life.js': script,
    '/next.html': '<!doctype html><title>Next</title>',
  });
  context = await browser.newContext();
});
test.afterEach(async () => {
  await context.close();
  await site.close();
});

async function open(query = ''): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${site.origin}/life.html${query}`);
  await page.waitForSelector('html[data-ready]');
  return page;
}

async function setLife(page: Page, state: 'frozen' | 'active'): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state });
  await session.detach();
}

test('what waits is on disk once the page is hidden, without its timers', async () => {
  const [page, other] = [await open('?still'), await open()];
  await page.evaluate("act('jazz'); act('rock')"); // the first is written at once, the second waits
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
  await other.evaluate('reached(2)');
  await page.evaluate("act('folk')"); // and from now on nothing waits
  await other.evaluate('reached(3)');
});

test('what waits is on disk once the page is frozen; when it goes on it knows what happened meanwhile', async () => {
  const [page, other] = [await open('?still'), await open()];
  await page.evaluate("act('jazz'); act('rock')");
  await setLife(page, 'frozen');
  await other.evaluate('reached(2)');
  await other.evaluate("act('folk')");
  await other.evaluate('attune.flush()');
  await setLife(page, 'active');
  await page.evaluate('reached(3)');
});

test('a frozen page holds up no erase, and brings nothing back', async () => {
  const [page, other] = [await open(), await open()];
  await page.evaluate("act('jazz'); act('rock')");
  await other.evaluate('reached(2)');
  await setLife(page, 'frozen');
  await other.evaluate('attune.data.erase()');
  await other.evaluate("act('folk')");
  await other.evaluate('attune.flush()');
  expect(await other.evaluate('attune.data.storage')).toBe('indexed-db');
  await setLife(page, 'active');
  await page.evaluate('reached(1)');
  await page.evaluate("act('sea')");
  await page.evaluate('attune.flush()');
  await other.evaluate('reached(2)');
  const kept = 'attune.data.export().then(({ interactions }) => interactions.map(({ itemId }) => itemId))';
  expect(await other.evaluate(kept)).toEqual(['folk', 'sea']);
  expect(await page.evaluate('warnings')).toEqual([]);
  expect(await other.evaluate('warnings')).toEqual([]);
});

test('a page that was frozen unlearns what another took back', async () => {
  const [page, other] = [await open(), await open()];
  const id = await page.evaluate<string>("act('jazz')");
  await page.evaluate("act('rock')");
  await other.evaluate('reached(2)');
  await setLife(page, 'frozen');
  await other.evaluate((forgotten) => (window as never as Taking).attune.data.forget(forgotten), id);
  await setLife(page, 'active');
  await page.evaluate('reached(1)');
});

test('a click that leaves the page reaches the other tabs within a second', async () => {
  const [page, other] = [await open('?still'), await open()];
  await page.evaluate("act('jazz'); act('rock'); location.href = '/next.html'");
  const began = performance.now();
  await other.evaluate('reached(2)');
  expect(performance.now() - began).toBeLessThan(A_SECOND);
});

/** The second is past the day's upkeep, 2 s after the page's start, and before the snapshot, 3 s after the acts. */
for (const [when, workMs] of [
  ['at once', 0],
  ['when the encoder has done its work', 2000],
] as const) {
  const variant = workMs > 0 ? slowTest : test;
  variant(`the back/forward cache is kept for a page left ${when}, and a page it brings back goes on`, async () => {
    const [page, other] = [await open(), await open()];
    await page.evaluate("act('jazz'); act('rock')");
    await page.waitForTimeout(workMs);
    await page.evaluate("location.href = '/next.html'");
    await page.waitForURL('**/next.html');
    await other.evaluate('reached(2)');
    await other.evaluate("act('folk')");
    await other.evaluate('attune.flush()');
    await page.evaluate('history.back()').catch(() => undefined); // its context may go before it answers
    const report = (): string | undefined => site.requests.find((path) => path.startsWith('/report/'));
    await expect.poll(report).toBeDefined();
    expect(JSON.parse(report()!.slice('/report/'.length))).toEqual({
      persisted: true,
      notRestoredReasons: null,
      storage: 'indexed-db',
      warnings: [],
    });
    await other.evaluate('reached(4)');
  });
}

interface Taking {
  readonly attune: { readonly data: { forget(id: string): Promise<unknown> } };
}
