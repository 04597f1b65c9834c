import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, type CDPSession, chromium, expect, type Page, test } from '@playwright/test';
import { chromiumArgs, findChromium } from '../chromium.mjs';
import { serve, type Site } from './serve.js';
import { slowTest } from './slow-test.js';

/** What a browser does to a disk, for real: a quota that is used up, a connection it drops, storage it clears. */
const script = `
import { createAttune } from '/index.js';
window.warnings = [];
window.attune = await createAttune({ consent: 'granted', assetBase: '/', model: 'lexical', text: (item) => item.id });
attune.on('warning', ({ code, message }) => warnings.push(code + ': ' + message));
window.tracked = [];
window.act = (letters) => {
  const noise = Array.from(crypto.getRandomValues(new Uint8Array(letters)), (x) => (x % 36).toString(36)).join('');
  tracked.push(attune.track('save', { id: 'item ' + (tracked.length % 5) }, { metadata: { noise } }));
};
window.stored = async () => (await attune.data.export()).interactions.map(({ id }) => id);
document.documentElement.dataset.ready = 'yes';
`;

let site: Site;
let context: BrowserContext;
let page: Page;
let cdp: CDPSession;

test.beforeEach(async () => {
  site = await serve('dist', {
    '/page.html': '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>',
    '/page.js': script,
    '/empty.html': '<!doctype html><title>Nothing</title>',
  });
  await launch();
});
test.afterEach(async () => {
  await context.close();
  await site.close();
});

/** Starts the browser on the test's own profile on disk. */
async function launch(): Promise<void> {
  const executablePath = findChromium();
  context = await chromium.launchPersistentContext(test.info().outputPath('profile'), {
    args: chromiumArgs,
    ...(executablePath !== undefined && { executablePath }),
  });
  page = await context.newPage();
  cdp = await context.newCDPSession(page);
}

async function load(): Promise<void> {
  await page.goto(`${site.origin}/page.html`);
  await page.waitForSelector('html[data-ready]');
}

const quota = (quotaSize?: number): Promise<unknown> =>
  cdp.send('Storage.overrideQuotaForOrigin', { origin: site.origin, ...(quotaSize !== undefined && { quotaSize }) });
const stored = (): Promise<string[]> => page.evaluate('stored()');
const tracked = (): Promise<string[]> => page.evaluate('tracked');
const warnings = (): Promise<string[]> => page.evaluate('warnings');

/** Acts until something is warned of, or storage is as wished. */
async function actUntil(condition: string): Promise<void> {
  await page.evaluate(`(async () => {
    for (let i = 0; i < 400 && !(${condition}); i++) {
      for (let each = 0; each < 10; each++) act(1000);
      await attune.flush();
      await new Promise((resolve) => setTimeout(resolve, 0)); // warnings come in a task of their own
    }
  })()`);
}

test('a full disk first loses the cached model, and what happens goes on being stored', async () => {
  await page.goto(`${site.origin}/empty.html`);
  await quota(900_000);
  await page.evaluate(
    `caches.open('attune-models').then((cache) => cache.put('/model', new Response(new Uint8Array(500_000))))`,
  );
  await load();
  await actUntil('warnings.length > 0');
  expect(await warnings()).toEqual([expect.stringMatching(/^storage\/quota: .*made again was dropped/)]);
  expect(await page.evaluate('caches.keys()')).toEqual([]);
  await page.evaluate('act(1000); attune.flush()');
  expect(await page.evaluate('attune.data.storage')).toBe('indexed-db');
  const acknowledged = await tracked();
  expect(acknowledged.length).toBeGreaterThan(100);
  await load();
  expect(await stored()).toEqual(acknowledged);
});

test('a disk without any room left: caches, then the oldest, then memory, each reported, and nothing else lost', async () => {
  await page.goto(`${site.origin}/empty.html`);
  await quota(600_000);
  await load();
  await actUntil(`attune.data.storage === 'memory'`);
  const steps = await warnings();
  const inOrder = [/made again was dropped/, /(\d+) oldest interactions were deleted/, /kept in memory only/];
  expect(steps.filter((step) => step.startsWith('storage/quota'))).toHaveLength(3);
  inOrder.forEach((step, i) => expect(steps[i]).toMatch(step));
  const deleted = Number(inOrder[1]!.exec(steps[1]!)![1]);
  expect(deleted).toBeGreaterThan(0);
  await page.evaluate('act(1000); attune.flush()');
  const all = await tracked();
  expect(await stored()).toEqual(all.slice(deleted));
  expect(await page.evaluate('attune.profile().interactionCount')).toBe(all.length - deleted);

  await quota(); // room again, and the next visit
  await load();
  const left = await stored();
  expect(left.length).toBeGreaterThan(deleted);
  expect(left).toEqual(all.slice(deleted, deleted + left.length)); // all that was acknowledged as stored
  await page.evaluate('act(10); attune.flush()');
  expect(await page.evaluate('attune.data.storage')).toBe('indexed-db');
  expect(await stored()).toHaveLength(left.length + 1);
});

test('storage cleared under an open page: it goes on, empty, on a fresh database', async () => {
  await load();
  await page.evaluate('act(10); act(10); attune.flush()');
  const emptied = page.evaluate(
    `new Promise((resolve) => attune.on('profile', ({ interactionCount }) => interactionCount === 0 && resolve()))`,
  );
  await cdp.send('Storage.clearDataForOrigin', { origin: site.origin, storageTypes: 'indexeddb' });
  await page.evaluate('attune.data.recent()');
  await emptied;
  await page.evaluate('act(10); attune.flush()');
  expect(await page.evaluate('attune.data.storage')).toBe('indexed-db');
  expect(await warnings()).toEqual([]);
  const [, , last] = await tracked();
  await load();
  expect(await stored()).toEqual([last]);
});

test('storage evicted between two visits: the next one starts as a first one', async () => {
  await load();
  await page.evaluate('act(10); attune.flush()');
  await page.goto('about:blank');
  await cdp.send('Storage.clearDataForOrigin', { origin: site.origin, storageTypes: 'all' });
  await load();
  expect(await stored()).toEqual([]);
  await page.evaluate('act(10); attune.flush()');
  expect(await page.evaluate('attune.data.storage')).toBe('indexed-db');
  expect(await warnings()).toEqual([]);
});

for (const [when, commit] of [
  ['before', 'made.abort(); this.close();'],
  ['after', 'IDBTransaction.prototype.commit.call(made); made.dispatchEvent(new Event("abort")); this.close();'],
] as const) {
  const variant = when === 'before' ? slowTest : test;
  variant(
    `a connection the browser drops just ${when} a commit is opened again, and the action is stored once`,
    async () => {
      await page.addInitScript(`
      window.connections = [];
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (...args) {
        if (!connections.includes(this)) connections.push(this);
        const made = transaction.apply(this, args);
        if (window.dropNext && args[1] === 'readwrite') { // as WebKit does when its server goes
          window.dropNext = false;
          made.commit = () => { ${commit} };
        }
        return made;
      };`);
      await load();
      await page.evaluate('act(10); attune.flush()');
      await page.evaluate('dropNext = true; act(10); attune.flush()');
      expect(await page.evaluate('dropNext')).toBe(false);
      expect(await page.evaluate('connections.length')).toBeGreaterThan(1);
      await page.evaluate('connections.at(-1).close()'); // and once more, between two actions
      await page.evaluate('act(10); attune.flush()');
      expect(await page.evaluate('attune.data.storage')).toBe('indexed-db');
      expect(await warnings()).toEqual([]);
      const all = await tracked();
      expect(await stored()).toEqual(all);
      await load();
      expect(await stored()).toEqual(all);
    },
  );
}

test('a record whose file on disk is gone is noted and left out, and everything else is there', async () => {
  await load();
  await page.evaluate('act(10); attune.flush()');
  await page.evaluate('for (let i = 0; i < 200; i++) act(1000); attune.flush()'); // large enough for a file of its own
  await page.evaluate('act(10); attune.flush()');
  const all = await tracked();
  await context.close();
  const folder = join(test.info().outputPath('profile'), 'Default', 'IndexedDB');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.parentPath.includes('.indexeddb.blob'),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const { parentPath, name } of files) rmSync(join(parentPath, name));

  await launch();
  await load();
  const left = await stored();
  expect(left.length).toBeLessThanOrEqual(3); // the first of the 200 may have been written at once, by itself
  expect([left[0], left.at(-1)]).toEqual([all[0], all.at(-1)]);
  await expect.poll(warnings).toEqual([expect.stringMatching(/^storage\/corrupt/)]); // told in a task of its own
  await page.evaluate('act(10); attune.flush()');
  expect(await stored()).toHaveLength(left.length + 1);
  expect(await page.evaluate(`attune.data.forget('${all[0]}')`)).toMatchObject({ removed: 1 });
  expect(await page.evaluate('attune.data.storage')).toBe('indexed-db');
});

test('a disk that does not answer for a while takes back what memory held meanwhile', async () => {
  await page.addInitScript(`
    const { open } = IDBFactory.prototype;
    let version = 1;
    const held = open.call(indexedDB, 'held', version);
    IDBFactory.prototype.open = function (...args) {
      return window.deaf ? open.call(this, 'held', ++version) : open.apply(this, args); // waits for held to close: for ever
    };`);
  await load();
  await page.evaluate('act(10); attune.flush()');
  const first = await tracked();
  await page.addInitScript('window.deaf = true');
  await load();
  expect(await page.evaluate('attune.data.storage')).toBe('memory');
  expect(await warnings()).toEqual([expect.stringMatching(/^storage\/unavailable/)]);
  await page.evaluate('act(10); act(10)');
  expect(await stored()).toHaveLength(2);

  await page.evaluate('deaf = false');
  await expect.poll(() => page.evaluate('attune.data.storage'), { timeout: 30_000 }).toBe('indexed-db');
  expect(await stored()).toEqual([...first, ...(await tracked())]);
  expect(await page.evaluate('attune.profile().interactionCount')).toBe(3);
  expect(await warnings()).toHaveLength(1);
});

test('a page whose disk failed and came back stored nothing twice and brings nothing back', async () => {
  const other = await context.newPage();
  await other.goto(`${site.origin}/page.html`);
  await other.waitForSelector('html[data-ready]');
  await page.addInitScript(`
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (stores, mode, ...rest) {
      if (window.isStuck && mode === 'readwrite' && stores.includes('batches')) throw new DOMException('stuck', 'UnknownError');
      return transaction.call(this, stores, mode, ...rest);
    };`);
  await load();
  await page.evaluate('for (let i = 0; i < 3; i++) act(10); attune.flush()');
  const [first, second, third] = await tracked();
  await page.evaluate('isStuck = true; act(10); attune.flush()');
  await expect.poll(() => page.evaluate('attune.data.storage')).toBe('memory');
  expect(await stored()).toHaveLength(4);
  expect(await other.evaluate(`attune.data.forget('${first}')`)).toMatchObject({ removed: 1 });
  expect(await page.evaluate(`attune.data.forget('${second}')`)).toMatchObject({ removed: 1 });
  await page.evaluate('act(10)');

  await page.evaluate('isStuck = false');
  await expect.poll(() => page.evaluate('attune.data.storage'), { timeout: 30_000 }).toBe('indexed-db');
  const [, , , fourth, fifth] = await tracked();
  expect(await stored()).toEqual([third, fourth, fifth]);
  expect(await page.evaluate('attune.profile().interactionCount')).toBe(3);
  await expect.poll(() => other.evaluate('attune.profile().interactionCount')).toBe(3);
});
