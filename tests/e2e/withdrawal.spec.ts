import { expect, test } from '@playwright/test';
import { A_SECOND } from '../soak.js';
import { serve } from './serve.js';

const script = `
import { createAttune } from '/index.js';
const consent = new URLSearchParams(location.search).get('consent');
window.attune = await createAttune({ consent, assetBase: '/', model: 'lexical', text: (item) => item.id });
document.documentElement.dataset.ready = 'yes';
`;
const page = '<!doctype html><title>A tab</title><script type="module" src="/tab.js"></script>';

test('consent withdrawn in one tab is withdrawn in the other within a second, and no database is left', async ({
  browser,
}) => {
  const site = await serve('dist', { '/tab.html': page, '/tab.js': script });
  const context = await browser.newContext();
  const open = async (consent: string): Promise<Awaited<ReturnType<typeof context.newPage>>> => {
    const tab = await context.newPage();
    await tab.goto(`${site.origin}/tab.html?consent=${consent}`);
    await tab.waitForSelector('html[data-ready]');
    return tab;
  };
  const [one, other] = [await open('granted'), await open('granted')];
  await one.evaluate(`attune.track('save', { id: 'jazz' }); attune.flush()`);
  await other.evaluate(`new Promise((resolve) => {
    const look = () => attune.profile().interactionCount === 1 && resolve(null);
    attune.on('profile', look);
    look();
  })`);
  await other.evaluate(`
    window.heard = new Promise((resolve) => {
      attune.on('profile', ({ interactionCount }) => interactionCount === 0 && resolve(Date.now()));
    });
    0;
  `);
  const asked = await one.evaluate<number>(`const at = Date.now(); attune.data.setConsent('withdrawn').then(() => at)`);
  const heard = await other.evaluate<number>('heard');
  expect(heard - asked).toBeLessThan(A_SECOND);
  expect(await other.evaluate('[attune.data.consent, attune.data.storage]')).toEqual(['withdrawn', 'memory']);
  await other.evaluate(`attune.track('save', { id: 'sea' }); attune.flush()`);
  await one.close();
  await other.close();
  const stranger = await open('unknown'); // opens no log of its own
  const names = await stranger.evaluate<string[]>(`indexedDB.databases().then((all) => all.map(({ name }) => name))`);
  expect(names).toEqual([]);
  await context.close();
  await site.close();
});

test('a page opened after a refusal erases what an earlier grant left', async ({ browser }) => {
  const site = await serve('dist', { '/tab.html': page, '/tab.js': script });
  const tab = await (await browser.newContext()).newPage();
  const open = async (consent: string): Promise<string[]> => {
    await tab.goto(`${site.origin}/tab.html?consent=${consent}`);
    await tab.waitForSelector('html[data-ready]');
    await tab.evaluate(`attune.track('save', { id: 'jazz' }); attune.flush()`);
    return tab.evaluate<string[]>(`indexedDB.databases().then((all) => all.map(({ name }) => name))`);
  };
  expect(await open('granted')).toEqual(['attune/default']);
  expect(await open('unknown')).toEqual(['attune/default']);
  expect(await open('denied')).toEqual([]);
  await tab.context().close();
  await site.close();
});
