import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';

/** 1,000 items made of the demo's, indexed by the built command. */
const demo = JSON.parse(readFileSync('demo/catalog.json', 'utf8')) as { id: string; title: string; summary: string }[];
const items = Array.from({ length: 1000 }, (_, i) => {
  const { id, title, summary } = demo[i % demo.length]!;
  return { id: `${id}-${i}`, title: `${title}, part ${1 + Math.floor(i / demo.length)}`, summary };
});

/** A page that opens the catalogue and ranks it, and the same items as an array in another Attune. */
const script = `
import { createAttune } from '/index.js';
const items = await (await fetch('/items.json')).json();
const sliders = [{ id: 'pace', low: 'calm, slow, quiet', high: 'fast, loud, thrilling' }];
const options = { consent: 'granted', assetBase: '/', sliders, maxWaitMs: 30_000 };
const warnings = [];
const attune = await createAttune(options);
attune.on('warning', ({ message }) => warnings.push(message));
const catalogue = await attune.openCatalogue('/catalog.attune');
if (attune.profile().interactionCount === 0) {
  for (const i of [0, 12, 24]) attune.track('save', items[i]);
  attune.setSlider('pace', 0.5);
  await attune.flush();
}
const told = (ranking) => ranking.map(({ id, score }) => [id, Number(score.toFixed(9))]);
const fromFile = await attune.rank(catalogue, { limit: 30 });
const other = await createAttune(options);
const fromItems = await other.rank(items, { limit: 30 });
window.attune = attune;
window.seen = {
  size: catalogue.size,
  fromFile: told(fromFile),
  fromItems: told(fromItems),
  item: fromFile[0].item,
  neutral: fromFile.neutral,
  warnings,
};
document.documentElement.dataset.done = 'yes';
`;

interface Seen {
  readonly size: number;
  readonly fromFile: readonly [string, number][];
  readonly fromItems: readonly [string, number][];
  readonly item: { readonly id: string };
  readonly neutral: boolean;
  readonly warnings: readonly string[];
}

test.describe.configure({ mode: 'default' }); // one Worker of the runner: the items are indexed once
let folder: string;
let site: Site;
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attune-catalogue-'));
  writeFileSync(join(folder, 'items.jsonl'), items.map((item) => JSON.stringify(item)).join('\n'));
  execFileSync(process.execPath, ['dist/cli.js', 'index', join(folder, 'items.jsonl'), '-o', join(folder, 'out')], {
    stdio: 'pipe',
  });
});
test.beforeEach(async () => {
  const policy = documentedPolicy('`lite`, the default');
  const extra = {
    '/page.html': '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>',
    '/page.js': script,
    '/items.json': JSON.stringify(items),
  };
  site = await serve('dist', extra, () => enforced(policy));
  site.overrides.set('/catalog.attune', readFileSync(join(folder, 'out')));
});
test.afterEach(() => site.close());
test.afterAll(() => rmSync(folder, { recursive: true }));

async function visit(page: Page): Promise<Seen> {
  await page.goto(`${site.origin}/page.html`);
  await page.waitForSelector('html[data-done]');
  return page.evaluate(() => (window as never as { seen: Seen }).seen);
}

const fetched = (): number => site.requests.filter((path) => path === '/catalog.attune').length;

test('a catalogue made by the command ranks as its items do, under the strictest policy, and is fetched once', async ({
  page,
}) => {
  const seen = await visit(page);
  expect(seen.size).toBe(1000);
  expect(seen.neutral).toBe(false);
  expect(seen.fromFile.map(([id]) => id)).toEqual(seen.fromItems.map(([id]) => id));
  expect(items.find(({ id }) => id === seen.item.id)).toEqual(seen.item);
  expect(seen.warnings).toEqual([]);
  expect(site.requests).not.toContain(REPORTS);
  expect(fetched()).toBe(1);
  const again = await visit(page);
  expect(again.fromFile.map(([id]) => id)).toEqual(seen.fromFile.map(([id]) => id));
  expect(fetched()).toBe(1);
});

test('after an erase no catalogue is left', async ({ page }) => {
  await visit(page);
  const names = (): Promise<(string | undefined)[]> =>
    page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(await names()).toContain('attune-catalogues');
  await page.evaluate(() => (window as never as { attune: { data: { erase(): Promise<void> } } }).attune.data.erase());
  expect(await names()).not.toContain('attune-catalogues');
});

test('a catalogue that is damaged in the disk’s copy is fetched again, and one damaged on the way is refused', async ({
  page,
}) => {
  const sound = readFileSync(join(folder, 'out'));
  const changed = Buffer.from(sound);
  changed[5000]! ^= 1;
  site.overrides.set('/catalog.attune', changed);
  await page.goto(`${site.origin}/page.html`);
  const code = await page.evaluate(async (entry) => {
    const { createAttune } = (await import(entry)) as {
      createAttune(options: object): Promise<{ openCatalogue(url: string): Promise<unknown> }>;
    };
    const attune = await createAttune({ consent: 'granted', assetBase: '/' });
    return attune.openCatalogue('/catalog.attune').then(
      () => 'opened',
      (error: unknown) => (error as { code: string }).code,
    );
  }, '/index.js');
  expect(code).toBe('model/corrupt');
  site.overrides.set('/catalog.attune', sound);
  expect((await visit(page)).size).toBe(1000);
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('attune-catalogues');
      request.addEventListener('success', () => resolve(request.result));
    });
    const files = db.transaction('files', 'readwrite').objectStore('files');
    const kept = await new Promise<{ file: Blob }>((resolve) => {
      const request = files.get('default');
      request.addEventListener('success', () => resolve(request.result as { file: Blob }));
    });
    const bytes = new Uint8Array(await kept.file.arrayBuffer());
    bytes[5000]! ^= 1;
    const writing = db.transaction('files', 'readwrite');
    writing.objectStore('files').put({ ...kept, file: new Blob([bytes]) }, 'default');
    await new Promise((resolve) => writing.addEventListener('complete', resolve));
    db.close();
  });
  const before = fetched();
  const seen = await visit(page);
  expect(seen.size).toBe(1000);
  expect(fetched()).toBe(before + 1);
  expect(seen.warnings.join()).toContain('damaged');
});
