import { expect, type Page, test } from '@playwright/test';
import type { PriorsFile } from '../../src/core/priors-file.js';
import { serve, type Site } from './serve.js';

/** A newcomer on a real site: the file of priors fetched, kept, gone, and slow to come. */

const priors: PriorsFile = {
  ...{ format: 'attune-priors', version: 1, modelVersion: 'subjects-1', dim: 2, people: 100, until: 0, least: 20 },
  groups: { 'segment=student': { people: 40, direction: [0, 127] } },
  popular: [127, 0],
  items: [['bread', 80]],
};
const script = `
import { createAttune } from '/index.js';
const encoder = {
  modelVersion: 'subjects-1', dim: 2, close() {},
  async encode(texts) {
    const data = Float32Array.from(texts.flatMap((text) => [Number(text.includes('bread')), Number(text.includes('trains'))]));
    return { data, rows: texts.length, dim: 2, truncated: 0 };
  },
};
window.warnings = [];
const context = { segment: location.search.slice(1) };
window.attune = await createAttune({
  consent: 'granted', assetBase: '/', encoder, priors: { file: '/priors.json', context }, maxWaitMs: 10_000,
});
attune.on('warning', ({ code }) => warnings.push(code));
window.rank = async () => {
  const ranking = await attune.rank([{ id: 'trains', title: 'trains' }, { id: 'bread', title: 'bread' }]);
  const names = new Set(ranking.flatMap(({ terms }) => terms.map(({ name }) => name)));
  return { order: ranking.map(({ id }) => id), names: [...names].sort(), partial: ranking.partial };
};
document.documentElement.dataset.ready = 'yes';
`;

let site: Site;
/** ms until the file is sent. */
let late = 0;
test.beforeEach(async () => {
  late = 0;
  site = await serve('dist', {
    '/page.html': '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>',
    '/page.js': script,
    '/priors.json': JSON.stringify(priors),
  });
});
test.afterEach(() => site.close());

async function load(page: Page, segment = ''): Promise<void> {
  await page.route('**/priors.json', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, late));
    await route.fallback();
  });
  await page.goto(`${site.origin}/page.html?${segment}`);
  await page.waitForSelector('html[data-ready]');
}

const rank = (page: Page): Promise<unknown> => page.evaluate('rank()');
const warnings = (page: Page): Promise<string[]> => page.evaluate('warnings');

test('a newcomer gets the order of their group, or of all, and the file is fetched once', async ({ page }) => {
  await load(page, 'student');
  expect(await rank(page)).toEqual({
    order: ['trains', 'bread'],
    names: ['popularity', 'prior:cohort'],
    partial: false,
  });
  await load(page);
  expect(await rank(page)).toEqual({
    order: ['bread', 'trains'],
    names: ['popularity', 'prior:popular'],
    partial: false,
  });
  expect(site.requests.filter((path) => path === '/priors.json')).toHaveLength(1);
  expect(await warnings(page)).toEqual([]);
});

test('a file that is gone is one warning, and the order that of the site', async ({ page }) => {
  await page.route('**/priors.json', (route) => route.fulfill({ status: 404 }));
  await page.goto(`${site.origin}/page.html`);
  await page.waitForSelector('html[data-ready]');
  for (let i = 0; i < 2; i++) expect(await rank(page)).toMatchObject({ order: ['trains', 'bread'], partial: false });
  await expect.poll(() => warnings(page)).toEqual(['priors/unavailable']);
});

test('a file that is slow holds no ranking up for longer than two seconds, and counts once it is here', async ({
  page,
}) => {
  late = 4000;
  await load(page);
  expect(await rank(page)).toMatchObject({ order: ['trains', 'bread'], names: [] });
  await expect.poll(() => rank(page), { timeout: 20_000 }).toMatchObject({ order: ['bread', 'trains'] });
});
