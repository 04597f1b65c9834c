import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { serve, type Site } from './serve.js';

/** The examples as `npm run examples` serves them: the repository's own folder, with the built package in it. */
let site: Site;
const said: string[] = [];
const elsewhere: string[] = [];

test.beforeAll(async () => {
  site = await serve('.');
});
test.afterAll(() => site.close());

async function open(page: Page, name: string): Promise<void> {
  said.length = 0;
  elsewhere.length = 0;
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(site.origin) && !url.startsWith('blob:')) elsewhere.push(url);
  });
  await page.goto(`${site.origin}/examples/${name}/`);
  await expect(page.locator('ol').last().locator('li').first()).toBeVisible();
}

/** The titles in a list, first to last. */
function titles(page: Page, list: string): Promise<string[]> {
  return page.locator(`${list} > li > strong`).allTextContents();
}

test.afterEach(async ({ page }) => {
  expect([said, elsewhere]).toEqual([[], []]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});

test('each is ten lines of script behind its imports', () => {
  for (const name of ['chat-rooms', 'recipe-tweaks', 'content-feed', 'penalty', 'day-plan', 'own-say']) {
    const lines = readFileSync(`examples/${name}/page.js`, 'utf8').split('\n');
    const own = lines.filter((line) => line !== '' && !line.startsWith('import '));
    expect(own.length, name).toBeLessThanOrEqual(10);
  }
});

test('chat rooms: the room for what was said last stands first', async ({ page }) => {
  await open(page, 'chat-rooms');
  expect((await titles(page, '#rooms'))[0]).toBe('Bread bakers');
  expect(await titles(page, '#said')).toHaveLength(6);
});

test('recipe tweaks: each end of a slider brings its own tweaks to the top', async ({ page }) => {
  await open(page, 'recipe-tweaks');
  const firstAt = async (name: string, position: string): Promise<string> => {
    for (const input of await page.locator('input').all()) await input.fill('0');
    await page.locator(`input[name=${name}]`).fill(position);
    return (await titles(page, '#tweaks'))[0]!;
  };
  expect(await firstAt('heat', '1')).toBe('Chilli oil');
  expect(await firstAt('richness', '1')).toBe('A cup of cream');
  expect(await firstAt('richness', '-1')).toBe('Raw tomato and basil');
  expect(['Fried sausage', 'Tuna and capers']).toContain(await firstAt('meat', '1'));
});

test('content feed: what is saved brings its like up, what is hidden takes its like down', async ({ page }) => {
  await open(page, 'content-feed');
  const press = async (name: string, title: string): Promise<string[]> => {
    await page.locator('li', { hasText: title }).getByText(name).click();
    await expect(page.locator('#feed > li > strong', { hasText: title })).toHaveCount(0);
    return titles(page, '#feed');
  };
  const given = await titles(page, '#feed');
  const liked = await press('Save', 'A reef comes back');
  expect(liked[0]).toBe('Whales pass the coast');
  await expect(page.locator('li').first()).toContainText('First because of: A reef comes back');
  expect(liked).toHaveLength(given.length - 1);
  const refused = await press('Hide', 'Banks raise their rates');
  expect([liked.at(-1) === 'Pensions, explained', refused.at(-1)]).toEqual([false, 'Pensions, explained']);
});

test('penalty: rules change the order, and each is named where it did', async ({ page }) => {
  await open(page, 'penalty');
  const [before, after] = [await titles(page, '#before'), await titles(page, '#after')];
  expect(after.indexOf('That crime film, explained')).toBeGreaterThan(before.indexOf('That crime film, explained'));
  expect(after.indexOf('A cinema in your living room')).toBeGreaterThan(before.indexOf('A cinema in your living room'));
  expect(after[0]).toBe('Silent film is loud again');
  const ruled = page.locator('#after > li', { hasText: 'That crime film, explained' });
  await expect(ruled).toContainText('spoilers −1, this week +0.25');
});

test('two orders: who reads what is for them makes that order win, and what is read is on the device alone', async ({
  page,
}) => {
  await open(page, 'two-orders');
  const verdict = page.locator('#verdict');
  await expect(verdict).toHaveText('Nothing was read yet.');
  for (let read = 1; read <= 14; read++) {
    const story = page.locator('#stories > li', { hasText: 'Whales pass the coast' });
    await story.getByText('Read').click();
    await expect(verdict).toContainText(/Won by the site’s order \d+, by the order for you \d+/);
    await expect(page.locator('#stories button').first()).toBeFocused();
    if ((await verdict.textContent())!.includes('the order for you is better')) return;
  }
  throw new Error(`It is not decided: ${await verdict.textContent()}`);
});

test('existing list: attributes alone, and the slider moves it', async ({ page }) => {
  await open(page, 'existing-list');
  await page.locator('input').fill('1'); // maybe before Attune is there
  await expect(page.locator('ol > li').first()).toContainText(/climb|race/i);
  await page.locator('input').fill('-1');
  expect((await titles(page, 'ol'))[0]).toMatch(/quiet|slow/);
});

test('day plan: busy in the morning, calm at night, nothing twice', async ({ page }) => {
  await open(page, 'day-plan');
  const day = await titles(page, '#day');
  expect(new Set(day.map((title) => title.split(': ')[1])).size).toBe(5);
  expect(['8:00: Run by the river', '8:00: Lengths in the pool', '8:00: Climbing hall']).toContain(day[0]);
  expect(['21:00: A hot bath', '21:00: A novel on the sofa']).toContain(day[4]);
});

test('own say: a tag’s slider orders the list, another tag tells what was saved and takes it back', async ({
  page,
}) => {
  await open(page, 'own-say');
  await page.getByRole('slider', { name: /^Company/ }).press('Home');
  const alone = ['A long bath with a book', 'Soup for one', 'Piano at dusk'];
  expect(alone).toContain((await titles(page, '#evenings'))[0]);
  await page.locator('#evenings button').first().click();
  await page.getByRole('button', { name: /^Forget: You saved/ }).click();
  await expect(page.getByText('Nothing yet.')).toBeVisible();
});
