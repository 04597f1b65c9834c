import { expect, type Page, test } from '@playwright/test';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';

let site: Site;
let complaints: string[];
test.beforeEach(async ({ page }) => {
  const policy = enforced(documentedPolicy('The demo'));
  site = await serve('dist-demo', {}, () => policy);
  complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => request.url().startsWith(site.origin) || complaints.push(request.url()));
  await page.goto(`${site.origin}/`);
  await page.waitForSelector('html[data-attune~="ready"]');
  await page.waitForLoadState('networkidle');
});
test.afterEach(async () => {
  await site.close();
  expect(complaints).toEqual([]);
  expect(site.requests).not.toContain(REPORTS);
});

/** Opens the section as a keyboard does. */
async function open(page: Page): Promise<void> {
  await page.getByTestId('open-device-panel').press('Enter');
  await page.getByTestId('how-good').locator('summary').press('Enter');
  await expect(page.getByTestId('measure')).toBeVisible();
}

const words = (page: Page) => page.getByTestId('measured-words');

test('how good it is for a person is measured when they ask, told, compared and tabled, by code that comes then', async ({
  page,
}) => {
  const before = site.requests.length;
  await page.evaluate(`(async () => {
    const { attune, items } = attuneDemo;
    const liked = items.filter(({ field }) => field === 'food' || field === 'music').slice(0, 60);
    const at = Date.now() - liked.length * 3600_000;
    liked.forEach((item, i) => attune.track('save', item, { at: at + i * 3600_000 }));
    await attune.flush();
  })()`);
  expect(site.requests.slice(before)).toEqual([]);
  await open(page);
  await page.getByTestId('measure').press('Enter');
  await expect(words(page)).toHaveText(
    /^Of 30 new things that you went on to, \d+ were among the 10 .* out of 432\. .+/,
    { timeout: 40_000 },
  );
  await expect(words(page)).toContainText('better than “Chance”');
  await expect(page.getByTestId('measure')).toHaveText('Measure again');
  await expect(page.getByTestId('measure')).toBeFocused();
  const scores = page.getByRole('table', { name: 'What came next was among the first 10' });
  await expect(scores.getByRole('rowheader')).toHaveText([
    'Chance',
    'The order given',
    'The mean of all that was liked',
    'What was liked last',
    'Attune',
  ]);
  await expect(scores.locator('td').last()).toHaveText(/^0\.\d\d\s\(0\.\d\d\sto\s0\.\d\d\)$/);
  const less = page.getByRole('table', { name: 'Attune less the others, on the same questions' });
  await expect(less.locator('td').first()).toHaveText(/^\+\d+\s\(\+\d+\sto\s\+\d+\)$/);
  await expect(page.getByTestId('measured')).toContainText('Chances are not judged yet');
  const loaded = new Set(site.requests.slice(before).map((path) => path.replace(/-[\w-]{8}\./, '.')));
  expect([...loaded].filter((path) => !/^\/assets\/[\w-]+\.(js|css)$/.test(path))).toEqual([]);
  expect(loaded).toContain('/assets/measuring.js');
  expect(loaded).toContain('/assets/compute-evaluation.js');
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
});

test('too few actions are said to be too few, and an invented person shows what there will be', async ({ page }) => {
  await open(page);
  await page.getByTestId('measure').press('Enter');
  await expect(words(page)).toHaveText('0 of 20 questions so far: too few to say.');
  expect(site.requests.filter((path) => path.includes('synthetic'))).toEqual([]);
  await page.getByTestId('measure-synthetic').press('Enter');
  await expect(page.getByTestId('measured-whose')).toContainText('synthetic person, not you');
  await expect(words(page)).toHaveText('');
  await page.getByTestId('measure').press('Enter');
  await expect(words(page)).toHaveText(/^Of 60 new things that they went on to, 12 were among the 10 /, {
    timeout: 40_000,
  });
  await expect(page.getByTestId('measured-chances')).toContainText(
    /before \d{3} outcomes, of which \d+ % came true: Brier score 0\.14/,
  );
  await page.getByTestId('measure-synthetic').press('Enter');
  await expect(page.getByTestId('measured')).toBeEmpty();
  await expect(page.getByTestId('measured-whose')).toContainText('Your own log');
});

test('a measurement that was stopped goes on where it was, and one of a log that was erased is gone', async ({
  page,
}) => {
  await open(page);
  await page.getByTestId('measure-synthetic').press('Enter');
  await expect(page.getByTestId('measured-whose')).toContainText('synthetic person, not you');
  await page.evaluate(`new Promise((resolve) => {
    const [bar, button] = ['measure-progress', 'measure'].map((id) => document.querySelector('[data-testid=' + id + ']'));
    new MutationObserver((_, observer) => {
      if (!(bar.value > 1)) return;
      observer.disconnect();
      button.click();
      resolve();
    }).observe(bar, { attributes: true });
    button.click();
  })`);
  await expect(words(page)).toHaveText(/^Stopped after \d+ of \d+ questions\.$/);
  await page.getByRole('button', { name: 'Go on' }).press('Enter');
  await expect(words(page)).toHaveText(/^Of 60 new things/, { timeout: 40_000 });
  await page.getByTestId('measure-synthetic').press('Enter');
  await page.evaluate(`(async () => {
    const { attune, items } = attuneDemo;
    for (const item of items.slice(0, 60)) attune.track('save', item);
    await attune.flush();
  })()`);
  await page.getByTestId('measure').press('Enter');
  await expect(words(page)).toHaveText(/^Of 30 new things/, { timeout: 40_000 });
  await page.evaluate('attuneDemo.attune.data.erase()');
  await expect(words(page)).toHaveText('');
});
