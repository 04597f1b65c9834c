import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { dragSlider, watchCards } from './drag.js';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';
import { traceInputs } from './trace.js';

let site: Site;
test.beforeEach(async ({ page }) => {
  const policy = enforced(documentedPolicy('The demo'));
  site = await serve('dist-demo', {}, () => policy);
  await page.goto(`${site.origin}/`);
  await page.waitForSelector('html[data-attune~="ready"]');
});
test.afterEach(() => site.close());

const order = 'attuneDemo.ranking().map((entry) => entry.id)';

async function save(page: Page, field: string): Promise<void> {
  await page.evaluate(`(async () => {
    const { attune, items } = attuneDemo;
    for (const item of items.filter((each) => each.field === '${field}').slice(0, 4)) attune.track('save', item);
    await attune.flush();
  })()`);
  await page.getByTestId('new-order').click();
}

test('a drag moves the cards in the very task of its input event', async ({ page }) => {
  const moved = await page.evaluate<{ before: string; after: string; first: boolean }>(`(() => {
    const places = () => [...document.querySelectorAll('[data-testid=card]')].map((card) => card.dataset.id + card.style.transform).sort().join();
    const before = places();
    const input = document.querySelector('[data-slider=setting]');
    input.value = '1';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    const top = attuneDemo.ranking()[0].id;
    return { before, after: places(), first: document.querySelector('[data-id="' + top + '"]') !== null };
  })()`);
  expect(moved.after).not.toBe(moved.before);
  expect(moved.first).toBe(true);
});

test('a drag forces no layout, and moves no card that is out of sight', async ({ page, browser }) => {
  const moved = await watchCards(page);
  const { costs, forced } = await traceInputs(browser, page, () => dragSlider(page, 'pace', 10));
  const { cards, unseen } = await moved();
  expect(costs.length).toBeGreaterThan(5);
  expect(forced).toBe(0);
  expect(Math.max(...cards)).toBeGreaterThan(3);
  expect(unseen).toBe(0);
});

test('sliders answer the keyboard, show what was set, and are handed back', async ({ page }) => {
  await save(page, 'nature');
  const slider = page.locator('[data-slider=setting]');
  const inferred = Number(await slider.inputValue());
  expect(inferred).toBeGreaterThan(0); // four saved things of nature lean outdoors
  await slider.focus();
  await page.keyboard.press('Home');
  expect(await page.evaluate("attuneDemo.attune.profile().sliders.find(({ id }) => id === 'setting').override")).toBe(
    -1,
  );
  expect(await slider.getAttribute('aria-valuetext')).toBeTruthy();
  await page.locator('[data-reset=setting]').click();
  expect(await page.evaluate("attuneDemo.attune.profile().sliders.find(({ id }) => id === 'setting').override")).toBe(
    null,
  );
  expect(Number(await slider.inputValue())).toBeCloseTo(inferred, 2);
});

test('"less like this" acts at once, and its undo brings the very same order back', async ({ page }) => {
  await save(page, 'sport');
  const before = await page.evaluate<string[]>(order);
  const id = before[1]!;
  await page.locator(`[data-id=${id}]`).locator('[data-action=less]').press('Enter');
  const after = await page.evaluate<string[]>(order);
  expect(after).not.toContain(id);
  const focused = "document.activeElement.closest('[data-id]').dataset.id + document.activeElement.dataset.action";
  expect(await page.evaluate(focused)).toBe(`${after[1]}less`);
  await page.getByTestId('toast-action').click();
  await expect.poll(() => page.evaluate(order)).toEqual(before);
});

test('what is left out is named with its reason, stays so on the next visit, and can be brought back', async ({
  page,
}) => {
  await page.getByTestId('consent-yes').click();
  await expect.poll(() => page.evaluate('attuneDemo.attune.data.storage')).toBe('indexed-db');
  const [saved, turnedDown] = await page.evaluate<{ id: string; item: { title: string } }[]>('attuneDemo.ranking()');
  await page.locator(`[data-id=${saved!.id}]`).locator('[data-action=save]').click();
  await page.locator(`[data-id=${turnedDown!.id}]`).locator('[data-action=less]').click();
  await expect(page.getByTestId('open-left-out')).toHaveText('1 left out');
  await page.evaluate('attuneDemo.attune.flush()');
  await page.reload();
  await page.waitForSelector('html[data-attune~="ready"]');
  await expect(page.locator('#since')).not.toHaveText('load'); // what comes in an idle moment is there
  const requests = site.requests.length;
  await page.getByTestId('open-left-out').press('Enter');
  const rows = page.getByTestId('hidden').locator('li');
  await expect(rows).toHaveText([`${turnedDown!.item.title}You wanted less like it, just nowBring back`]);
  await page.getByTestId('only-new').press('Space');
  await expect(rows.nth(1)).toHaveText(`${saved!.item.title}You saved it, just now`);
  await expect(page.getByTestId('open-left-out')).toHaveText('2 left out');
  await rows.getByRole('button', { name: `Bring back ${turnedDown!.item.title}` }).press('Enter');
  await expect(rows).toHaveText([`${saved!.item.title}You saved it, just now`]);
  await page.getByTestId('only-new').press('Space');
  await expect(rows).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('open-left-out')).toHaveText('Nothing left out');
  await expect(page.getByTestId('open-left-out')).toBeFocused();
  expect(await page.evaluate<string[]>(order)).toHaveLength(432);
  expect(site.requests.slice(requests)).toEqual([]);
});

test('words find items by meaning, an item its like, and a page follows the other, all on the device', async ({
  page,
}) => {
  const found = await page.evaluate<Record<string, string[]>>(`(async () => {
    const { attune, items } = attuneDemo;
    const titles = (entries) => entries.map(({ item }) => item.title);
    const [first] = await attune.search('sailing boats on the sea', { limit: 1 });
    const ranking = await attune.rank(items, { limit: 20, explore: { rate: 0.2 } });
    const longer = await attune.more(await attune.more(ranking));
    return {
      words: titles([first]),
      like: titles(await attune.related(first.item, { limit: 3 })),
      shown: titles(ranking),
      longer: titles(longer),
      again: titles(attune.rerank(longer)),
    };
  })()`);
  expect(found['words']!.join()).toMatch(/sail|boat|sea|yacht/i);
  expect(found['like']).toHaveLength(3);
  expect(found['like']).not.toContain(found['words']![0]);
  expect(found['longer']!.slice(0, 20)).toEqual(found['shown']);
  expect(new Set(found['longer']).size).toBe(60);
  expect(found['again']).toEqual(found['longer']);
  expect(await page.evaluate('attuneDemo.attune.profile().interactionCount')).toBe(0);
});

test('what a person does never moves the list under their eyes; the page offers the new order', async ({ page }) => {
  const before = await page.evaluate<string[]>(order);
  await page.locator('[data-testid=card]').first().locator('[data-action=save]').click();
  await expect(page.getByTestId('new-order')).toBeVisible();
  expect(await page.evaluate(order)).toEqual(before);
  await page.getByTestId('new-order').click();
  expect(await page.evaluate(order)).not.toEqual(before);
});

test('own items and an own action log come in as JSON or CSV, and all of it goes out again', async ({ page }) => {
  await page.getByTestId('open-device-panel').click();
  const chooseItems = page.waitForEvent('filechooser');
  await page.getByTestId('import-items').click();
  await (
    await chooseItems
  ).setFiles({
    name: 'items.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('title,summary,tags\n"Bell ringing, for two","Pull a rope, hear a tower.","bells, loud"\n'),
  });
  await expect.poll(() => page.evaluate('attuneDemo.items.length')).toBe(433);
  const chooseLog = page.waitForEvent('filechooser');
  await page.getByTestId('import-log').click();
  await (
    await chooseLog
  ).setFiles({
    name: 'log.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      'timestamp,user_id,action_type,content,weight\n1760000000000,default,save,church bells,1\nnever,default,save,x,1\n',
    ),
  });
  await expect.poll(() => page.evaluate('attuneDemo.attune.profile().interactionCount')).toBe(1);
  await expect(page.getByTestId('recent')).toContainText('church bells');
  const download = page.waitForEvent('download');
  await page.getByTestId('export').click();
  const exported = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  expect(exported).toMatchObject({ format: 'attune-export', version: 1, items: [{ text: 'church bells' }] });
});

test('the panel tells what is kept, and erasing everything leaves nothing', async ({ page }) => {
  await page.getByTestId('consent-yes').click();
  await expect.poll(() => page.evaluate('attuneDemo.attune.data.storage')).toBe('indexed-db');
  await save(page, 'music');
  await page.getByTestId('open-device-panel').click();
  await expect(page.getByTestId('device-panel')).toContainText('on this device');
  await expect(page.getByTestId('recent').locator('[data-forget]')).toHaveCount(4);
  await page.getByTestId('erase').click();
  await page.getByTestId('erase-confirm').click();
  await expect.poll(() => page.evaluate('indexedDB.databases().then((all) => all.length)')).toBe(0);
  expect(await page.evaluate('caches.keys()')).toEqual([]);
  expect(await page.evaluate('localStorage.length')).toBe(0);
  await expect.poll(() => page.evaluate(order)).toEqual(await page.evaluate('attuneDemo.items.map(({ id }) => id)'));
});

test('the page moves nothing it did not mean to move', async ({ page }) => {
  const shift = await page.evaluate<number>(`new Promise((resolve) => {
    let total = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) total += entry.value; }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => resolve(total), 300);
  })`);
  expect(shift).toBe(0);
});

test('a card counts as shown once that may be kept, after a second at rest, and anew in a new order', async ({
  page,
}) => {
  const shown = `attuneDemo.attune.data.export()
    .then(({ interactions }) => interactions.filter(({ kind }) => kind === 'impression').length)`;
  const inSight = await page.evaluate<number>(`[...document.querySelectorAll('[data-testid=card]')].filter((card) => {
    const { top, bottom, height } = card.getBoundingClientRect();
    return Math.min(bottom, innerHeight) - Math.max(top, 0) >= height / 2;
  }).length`);
  await page.locator('[data-slider=pace]').fill('0.8');
  await page.waitForTimeout(1600); // that order settles, and a second
  expect(await page.evaluate(shown)).toBe(0);
  await page.getByTestId('consent-yes').click();
  await expect.poll(() => page.evaluate(shown)).toBe(inSight);
  await page.evaluate(`new Promise((resolve) => {
    const input = document.querySelector('[data-slider=pace]');
    let moves = 0;
    const timer = setInterval(() => {
      input.value = String(0.81 + 0.01 * moves);
      input.dispatchEvent(new Event('input', { bubbles: true }));
      if (++moves === 7) resolve(clearInterval(timer));
    }, 180);
  })`);
  expect(await page.evaluate(shown)).toBe(inSight); // nothing rested meanwhile
  await expect.poll(() => page.evaluate(shown)).toBe(2 * inSight);
});

test('how far probabilities can be trusted is drawn, told and tabled, with an invented person fetched when asked for', async ({
  page,
}) => {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => request.url().startsWith(site.origin) || complaints.push(request.url()));
  await page.getByTestId('open-device-panel').click();
  await page.getByTestId('trust').locator('summary').first().press('Enter');
  await expect(page.getByTestId('trust-record')).toContainText('0 of 100 outcomes so far.');
  expect(site.requests.filter((path) => path.includes('synthetic'))).toEqual([]);
  await page.getByTestId('trust-synthetic').press('Enter');
  await expect(page.getByTestId('trust-whose')).toContainText('synthetic person, not you');
  await expect(page.getByRole('img', { name: /^Reliability diagram of 10 dots, from \d+ % said/ })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Brier score over 1,\d{3} outcomes/ })).toBeVisible();
  const inks = `[...document.querySelectorAll('.plot canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  })`;
  await expect.poll(() => page.evaluate<number[]>(inks).then((all) => all.filter((n) => n > 20).length)).toBe(2);
  await expect(page.getByTestId('trust-words')).toContainText(/n = 1,000 .*error 0\.\d{3}, 10 bins/);
  for (const [caption, cell] of [
    ['Chances given, and how often they came true', /^\d+ %$/],
    ['Brier score of each 50 outcomes', /^0\.\d{3}$/],
    ['What was decided about its curve, newest first', /^old 0\.\d{3}, new 0\.\d{3} on \d+ fresh outcomes$/],
  ] as const) {
    await expect(page.locator('table', { hasText: caption }).locator('td').filter({ hasText: cell })).not.toHaveCount(
      0,
    );
  }
  await page.getByTestId('trust-slider').selectOption('Setting');
  await expect(page.getByRole('img', { name: /^Reliability/ })).toBeVisible();
  await page.getByTestId('trust-synthetic').press('Enter');
  await expect(page.getByTestId('trust-record')).toContainText('0 of 100 outcomes so far.');
  expect(complaints).toEqual([]);
  expect(site.requests).not.toContain(REPORTS);
});

test('diagrams that can not be fetched leave their numbers', async ({ page }) => {
  await page.route(/diagrams-.*\.js/, (route) => route.abort());
  await page.reload();
  await page.waitForSelector('html[data-attune~="ready"]');
  await save(page, 'nature');
  await page.locator('[data-testid=card] [data-action=why]').first().click();
  await expect(page.locator('#why .term-value').first()).toHaveText(/^\+0\.\d\d$/);
  await expect(page.locator('.plot')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.getByTestId('open-device-panel').click();
  await page.getByTestId('trust').locator('summary').first().click();
  await page.getByTestId('trust-synthetic').click();
  await expect(page.getByRole('table', { name: 'Chances given, and how often they came true' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Brier score of each 50 outcomes' })).toBeVisible();
  await expect(page.locator('.plot')).toHaveCount(0);
});

test('every part of a score is a bar about zero, as long as its number says', async ({ page }) => {
  await save(page, 'nature');
  await page.evaluate(`(async () => {
    const { attune, items } = attuneDemo;
    attune.track('dislike', items.find(({ field }) => field === 'money'));
    await attune.flush();
  })()`);
  await page.locator('[data-slider=budget]').fill('-0.8');
  const files = site.requests.length;
  const [first] = await page.evaluate<string[]>(order);
  await page.locator(`[data-id=${first}] [data-action=why]`).press('Enter');
  await expect(page.getByTestId('why')).toBeVisible();
  const texts = await page.locator('#why .terms > li > .term-value').allTextContents();
  const values = texts.map((text) => Number(text.replace('−', '-')));
  expect(values.some((value) => value < 0) && values.some((value) => value > 0)).toBe(true);
  // from zero, which is the left end of what lifts and the right end of what lowers, CSS pixels
  const bars = await page.evaluate<
    { from: number; length: number }[]
  >(`[...document.querySelectorAll('#why .bar')].map((bar) => {
    const fill = bar.querySelector('.lifts, .lowers');
    const { left, right, width } = fill.getBoundingClientRect();
    const lifts = fill.matches('.lifts');
    return { from: (lifts ? left : right) - bar.querySelector('.zero').getBoundingClientRect().left, length: lifts ? width : -width };
  })`);
  expect(bars).toHaveLength(values.length);
  const scale = bars[0]!.length / values[0]!;
  bars.forEach(({ from, length }, i) => {
    expect(Math.abs(length - scale * values[i]!)).toBeLessThan(1);
    expect(Math.abs(from)).toBeLessThan(2);
  });
  expect(site.requests.slice(files)).toEqual([]); // a question is answered by what came with the page
});

test('a model of many people is fetched once it may have a say: what it expects and moved is told, and it can be switched off', async ({
  page,
}) => {
  const fetched = (): string[] => site.requests.filter((path) => /invented|foundation|compute|model-switch/.test(path));
  await save(page, 'music');
  const before = await page.evaluate<string[]>(order);
  await page.getByTestId('open-device-panel').click();
  expect(fetched()).toEqual([]);
  const section = page.getByTestId('foundation');
  await section.locator('summary').press('Enter');
  await expect(section).toContainText('400 invented people');
  expect(fetched().filter((path) => path.includes('invented'))).toEqual([]);
  await page.getByTestId('foundation-switch').press('Space');
  const kinds = page.getByTestId('next-kinds').getByRole('row');
  await expect(kinds).toHaveCount(6);
  const chances = (await kinds.allInnerTexts()).slice(1).map((text) => Number(/(\d+) %/.exec(text)![1]));
  expect(chances).toEqual([...chances].sort((a, b) => b - a));
  expect(Math.abs(chances.reduce((sum, chance) => sum + chance, 0) - 100)).toBeLessThanOrEqual(2);
  expect(fetched().filter((path) => path.includes('invented'))).toHaveLength(1);
  const told = await page.evaluate<{ on: string; sums: boolean; without: string[] }>(`(async () => {
    const ranking = attuneDemo.ranking();
    const rest = ({ terms }) => terms.filter(({ name }) => name !== 'foundation').reduce((sum, { value }) => sum + value, 0);
    return {
      on: (await attuneDemo.attune.foundation.report()).model.on,
      sums: ranking.every(({ score, terms }) => Math.abs(terms.reduce((sum, { value }) => sum + value, 0) - score) < 1e-12),
      without: [...ranking].sort((a, b) => rest(b) - rest(a)).map(({ id }) => id),
    };
  })()`);
  expect(told).toEqual({ on: 'worker', sums: true, without: before });
  const after = await page.evaluate<string[]>(order);
  expect(after).not.toEqual(before);
  const [, first] = await page.getByTestId('moved').getByRole('row').all();
  const [title, without, place] = await first!.getByRole('cell').allInnerTexts();
  const id = await page.evaluate<string>(`attuneDemo.items.find(({ title }) => title === ${JSON.stringify(title)}).id`);
  expect([before.indexOf(id) + 1, after.indexOf(id) + 1]).toEqual([Number(without), Number(place)]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.getByTestId('foundation-switch').press('Space');
  await expect(page.getByTestId('foundation-told')).toBeEmpty();
  await expect.poll(() => page.evaluate(order)).toEqual(before);
});
