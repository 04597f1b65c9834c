import { expect, type Page, test } from '@playwright/test';
import { type Hub, serveHub } from './hub.js';
import { openPage, serveModelPage } from './model-page.js';
import type { Site } from './serve.js';
import { slowTest } from './slow-test.js';

/** A transformer whose embeddings were kept at an earlier visit, in a real browser with a real Worker. */
const ITEMS = ['warm coat', 'cold rain', 'a quiet lake', 'night train'].map((title) => ({ id: title, title }));

let site: Site;
let hub: Hub;
test.beforeEach(async () => {
  site = await serveModelPage();
  hub = await serveHub('tests/fixtures/hub');
});
test.afterEach(async () => {
  await site.close();
  await hub.close();
});

interface Ranked {
  readonly modelVersion: string;
  readonly partial: boolean;
  readonly order: readonly string[];
  /** The first item's, as it is. */
  readonly embedding: readonly number[];
  readonly workers: number;
}

const visit = (page: Page, options: object = {}): Promise<void> =>
  openPage(page, site, {
    model: { id: 'tiny-bert', host: hub.origin, device: 'wasm', dtype: 'fp32' },
    maxWaitMs: 60_000,
    sliders: [{ id: 'mood', low: 'warm', high: 'cold' }],
    ...options,
  });

const rank = (page: Page, items: readonly object[] = ITEMS): Promise<Ranked> =>
  page.evaluate(`attune.rank(${JSON.stringify(items)}).then(async (ranking) => ({
    modelVersion: ranking.modelVersion,
    partial: ranking.partial,
    order: ranking.map(({ id }) => id),
    embedding: [...(await attune.embed(${JSON.stringify(items[0])})).embedding],
    workers: workers.length,
  }))`);

/** Rows that lie in the user's database. */
const rowsOnDisk = (page: Page): Promise<number> =>
  page.evaluate(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('attune/default');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const counting = opening.result.transaction('embeddings').objectStore('embeddings').count();
      counting.onsuccess = () => {
        opening.result.close();
        resolve(counting.result);
      };
    };
  })`);
const KEPT = ITEMS.length + 2; // and the slider's poles

for (const encrypt of [false, true]) {
  const variant = encrypt ? slowTest : test;
  variant(
    `a second visit starts no Worker and asks nobody for anything ${encrypt ? '(sealed)' : ''}`,
    async ({ page }) => {
      await visit(page, { encrypt });
      await page.evaluate(`attune.track('save', ${JSON.stringify(ITEMS[1])})`);
      const first = await rank(page);
      expect(first).toMatchObject({ partial: false, workers: 1 });
      expect(first.modelVersion).toMatch(/^transformers\|tiny-bert/);
      await expect.poll(() => rowsOnDisk(page)).toBe(KEPT);
      await page.evaluate('attune.close()');

      await page.evaluate(`caches.delete('attune-models')`); // so that a Worker would have to fetch
      hub.requests.length = 0;
      await visit(page, { encrypt });
      expect(await rank(page)).toEqual({ ...first, workers: 0 });
      expect(hub.requests).toEqual([]);

      const more = await rank(page, [...ITEMS, { id: 'new', title: 'something new' }]);
      expect(more).toMatchObject({ partial: false, workers: 1, modelVersion: first.modelVersion });
      expect(hub.requests).not.toEqual([]);
      await expect.poll(() => rowsOnDisk(page)).toBe(KEPT + 1);
    },
  );
}

test('what was kept works with the model’s server gone; what is new then goes to the next encoder, whole', async ({
  page,
}) => {
  await visit(page);
  const first = await rank(page);
  await expect.poll(() => rowsOnDisk(page)).toBe(KEPT);
  await page.evaluate(`attune.close().then(() => caches.delete('attune-models'))`);
  await hub.close();
  await visit(page);
  expect(await rank(page)).toEqual({ ...first, workers: 0 });
  const more = await rank(page, [...ITEMS, { id: 'new', title: 'something new' }]);
  expect(more.modelVersion).toMatch(/^lite-/);
  expect(more.partial).toBe(false);
  expect(await rowsOnDisk(page)).toBe(KEPT); // of lite nothing is kept
});
