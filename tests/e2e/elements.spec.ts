import { readdirSync, readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import axe from 'axe-core';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';
import { traceInputs } from './trace.js';

const SLIDERS = `[{"id":"pace","label":"Pace","low":"calm, slow","high":"fast, loud"},{"id":"place","label":"Place","low":"at home","high":"outdoors"}]`;
const PAGE = (consent: string): string => `<!doctype html><html lang="en"><title>Elements</title><main>
<h1>Elements</h1>
<form action="/sent.html"><attune-sliders name="taste" sliders='${SLIDERS}'></attune-sliders><button>Send</button><button type="reset">Reset</button></form>
<attune-inspector></attune-inspector></main>
<script src="/attune/script.js" ${consent} data-model="lexical" data-max-wait-ms="20000" data-sliders='${SLIDERS}'></script>
<script type="module" src="/attune/define-elements.js"></script><script src="/page.js"></script></html>`;
const SCRIPT = `
const moves = [];
for (const type of ['input', 'change', 'attune-erase', 'attune-consent', 'attune-privacy'])
  addEventListener(type, ({ detail }) => moves.push([type, detail]));
const items = ['Quiet piano at night', 'Loud drums and thunder', 'A walk by the sea', 'Soup at home'].map((title, i) => ({ id: 'i' + i, title }));
const override = (id) => attune.profile().sliders.find((each) => each.id === id).override;
/** A long record of what was shown and taken, so that there is a curve. */
const record = async () => {
  const at = Date.now() - 400 * 3_600_000;
  const interactions = Array.from({ length: 300 }, (_, i) => {
    const shown = { id: 's' + String(i).padStart(4, '0'), kind: 'impression', itemId: 'i' + (i % 4), at: at + i * 3_600_000 };
    return i % 4 === 0 || i % 7 === 0 ? [shown, { ...shown, id: 't' + shown.id, kind: 'save', at: shown.at + 60_000 }] : [shown];
  }).flat();
  const kept = items.map(({ id, title }) => ({ id, title, text: title }));
  await attune.data.import({ format: 'attune-export', version: 1, exportedAt: at, interactions, items: kept, sliders: {} });
};
`;

/** One page for all: tests begin with fresh elements and an empty log on it, because each page more is a second of a processor. */
test.describe.configure({ mode: 'serial' });
let site: Site;
let page: Page;
const said: string[] = [];

test.beforeAll(async ({ browser }) => {
  const extra = {
    '/page.html': PAGE(`data-consent="granted"`),
    '/unasked.html': PAGE(''),
    '/page.js': SCRIPT,
    '/sent.html': 'sent',
  };
  site = await serve('dist', extra, () => enforced(documentedPolicy('The elements')));
  for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
    if (/\.(js|attune)$/.test(file)) site.overrides.set(`/attune/${file}`, readFileSync(`dist/${file}`));
  }
  page = await (await browser.newContext()).newPage();
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await open(page);
});
test.afterAll(async () => {
  await page.context().close();
  await site.close();
});
test.beforeEach(async () => {
  await page.evaluate(`(async () => {
    for (const each of document.querySelectorAll('attune-sliders, attune-inspector')) each.replaceWith(each.cloneNode());
    await attune.data.erase();
    await attune.data.setConsent('granted');
    await attune.data.setPrivacy('device');
    moves.length = 0;
  })()`);
});
test.afterEach(() => {
  expect(said).toEqual([]);
  expect(site.requests).not.toContain(REPORTS);
});

async function open(at: Page, path = '/page.html'): Promise<void> {
  await at.goto(`${site.origin}${path}`);
  await expect(at.getByRole('slider', { name: 'Pace' })).toBeEnabled();
}

/** Violations that axe finds, in a word each. */
async function violations(rules: object = {}): Promise<string[]> {
  return page.evaluate<string[]>(
    `axe.run(${JSON.stringify(rules)}).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html)))`,
  );
}

test('sliders answer keys and fingers in words, force no layout in a drag, and are handed back', async ({
  browser,
}) => {
  const pace = page.getByRole('slider', { name: 'Pace, from calm to fast' });
  await expect(pace).toHaveAttribute('aria-valuetext', 'between calm and fast, not known yet');
  await pace.focus();
  for (const [key, position] of [
    ['ArrowRight', 0.05],
    ['ArrowUp', 0.1],
    ['ArrowLeft', 0.05],
    ['PageDown', -0.2],
    ['PageUp', 0.05],
    ['End', 1],
    ['Home', -1],
    ['PageUp', -0.75],
  ] as const) {
    await page.keyboard.press(key);
    expect(await page.evaluate('override("pace")'), key).toBeCloseTo(position, 10);
  }
  await expect(pace).toHaveAttribute('aria-valuetext', 'clearly calm, set by you');
  const told = await page.evaluate<[string, unknown][]>('moves');
  expect(told.slice(-2)).toEqual([
    ['input', { id: 'pace', position: -0.75 }],
    ['change', { id: 'pace', position: -0.75 }],
  ]);
  expect(told).toHaveLength(16); // one of each a key, and none of the native ones
  const box = (await pace.boundingBox())!;
  expect(box.height).toBeGreaterThanOrEqual(44);
  expect(await pace.evaluate((input) => getComputedStyle(input).touchAction)).toBe('pan-y');
  const { costs, forced } = await traceInputs(browser, page, async () => {
    await page.mouse.move(box.x + box.width / 2, box.y + 22);
    await page.mouse.down();
    for (let i = 1; i <= 10; i++) await page.mouse.move(box.x + box.width * (0.5 + 0.04 * i), box.y + 22);
    await page.mouse.up();
  });
  expect(costs.length).toBeGreaterThan(5);
  expect(forced).toBe(0);
  expect(await page.evaluate('override("pace")')).toBeGreaterThan(0.5);
  const back = page.getByRole('button', { name: 'Leave Pace to what I do' });
  const { width, height } = (await back.boundingBox())!;
  expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
  await back.click();
  expect(await page.evaluate('override("pace")')).toBe(null);
  await expect(pace).toBeFocused();
  await expect(pace).toHaveAttribute('aria-valuetext', /not known yet/);
});

test('a form sends what the person set and nothing inferred, and its reset hands back', async () => {
  await page.evaluate('record().then(() => attune.flush())');
  await page.getByRole('slider', { name: 'Pace' }).press('End');
  const sent = 'JSON.stringify([...new FormData(document.forms[0])])';
  expect(await page.evaluate(sent)).toBe('[["taste.pace","1"]]');
  await page.getByRole('button', { name: 'Reset' }).click();
  expect(await page.evaluate(sent)).toBe('[]');
  expect(await page.evaluate('override("pace")')).toBe(null);
  expect((await page.evaluate<unknown[]>('moves')).at(-1)).toEqual(['change', { id: 'pace', position: null }]);
  await page.evaluate('document.querySelector("attune-sliders").disabled = true');
  await expect(page.getByRole('slider', { name: 'Pace' })).toBeDisabled();
  await page.evaluate('document.querySelector("attune-sliders").disabled = false');
});

test('the inspector shows what was done, forgets one and brings it back, corrects an interest', async () => {
  await page.evaluate('attune.track("save", items[0]); attune.track("save", items[2]); attune.flush()');
  const section = (name: string) => page.locator(`details[data-section=${name}]`);
  const rows = section('timeline').getByRole('listitem');
  await expect(rows).toHaveText([/You saved A walk by the sea/, /You saved Quiet piano at night/]);
  await page.getByRole('button', { name: 'Forget: You saved A walk by the sea' }).press('Enter');
  await expect(rows).toHaveText([/Quiet piano/]);
  await expect(rows.getByRole('button')).toBeFocused();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(rows).toHaveCount(2);
  expect(await page.evaluate('attune.profile().interactionCount')).toBe(2);

  await section('interests').locator('summary').press('Enter');
  const interest = section('interests').getByRole('listitem').first();
  const notMe = interest.getByRole('button', { name: /^Not me/ });
  await notMe.click();
  await expect(notMe).toHaveAttribute('aria-pressed', 'true');
  expect(await page.evaluate('attune.interests.list().then((all) => all.some(({ excluded }) => excluded))')).toBe(true);
  await page.getByRole('button', { name: 'Undo the last of these changes' }).click();
  await expect(notMe).toHaveAttribute('aria-pressed', 'false');
  await interest.getByRole('button', { name: /^Rename/ }).click();
  await page.keyboard.type('Sea');
  await page.evaluate('attune.track("save", items[3]); attune.flush()'); // what comes meanwhile takes no letter away
  await expect(rows).toHaveCount(3);
  await page.keyboard.type('side');
  await page.keyboard.press('Enter');
  await expect(interest).toContainText('Seaside');
});

test('no chance is named before there is a curve; then a plot, its table and the trail; axe finds nothing', async () => {
  for (const each of await page.locator('summary').all()) if (!(await isOpen(each))) await each.click();
  await expect(page.getByText(/0 of 100 outcomes so far/)).toBeVisible();
  expect(await page.locator('details[data-section=reliability]').innerText()).not.toContain('%');
  await page.evaluate('record().then(() => attune.flush())');
  await expect(page.locator('details[data-section=reliability]').getByRole('img')).toBeVisible();
  await page.getByText('The same as a table').click();
  expect(await page.locator('attune-inspector').getByRole('row').count()).toBeGreaterThan(2);
  await expect(page.locator('details[data-section=changes]')).toContainText('there were enough outcomes for a first');
  await expect(page.locator('details[data-section=requests]')).toContainText(
    `This site (${new URL(site.origin).host})`,
  );
  await page.getByRole('slider', { name: 'Pace' }).press('End');
  await page.evaluate('document.querySelector("attune-inspector").refresh()');
  await expect(page.getByRole('columnheader', { name: 'Came true' })).toBeVisible(); // the table stays open
  await page.evaluate(axe.source);
  expect(await violations()).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.evaluate('document.documentElement.style.cssText = "color-scheme: dark; background: #121212"');
  expect(await violations({ runOnly: ['color-contrast'] })).toEqual([]);
  await page.emulateMedia({ colorScheme: null });
  await page.evaluate('document.documentElement.style.cssText = ""');
});

async function isOpen(summary: ReturnType<Page['locator']>): Promise<boolean> {
  return summary.evaluate((each) => (each.parentElement as HTMLDetailsElement).open);
}

test('privacy, a file with everything, and an erase that is asked for twice', async () => {
  await page.evaluate('attune.track("save", items[1]); attune.flush()');
  await page.getByText('Yours to decide').click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export everything' }).click();
  const kept = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as { interactions: unknown[] };
  expect(kept.interactions).toHaveLength(1);
  await page.getByRole('radio', { name: 'Off' }).check();
  await expect(page.getByRole('slider', { name: 'Pace' })).toBeDisabled();
  await expect(page.getByText(/Personalization is switched off, and sliders/)).toBeVisible();
  await page.getByRole('radio', { name: 'On this device' }).check();
  await expect(page.getByRole('slider', { name: 'Pace' })).toBeEnabled();
  await page.getByRole('button', { name: 'Forget everything' }).click();
  await page.getByRole('button', { name: 'Keep it' }).click();
  expect(await page.evaluate('attune.profile().interactionCount')).toBe(1);
  await page.getByRole('button', { name: 'Forget everything' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget everything' }).click();
  await expect(page.getByText('Everything is gone.')).toBeVisible();
  await expect(page.getByText('Nothing yet.')).toBeVisible();
  expect((await page.evaluate<{ interactions: [] }>('attune.data.export()')).interactions).toEqual([]);
  await page.getByRole('button', { name: 'Stop keeping it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget everything' }).click();
  await expect(page.getByText(/You took your yes back/).first()).toBeVisible();
  expect(await page.evaluate('attune.data.storage')).toBe('memory');
  const told = (await page.evaluate<[string, unknown][]>('moves')).filter(([type]) => type.startsWith('attune-'));
  expect(told.map(([type, detail]) => `${type} ${detail}`)).toEqual([
    'attune-privacy off',
    'attune-privacy device',
    'attune-erase null',
    'attune-consent withdrawn',
  ]);
});

test('from right to left the low end is on the right; texts may be another language’s; all is quiet without Attune', async () => {
  await page.evaluate('document.documentElement.dir = "rtl"');
  const [low, high] = await Promise.all(
    ['calm', 'fast'].map(async (pole) => (await page.getByText(pole, { exact: true }).boundingBox())!.x),
  );
  expect(low).toBeGreaterThan(high!);
  await page.getByRole('slider', { name: 'Pace' }).press('ArrowRight');
  expect(await page.evaluate('override("pace")')).toBe(-0.05);
  await page.getByRole('slider', { name: 'Place' }).press('ArrowLeft');
  expect(await page.evaluate('override("place")')).toBe(0.05);

  await page.evaluate(`
    document.querySelector('attune-sliders').messages = { position: (at, low, high) => 'näher an ' + (at < 0 ? low : high), voice: { own: 'von dir', inferred: 'aus Taten', unknown: 'offen' } };
    document.querySelector('attune-inspector').messages = { title: 'Was dieses Gerät weiß' };
    document.querySelector('attune-inspector').sections = ['rights'];
  `);
  await expect(page.getByRole('slider', { name: 'Pace' })).toHaveAttribute('aria-valuetext', 'näher an calm, von dir');
  await expect(page.getByRole('heading', { name: 'Was dieses Gerät weiß' })).toBeVisible();
  await expect(page.locator('details')).toHaveCount(1);
  await page.evaluate(`
    const sliders = document.createElement('attune-sliders');
    sliders.sliders = [{ id: 'a', low: 'x', high: 'y' }];
    kept = [attune, attuneQueue]; attuneQueue = []; attune = undefined;
    document.body.append(sliders, document.createElement('attune-inspector'));
  `);
  await expect(page.getByRole('slider', { name: 'a, from x to y' })).toBeDisabled();
  await expect(page.getByText('This page is not ready yet.')).toBeVisible();
  await page.evaluate(
    '[attune, attuneQueue] = kept; document.documentElement.dir = ""; for (const each of document.body.querySelectorAll(":scope > :is(attune-sliders, attune-inspector)")) each.remove()',
  );
});

test('what is moved elsewhere shows: by another element, another tab, an erase, and the browser that brings a form back', async () => {
  await page.evaluate('document.body.append(document.createElement("attune-sliders"))');
  const [first, second] = [0, 1].map((i) => page.getByRole('slider', { name: 'Pace' }).nth(i));
  await first!.press('End');
  await expect(second!).toHaveJSProperty('value', '1');
  await page.evaluate('attune.flush()');
  const other = await page.context().newPage();
  await open(other);
  await other.getByRole('slider', { name: 'Pace' }).press('Home');
  await other.evaluate('attune.flush()');
  await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))'); // as a tab that is looked at again
  await expect(first!).toHaveJSProperty('value', '-1');
  await other.evaluate('attune.data.erase()');
  await expect(first!).toHaveAttribute('aria-valuetext', /not known yet/);

  // with consent the browser brings nothing back: what was erased stays so
  await first!.press('End');
  await page.goto(`${site.origin}/sent.html`);
  await other.evaluate('attune.flush().then(() => attune.data.erase())');
  await page.goBack();
  await expect(page.getByRole('slider', { name: 'Pace' })).toBeEnabled();
  expect(await page.evaluate('override("pace")')).toBe(null);
  // without, it does as for any field
  await open(page, '/unasked.html');
  await page.getByRole('slider', { name: 'Pace' }).press('End');
  await page.goto(`${site.origin}/sent.html`);
  await page.goBack();
  await expect(page.getByRole('slider', { name: 'Pace' })).toBeEnabled();
  expect(await page.evaluate('override("pace")')).toBe(1);
});
