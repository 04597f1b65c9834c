import { expect } from '@playwright/test';
import { serve, type Site } from '../e2e/serve.js';
import type { Tab } from '../e2e/four-tabs.js';
import { test } from './stock.js';

/** The main job on the built package, with lite in its Worker: what is promised holds in any browser, or is refused politely. */
const watch = `
window.problems = [];
addEventListener('error', ({ message }) => problems.push('error: ' + message));
addEventListener('unhandledrejection', ({ reason }) => problems.push('rejection: ' + reason));
addEventListener('securitypolicyviolation', ({ violatedDirective }) => problems.push('policy: ' + violatedDirective));
`;
const script = `
import { createAttune } from '/index.js';
window.warnings = [];
window.items = ['a piano sonata by candlelight', 'jazz piano for a rainy evening', 'an orchestra and its conductor',
  'how to grow tomatoes', 'pruning roses in winter', 'a motorway bridge is repaired', 'a diesel engine, taken apart',
  'the tax return, explained'].map((text, i) => ({ id: 'item ' + i, text }));
window.attune = await createAttune({ consent: 'granted', assetBase: '/', maxWaitMs: 30_000, text: (item) => item.text,
  sliders: [{ id: 'pace', low: 'calm, slow, quiet', high: 'fast, loud, thrilling' }] });
attune.on('warning', ({ code }) => warnings.push(code));
await attune.flush();
window.order = async () => (await attune.rank(items)).map(({ id }) => id);
window.known = () => {
  const { embedding, interactionCount, modelVersion } = attune.profile();
  return { embedding: [...embedding], interactionCount, modelVersion };
};
window.nextTask = () => new Promise((resolve) => setTimeout(resolve));
document.documentElement.dataset.ready = 'yes';
`;

interface Known {
  embedding: number[];
  interactionCount: number;
  modelVersion: string;
}

let site: Site;
test.beforeEach(async () => {
  site = await serve('dist', {
    '/page.html':
      '<!doctype html><title>A page</title><script src="/watch.js"></script><script type="module" src="/page.js"></script>',
    '/watch.js': watch,
    '/page.js': script,
  });
});
test.afterEach(() => site.close());

const load = (tab: Tab): Promise<void> => tab.load(`${site.origin}/page.html`);
const problems = (tab: Tab): Promise<string[]> => tab.evaluate('nextTask().then(() => problems)');
const warnings = (tab: Tab): Promise<string[]> => tab.evaluate('nextTask().then(() => warnings)');

test('a person acts, the ranking becomes theirs, a reload keeps it, the log can be had, and an erase leaves nothing', async ({
  start,
}) => {
  const { name, newTab } = await start();
  const tab = await newTab();
  await load(tab);
  const neutral = await tab.evaluate<string[]>('order()');
  expect(neutral).toHaveLength(8);
  await tab.evaluate(`(attune.track('save', items[1]), attune.track('dislike', items[3]), attune.flush())`);
  const personal = await tab.evaluate<string[]>('order()');
  expect(personal.slice(0, 3).sort()).toEqual(['item 0', 'item 1', 'item 2']);
  expect(personal.at(-1)).toBe('item 3');
  expect(site.requests.filter((path) => path.endsWith('/encoder-worker.js'))).toHaveLength(1);
  const known = await tab.evaluate<Known>('known()');
  expect(known).toMatchObject({ interactionCount: 2, modelVersion: expect.stringMatching(/^lite-/) });
  const moved = await tab.evaluate<number>(
    `(attune.setSlider('pace', 1), attune.flush().then(() => attune.profile().sliders[0].position))`,
  );
  expect(moved).toBe(1);
  expect([await warnings(tab), await problems(tab)]).toEqual([[], []]);

  await load(tab);
  expect(await tab.evaluate<string>('attune.data.storage')).toBe('indexed-db');
  const again = await tab.evaluate<Known>('order().then(known)');
  expect(again.interactionCount).toBe(2);
  again.embedding.forEach((x, j) => expect(Math.abs(x - known.embedding[j]!)).toBeLessThan(1e-6));
  expect(await tab.evaluate<number>('attune.profile().sliders[0].position')).toBe(1);
  const exported = await tab.evaluate<{ interactions: { kind: string; itemId: string }[]; items: unknown[] }>(
    'attune.data.export()',
  );
  expect(exported.interactions.map(({ kind, itemId }) => [kind, itemId])).toEqual([
    ['save', 'item 1'],
    ['dislike', 'item 3'],
  ]);
  expect(exported.items).toHaveLength(2);

  await tab.evaluate('attune.data.erase()');
  const left = `Promise.all([indexedDB.databases(), caches.keys()]).then(([databases, kept]) =>
    [...databases.map(({ name }) => name), ...kept, ...Object.keys(localStorage)])`;
  expect(await tab.evaluate<string[]>(left)).toEqual([]);
  expect([await warnings(tab), await problems(tab)]).toEqual([[], []]);
  await load(tab);
  expect(await tab.evaluate<number>('attune.profile().interactionCount')).toBe(0);
  expect(await tab.evaluate<string[]>('order()')).toEqual(neutral);
  expect([await warnings(tab), await problems(tab)]).toEqual([[], []]);
  console.log(name);
});

test('what is done just before the page goes is there when it comes again', async ({ start }, { project }) => {
  const tab = await (await start()).newTab();
  await load(tab);
  const tracked = await tab.evaluate<string[]>(
    `(attune.setSlider('pace', 1), items.slice(0, 3).map((item) => attune.track('save', item)))`,
  );
  await load(tab);
  const stored = await tab.evaluate<string[]>(
    'attune.data.export().then(({ interactions }) => interactions.map(({ id }) => id))',
  );
  expect(stored.sort()).toEqual(tracked.sort());
  expect(await tab.evaluate<number>('attune.profile().interactionCount')).toBe(3);
  // WebKit drops a leaving page's transactions, and the note left in their place is of interactions only.
  if (project.name !== 'webkit') expect(await tab.evaluate<number>('attune.profile().sliders[0].position')).toBe(1);
  expect([await warnings(tab), await problems(tab)]).toEqual([[], []]);
});

test('in a private window all is as elsewhere', async ({ start }) => {
  // WebKit's windows are private under automation, every one of them.
  const tab = await (await start({ preferences: { 'browser.privatebrowsing.autostart': true } })).newTab();
  await load(tab);
  await tab.evaluate(`(attune.track('save', items[1]), attune.track('dislike', items[3]), attune.flush())`);
  await load(tab);
  expect(await tab.evaluate<string>('attune.data.storage')).toBe('indexed-db');
  expect((await tab.evaluate<string[]>('order()')).at(-1)).toBe('item 3');
  await tab.evaluate('attune.data.erase()');
  expect(await tab.evaluate<unknown[]>('indexedDB.databases()')).toEqual([]);
  expect([await warnings(tab), await problems(tab)]).toEqual([[], []]);
});

test('where all storage is refused the ranking becomes theirs until a reload, and one warning says so', async ({
  start,
}) => {
  const refusing = {
    preferences: { 'network.cookie.cookieBehavior': 2 }, // "block all cookies": each way to storage throws
    args: ['--features=-IndexedDBAPI,-LocalStorage,-CacheAPI,-BroadcastChannel'], // not there at all
  };
  const tab = await (await start(refusing)).newTab();
  await load(tab);
  await tab.evaluate(`(attune.track('save', items[1]), attune.track('dislike', items[3]), attune.flush())`);
  const personal = await tab.evaluate<string[]>('order()');
  expect(personal.slice(0, 3).sort()).toEqual(['item 0', 'item 1', 'item 2']);
  expect(await tab.evaluate<string>('attune.profile().modelVersion')).toMatch(/^lite-/);
  expect(await tab.evaluate<string>('attune.data.storage')).toBe('memory');
  expect(await tab.evaluate<number>('attune.data.export().then(({ interactions }) => interactions.length)')).toBe(2);
  await tab.evaluate('attune.data.erase()');
  expect(await tab.evaluate<number>('attune.profile().interactionCount')).toBe(0);
  expect([await warnings(tab), await problems(tab)]).toEqual([['storage/unavailable'], []]);
  await load(tab);
  expect(await tab.evaluate<number>('attune.profile().interactionCount')).toBe(0);
});
