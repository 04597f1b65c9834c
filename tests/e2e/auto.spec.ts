import { expect, type Page, test } from '@playwright/test';
import { buildCatalogue, entryOf } from '../../src/core/build-catalogue.js';
import { type Hub, serveHub } from './hub.js';
import { openPage, serveModelPage } from './model-page.js';
import type { Site } from './serve.js';
import { slowTest } from './slow-test.js';

/** Lite at once, a transformer when everything is brought under it: real Workers, real files, a real database. */
const WORDS = ['warm', 'cold', 'quiet', 'loud', 'night', 'morning', 'lake', 'train', 'coat', 'rain'];
const ITEMS = WORDS.flatMap((one) => WORDS.map((other) => ({ id: `${one}-${other}`, title: `${one} and ${other}` })));

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

/** Opens the page, and notes what it hears of its upgrade and whether one model ever met the other. */
async function visit(page: Page, options: object = {}): Promise<void> {
  await openPage(page, site, {
    model: { id: 'tiny-bert', host: hub.origin, device: 'wasm', dtype: 'fp32', auto: true },
    maxWaitMs: 60_000,
    sliders: [{ id: 'mood', low: 'warm', high: 'cold' }],
    ...options,
  });
  await page.evaluate(`
    window.told = [];
    window.mixed = [];
    window.versions = new Set();
    attune.on('upgrade', (each) => told.push(each));
    window.check = ({ embedding, modelVersion }) => {
      const dim = /^transformers/.test(modelVersion) ? 64 : 256;
      if (embedding.length !== dim && embedding.length !== 0) mixed.push(modelVersion + ' with ' + embedding.length);
      if (!embedding.every(Number.isFinite)) mixed.push(modelVersion + ' with no numbers');
      versions.add(modelVersion);
    };
    attune.on('profile', check);
  `);
}

interface Told {
  readonly state: string;
  readonly modelVersion: string;
  readonly done: number;
  readonly total: number;
}

const lastState = (page: Page): Promise<string> => page.evaluate(`told.at(-1)?.state ?? ''`);
const told = (page: Page): Promise<Told[]> => page.evaluate('told');
const versionOf = (page: Page): Promise<string> => page.evaluate('attune.profile().modelVersion');

/** Acts and ranks until told to stop; everything that comes back is of one model. */
const LIVE = `(async () => {
  const items = ${JSON.stringify(ITEMS)};
  const first = await attune.rank(items, { limit: 20 });
  window.first = { version: first.modelVersion, order: first.map(({ id }) => id) };
  for (let i = 0; told.at(-1)?.state !== 'done' && i < 2000; i++) {
    if (i % 5 === 0) attune.track('save', items[(i * 7) % 30]);
    const ranking = i % 3 === 0 ? attune.rerank(first, { sliders: { mood: (i % 11) / 5 - 1 } }) : await attune.rank(items);
    for (const { score, terms } of ranking) {
      const sum = terms.reduce((all, { value }) => all + value, 0);
      if (!(Math.abs(score - sum) < 1e-9 && Math.abs(score) < 20)) mixed.push(ranking.modelVersion + ': ' + score);
    }
    check(attune.profile());
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await attune.flush();
  const again = attune.rerank(first, { sliders: { mood: 0 } });
  return { again: again.modelVersion, first: first.modelVersion, order: again.map(({ id }) => id) };
})()`;

test('the better model takes over in one task, whatever happens meanwhile, and is there at once the next time', async ({
  page,
}) => {
  await visit(page);
  expect(await versionOf(page)).toMatch(/^lite/);
  const { again, first } = await page.evaluate<{ again: string; first: string }>(LIVE);
  expect(await page.evaluate('mixed')).toEqual([]);
  expect(first).toMatch(/^lite/);
  expect(again, 'what was ranked before stays under what it was ranked by').toBe(first);
  expect(await page.evaluate<number>('versions.size')).toBe(2);
  expect(await versionOf(page)).toMatch(/^transformers\|tiny-bert/);
  const steps = (await told(page)).filter(({ state }) => state === 'embedding').map(({ done, total }) => done / total);
  expect(steps.length).toBeGreaterThan(3);
  expect(steps.every((share) => share >= 0 && share <= 1)).toBe(true);
  const count = await page.evaluate<number>('attune.profile().interactionCount');

  // The same taste as one that never knew another model.
  const embedding = await page.evaluate<number[]>('[...attune.profile().embedding]');
  const reference = await page.evaluate<number[]>(`(async () => {
    const { auto, ...model } = options.model;
    const other = await createAttune({ ...options, model, privacy: 'session', user: 'other' });
    await other.data.import(JSON.stringify(await attune.data.export()));
    await other.flush();
    const profile = other.profile();
    await other.close();
    return [...profile.embedding];
  })()`);
  const cosine = embedding.reduce((sum, x, j) => sum + x * reference[j]!, 0);
  expect(cosine).toBeGreaterThan(0.999999);
  await page.evaluate('attune.close()');

  hub.requests.length = 0;
  await visit(page);
  expect(await versionOf(page)).toMatch(/^transformers\|tiny-bert/);
  await expect.poll(() => page.evaluate('attune.profile().interactionCount')).toBe(count);
  expect(await page.evaluate(`attune.rank(${JSON.stringify(ITEMS)}).then(({ modelVersion }) => modelVersion)`)).toMatch(
    /^transformers/,
  );
  expect(hub.requests).toEqual([]);
});

test('slices survive a page that is left in the middle', async ({ page }) => {
  await visit(page);
  await page.evaluate(`attune.rank(${JSON.stringify(ITEMS)}).then(async () => {
    for (const item of ${JSON.stringify(ITEMS.slice(0, 90))}) attune.track('view', item);
    await attune.flush();
  })`);
  const isHalf = `new Promise((resolve) => attune.on('upgrade', ({ done }) => done >= 48 && resolve()))`;
  await page.evaluate(isHalf);
  await page.reload();

  await visit(page);
  expect(await versionOf(page)).toMatch(/^lite/);
  await expect.poll(() => lastState(page), { timeout: 30_000 }).toBe('done');
  const [first] = await told(page);
  expect(first!.done).toBeGreaterThanOrEqual(32);
  expect(first!.total).toBeGreaterThan(first!.done);
  expect(await versionOf(page)).toMatch(/^transformers/);
  expect(await page.evaluate('attune.profile().interactionCount')).toBe(90);
});

slowTest('what the site ships rows of is not encoded: a catalogue of the better model is enough', async ({ page }) => {
  const dim = 64;
  const rows = new Float32Array(ITEMS.length * dim);
  ITEMS.forEach((_, i) => (rows[i * dim + (i % 7)] = 1)); // as no encoder makes them
  const file = buildCatalogue({
    modelVersion: 'transformers|tiny-bert|main|fp32|mean|',
    dim,
    ids: ITEMS.map(({ id }) => id),
    entries: ITEMS.map((item) => entryOf(`${item.title}.`, JSON.stringify(item))),
    rows,
  });
  site.overrides.set('/catalog.attune', Buffer.concat(file));
  await visit(page);
  await page.evaluate(`attune.openCatalogue('/catalog.attune').then(async (catalogue) => {
    window.catalogue = catalogue;
    for (const item of ${JSON.stringify(ITEMS)}.filter((_, i) => i % 7 === 3)) attune.track('save', item);
    await attune.flush();
  })`);
  await expect.poll(() => lastState(page), { timeout: 30_000 }).toBe('done');
  expect((await told(page)).map(({ done, total }) => [done, total])).toEqual([
    [14, 16], // the slider's poles are left
    [undefined, undefined],
  ]);
  const embedding = await page.evaluate<number[]>('[...attune.profile().embedding]');
  expect(embedding.map((x) => Math.abs(x) > 1e-6)).toEqual(embedding.map((_, j) => j === 3));
  const ranking = `attune.rank(catalogue, { limit: 5 }).then(({ modelVersion, partial }) => ({ modelVersion, partial }))`;
  expect(await page.evaluate(ranking)).toEqual({
    modelVersion: expect.stringMatching(/^transformers/),
    partial: false,
  });
});

/** What a browser may tell, each to be said before the one above. */
const TOLD = [
  ['deviceMemory', 2, /2 GB/],
  ['connection', { effectiveType: '3g' }, /slow \(3g\)/],
  ['connection', { saveData: true }, /save data/],
] as const;

slowTest(
  'a small device, a slow line and a person who saves data, or agreed to nothing, keep lite',
  async ({ page }) => {
    for (const [name, value, reason] of TOLD) {
      const property = JSON.stringify({ value, configurable: true });
      await page.addInitScript(`Object.defineProperty(navigator, '${name}', ${property})`);
      await visit(page);
      await expect.poll(() => told(page), { timeout: 30_000 }).toMatchObject([{ state: 'refused', reason }]);
    }
    await visit(page, { consent: 'unknown' });
    await expect
      .poll(() => told(page), { timeout: 30_000 })
      .toMatchObject([{ state: 'refused', reason: /may be kept/ }]);
    expect(await versionOf(page)).toMatch(/^lite/);
    expect(hub.requests).toEqual([]);
  },
);

slowTest('a better model that isn’t there is one warning, and lite goes on', async ({ page }) => {
  await visit(page, { model: { id: 'nowhere', host: hub.origin, device: 'wasm', auto: true } });
  await expect
    .poll(() => page.evaluate<string[]>('embed("rain").then(({ warnings }) => warnings)'), { timeout: 30_000 })
    .toEqual([expect.stringMatching(/encoder\/unavailable/)]);
  expect(await versionOf(page)).toMatch(/^lite/);
  hub.requests.length = 0;
  await visit(page, { model: { id: 'nowhere', host: hub.origin, device: 'wasm', auto: true } });
  await expect.poll(() => told(page), { timeout: 30_000 }).toMatchObject([{ state: 'refused', reason: /last time/ }]);
  expect(hub.requests).toEqual([]);
});
