import { expect, type Page, test } from '@playwright/test';
import { chromiumArgs, findChromium, softwareGpuArgs } from '../chromium.mjs';
import golden from '../fixtures/tiny-bert/golden.json' with { type: 'json' };
import { type Hub, serveHub } from './hub.js';
import { cosine, embed, openPage, type Seen, serveModelPage } from './model-page.js';
import type { Site } from './serve.js';
import { slowTest } from './slow-test.js';

/** WebGPU on Chromium's software adapter, which computes rightly and slowly. */
const executablePath = findChromium();
const args = [...chromiumArgs, ...softwareGpuArgs];
test.use({ launchOptions: { args, ...(executablePath === undefined ? {} : { executablePath }) } });
test.setTimeout(240_000);

let site: Site;
let hub: Hub;
test.beforeAll(async () => {
  [site, hub] = await Promise.all([serveModelPage(), serveHub('tests/fixtures/hub')]);
});
test.afterAll(() => Promise.all([site.close(), hub.close()]));

const tiny = (): { id: string; host: string } => ({ id: 'tiny-bert', host: hub.origin });
const warm = golden.cases.find(({ text }) => text === 'warm')!.mean;

const gpu = (): object => ({ ...tiny(), device: 'webgpu', dtype: 'fp32' });
const VERSION = 'transformers|tiny-bert|main|fp32|mean|';
const LOSE = "new BroadcastChannel('gpu').postMessage('lose')";

/** Builds of the runtime that the page has asked for since the last call. */
function builds(): string[] {
  return site.requests
    .splice(0)
    .flatMap((path) => /\/runtime\/ort-wasm-simd-threaded(.*)\.wasm$/.exec(path)?.[1] ?? []);
}

/** Verdicts of this browser on GPUs with this model, all numbers alike. */
function notes(page: Page): Promise<string[]> {
  return page.evaluate(async (beside) => {
    const cache = await caches.open('attune-models');
    const keys = (await cache.keys()).filter(({ url }) => url.startsWith(beside));
    return Promise.all(keys.map(async (key) => (await cache.match(key))!.text()));
  }, `${hub.origin}/tiny-bert/resolve/main/?attune=webgpu`);
}

function expectWarm({ embedding, modelVersion }: Seen): void {
  expect(modelVersion).toBe(VERSION);
  expect(cosine(embedding, warm)).toBeGreaterThan(0.9999);
}

slowTest('a GPU that agrees with WASM is believed, remembered, and answers as PyTorch does', async ({ page }) => {
  builds();
  await openPage(page, site, { model: gpu() as never });
  const seen = await embed(page);
  expectWarm(seen);
  expect(seen.warnings).toEqual([]);
  const texts = golden.cases.map(({ text }) => text);
  const rows = await page.evaluate<number[][]>(
    `Promise.all(${JSON.stringify(texts)}.map((text) => embed(text).then(({ embedding }) => embedding)))`,
  );
  for (const [i, { mean }] of golden.cases.entries()) expect(cosine(rows[i]!, mean)).toBeGreaterThan(0.99999); // in buckets
  expect(builds()).toEqual(['.jspi']);
  expect(await notes(page)).toEqual(['right']);
});

slowTest('where WebAssembly can’t be suspended the other build runs', async ({ page }) => {
  builds();
  await openPage(page, site, { model: gpu() as never, condition: 'old' });
  const seen = await embed(page);
  expectWarm(seen);
  expect(seen.warnings).toEqual([]);
  expect(builds()).toEqual(['.asyncify']);
});

slowTest('a GPU that lies is refused, WASM answers, and the next visit doesn’t ask it again', async ({ page }) => {
  for (const how of [/cosine -?0\./, /as found on an earlier visit/]) {
    builds();
    await openPage(page, site, { model: gpu() as never, condition: 'lying' });
    const seen = await embed(page);
    expectWarm(seen);
    expect(seen.warnings).toHaveLength(1);
    expect(seen.warnings[0]).toMatch(/^encoder\/unavailable: WebGPU answers otherwise than WASM here/);
    expect(seen.warnings[0]).toMatch(how);
    expect(await notes(page)).toEqual(['wrong']);
  }
  expect(builds()).toEqual([]); // neither the GPU's, nor again the other
});

slowTest('a verdict is of one GPU: another is asked anew, and has one of its own', async ({ page }) => {
  await openPage(page, site, { model: gpu() as never, condition: 'lying' });
  await embed(page);
  expect(await notes(page)).toEqual(['wrong']);
  await openPage(page, site, { model: gpu() as never, condition: 'renamed' });
  const seen = await embed(page);
  expectWarm(seen);
  expect(seen.warnings).toEqual([]);
  expect((await notes(page)).toSorted()).toEqual(['right', 'wrong']);
});

slowTest('a GPU lost between two texts costs nothing but time, now and after a reload', async ({ page }) => {
  for (let visit = 0; visit < 2; visit++) {
    await openPage(page, site, { model: gpu() as never, condition: 'losing' });
    await embed(page, 'coffee');
    await page.evaluate(LOSE);
    const seen = await embed(page);
    expectWarm(seen);
    expect(seen.warnings).toEqual([]);
    expect(await page.evaluate('workers.length')).toBe(2);
  }
});

slowTest('a GPU process that crashes leaves an answer from some encoder, now and after a reload', async ({ page }) => {
  const session = await page.context().browser()!.newBrowserCDPSession();
  for (let visit = 0; visit < 2; visit++) {
    await openPage(page, site, { model: gpu() as never });
    await embed(page, 'coffee');
    await session.send('Browser.crashGpuProcess' as never).catch(() => undefined);
    const seen = await embed(page);
    expect(seen.embedding.some((x) => x !== 0)).toBe(true);
    for (const warning of seen.warnings) expect(warning).toMatch(/^encoder\//);
    expect(await page.evaluate('workers.length')).toBeGreaterThan(1);
  }
});

test('without an adapter WASM answers, and says why', async ({ page }) => {
  await openPage(page, site, { model: gpu() as never, condition: 'blind' });
  const seen = await embed(page);
  expectWarm(seen);
  expect(seen.warnings).toEqual([expect.stringMatching(/^encoder\/unavailable: tiny-bert: no GPU can be had/)]);
});

test('`auto` leaves a GPU alone that is drawn by the processor', async ({ page }) => {
  builds();
  await openPage(page, site, { model: tiny() });
  const seen = await embed(page);
  expect(seen.modelVersion).toBe('transformers|tiny-bert|main|q8|mean|');
  expect(seen.warnings).toEqual([]);
  expect(builds()).toEqual(['']);
});
