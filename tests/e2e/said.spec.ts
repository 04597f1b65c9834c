import { expect, type Page, test } from '@playwright/test';
import { serve, type Site } from './serve.js';

/** What people say of themselves, on a real disk, sealed or not, in tabs and after a reload. */

const script = `
import { createAttune } from '/index.js';
const subjects = ['bread', 'trains'];
const encoder = {
  modelVersion: 'subjects-1', dim: 32, close() {},
  async encode(texts) {
    const data = new Float32Array(texts.length * 32);
    texts.forEach((text, i) => {
      const noise = Number(text.match(/\\\\d+/)?.[0] ?? 0);
      const row = data.subarray(i * 32, i * 32 + 32);
      row[subjects.findIndex((each) => text.includes(each))] = 1;
      for (let j = 2; j < 32; j++) row[j] = 0.15 * Math.sin(7.3 * noise * j + j);
      const length = Math.hypot(...row);
      row.forEach((x, j) => (row[j] = x / length));
    });
    return { data, rows: texts.length, dim: 32, truncated: 0 };
  },
};
const encrypt = location.search === '?sealed';
window.attune = await createAttune({ consent: 'granted', encrypt, assetBase: '/', encoder, priors: {}, maxWaitMs: 5000 });
window.read = async () => {
  for (const subject of subjects) {
    for (let n = 1; n <= 8; n++) attune.track('save', { id: subject + n, title: 'A ' + subject + ' story, number ' + n });
  }
  await attune.flush();
};
window.told = async () => (await attune.interests.list()).map(({ name, excluded }) => name + (excluded ? ', not me' : '')).sort();
window.edit = async (name) => {
  const found = (await attune.interests.list()).find((each) => each.name === name);
  await attune.interests.edit(found.id, { excluded: true });
};
document.documentElement.dataset.ready = 'yes';
`;

let site: Site;
test.beforeEach(async () => {
  site = await serve('dist', {
    '/page.html': '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>',
    '/page.js': script,
  });
});
test.afterEach(() => site.close());

async function load(page: Page, sealed: boolean): Promise<void> {
  await page.goto(`${site.origin}/page.html${sealed ? '?sealed' : ''}`);
  await page.waitForSelector('html[data-ready]');
}

const told = (page: Page): Promise<string[]> => page.evaluate('told()');
const stated = (page: Page): Promise<string[]> => page.evaluate('attune.preferences().then(({ texts }) => texts)');

for (const sealed of [false, true]) {
  test(`interests and preferences hold in every tab and after a reload (sealed: ${sealed})`, async ({
    page,
    context,
  }) => {
    const other = await context.newPage();
    await load(page, sealed);
    await load(other, sealed);
    await page.evaluate('read()');
    expect(await told(page)).toEqual(['bread', 'trains']);
    await expect.poll(() => told(other)).toEqual(['bread', 'trains']);

    await page.evaluate("edit('trains')");
    expect(await told(page)).toEqual(['bread', 'trains, not me']);
    await expect.poll(() => told(other)).toEqual(['bread', 'trains, not me']);
    await other.evaluate("edit('bread')"); // joins what was said in the first
    await expect.poll(() => told(page)).toEqual(['bread, not me', 'trains, not me']);
    await page.evaluate('attune.interests.undo()');
    await expect.poll(() => told(other)).toEqual(['bread', 'trains, not me']);

    await other.evaluate("attune.preferences(['fresh bread'])");
    await expect.poll(() => stated(page)).toEqual(['fresh bread']);
    await page.reload();
    await page.waitForSelector('html[data-ready]');
    expect(await told(page)).toEqual(['bread', 'trains, not me']);
    expect(await stated(page)).toEqual(['fresh bread']);

    await other.evaluate('attune.data.erase()');
    await expect.poll(() => told(page)).toEqual([]);
    expect(await stated(page)).toEqual([]);
  });
}
