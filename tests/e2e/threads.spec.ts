import { expect, type Page, test } from '@playwright/test';
import golden from '../fixtures/tiny-bert/golden.json' with { type: 'json' };
import { cosine, embed, ISOLATED, openPage, serveModelPage } from './model-page.js';
import { type Hub, serveHub } from './hub.js';
import { slowTest } from './slow-test.js';

/** ONNX Runtime's threads, which a page has to be cross-origin isolated for. */
const warm = golden.cases.find(({ text }) => text === 'warm')!.mean;

const SCRIPT = '/runtime/ort-wasm-simd-threaded.mjs';

let hub: Hub;
test.beforeEach(async () => void (hub = await serveHub('tests/fixtures/hub')));
test.afterEach(() => hub.close());

/** URLs of the Workers that the encoder's Worker started, by the time it answered as PyTorch does. */
async function threadsOf(page: Page, headers?: Parameters<typeof serveModelPage>[0]): Promise<string[]> {
  const site = await serveModelPage(headers);
  try {
    const model = { id: 'tiny-bert', host: hub.origin, device: 'wasm', dtype: 'fp32' } as never;
    await openPage(page, site, { model, condition: 'wide' });
    await page.evaluate(`new BroadcastChannel('threads').onmessage = ({ data }) => (window.threads ??= []).push(data)`);
    const { embedding, warnings } = await embed(page);
    expect(warnings).toEqual([]);
    expect(cosine(embedding, warm)).toBeGreaterThan(0.9999);
    return await page.evaluate<string[]>('(window.threads ?? []).map((url) => new URL(url).pathname)');
  } finally {
    await site.close();
  }
}

test('an isolated page runs on half its cores, under a policy without blob:', async ({ page }) => {
  expect(await threadsOf(page, () => ISOLATED)).toEqual([SCRIPT]); // beside the Worker itself
});

slowTest('any other page runs on one thread', async ({ page }) => {
  expect(await threadsOf(page)).toEqual([]);
});

test('a runtime served without the header that threads need runs on one', async ({ page }) => {
  expect(await threadsOf(page, (path) => (path === SCRIPT ? {} : ISOLATED))).toEqual([]);
});
