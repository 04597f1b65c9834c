import { readdirSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { embed, openPage, serveModelPage } from './model-page.js';
import type { Site } from './serve.js';
import { slowTest } from './slow-test.js';

/** Code that comes with a model, and that the page's server doesn't have: an old page after a release, say. */
let site: Site;
test.beforeEach(async () => void (site = await serveModelPage()));
test.afterEach(() => site.close());

/** Has the server lose the files that begin so. */
function lose(...names: readonly string[]): void {
  const files = readdirSync('dist/assets').filter((file) => names.some((name) => file.startsWith(`${name}-`)));
  expect(files).toHaveLength(names.length);
  for (const file of files) site.overrides.set(`/assets/${file}`, 404);
}

/** What an Attune with an encoder of its own answers, and warns of. */
const OWN = `(async () => {
  const encoder = {
    modelVersion: 'own-1',
    dim: 2,
    encode: async (texts) => {
      const data = Float32Array.from(texts.flatMap((text) => (text.includes('warm') ? [0, 1] : [1, 0])));
      return { data, rows: texts.length, dim: 2, truncated: 0 };
    },
    close() {},
  };
  const own = await createAttune({ ...options, encoder, user: 'own', maxWaitMs: 10_000 });
  const codes = [];
  own.on('warning', ({ code }) => codes.push(code));
  const items = ['cold', 'warm', 'warm coat'].map((title) => ({ id: title, title }));
  own.track('save', items[1]);
  await own.flush();
  const order = (await own.rank(items)).map(({ id }) => id);
  const { embedding, modelVersion } = await own.embed('warm');
  await new Promise((resolve) => setTimeout(resolve));
  return { order, embedding: [...embedding], modelVersion, codes };
})()`;

for (const names of [['describe-model', 'check-options', 'queue'], ['describe-model']]) {
  const variant = names.length > 1 ? test : slowTest;
  variant(`without ${names.join(', ')} a site’s own encoder is still the one that answers`, async ({ page }) => {
    await openPage(page, site, {});
    lose(...names);
    const missed = names.filter((name) => name !== 'queue'); // which only the first of them would ask for
    expect(await page.evaluate(OWN)).toEqual({
      order: ['warm', 'warm coat', 'cold'],
      embedding: [0, 1],
      modelVersion: 'own-1',
      codes: missed.map(() => 'encoder/unavailable'),
    });
  });
}

async function expectLite(page: Page, model: 'minilm' | 'auto'): Promise<void> {
  await openPage(page, site, { model });
  const { modelVersion, warnings } = await embed(page);
  expect(modelVersion).toMatch(/^lite-/);
  expect(warnings).toEqual([expect.stringMatching(/^encoder\/unavailable: The model could not be described/)]);
}

test('without what describes a model, or goes over to one, lite answers', async ({ page }) => {
  lose('upgrade');
  await expectLite(page, 'auto');
  lose('describe-model');
  await expectLite(page, 'minilm');
});
