import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { documentedPolicy, enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';

/** A site that describes its lists by attributes, under the policy that docs/csp.md gives the script tag. */
const STORIES = {
  bank: 'Banks raise their rates',
  reef: 'A reef full of fish comes back',
  pension: 'Pensions and taxes, explained',
  whale: 'Whales swim along the coast',
};
type Stories = Readonly<Record<string, string>>;
const story = ([id, title]: readonly [string, string]): string =>
  `<li data-attune-item="${id}"><a href="/next.html?${id}">${title}</a> <button data-attune-kind="save">Save</button></li>`;
const list = (name: string, stories: Stories = STORIES, more = ''): string =>
  `<ul data-attune-list="${name}" ${more}><li>Stories</li> ${Object.entries(stories).map(story).join(' ')}</ul>`;
const SLIDERS = `data-sliders='[{"id":"sea","low":"money, banks, taxes","high":"sea, fish, whales"}]'`;
const SLIDER = '<input type="range" min="-1" max="1" step="any" data-attune-slider="sea" aria-label="Sea">';
const page = (tag: string, body: string): string =>
  `<!doctype html><title></title><link rel="stylesheet" href="/page.css"><script src="/head.js"></script><script src="/dist/script.js" data-model="lexical" ${tag}></script>${body}<script src="/end.js"></script>`;
const BODY = `${SLIDER}${list('top')}<div class="far">${list('far')}</div>`;
const EXTRA = {
  '/page.css': 'body{margin:0} .far{margin-top:4000px} li{height:20px;line-height:20px}',
  // What the browser says of layout shifts, and the order of the first frames: from before anything of the page.
  '/head.js': `
    shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value))).observe({ type: 'layout-shift', buffered: true });
    ids = (name) => [...document.querySelectorAll('[data-attune-list="' + name + '"] > *')].map((item) => item.dataset.attuneItem ?? '-').join(' ');
    frames = [];
    requestAnimationFrame(function look() { frames.push(ids('top')); if (frames.length < 60) requestAnimationFrame(look); });
    told = [];
    addEventListener('attune-warning', (event) => { told.push(event.detail.code + ' ' + event.detail.message); event.preventDefault(); });
  `,
  '/end.js': '',
  '/next.html': page('data-consent="granted"', '<p>Next</p>'),
  '/page.html': page(`data-consent="granted" data-attune-capture ${SLIDERS}`, BODY),
  '/asked-later.html': page(SLIDERS, BODY),
  '/long.html': page(
    `data-attune-lists="later" ${SLIDERS}`,
    SLIDER +
      list(
        'long',
        Object.fromEntries(
          Array.from({ length: 400 }, (_, i) => [`s${i}`, `${i % 2 ? 'Whales and fish' : 'Banks and taxes'} ${i}`]),
        ),
      ),
  ),
  '/sealed.html': page(`data-consent="granted" data-encrypt="true" ${SLIDERS}`, BODY),
  '/odd.html': page(
    `data-consent="granted" ${SLIDERS}`,
    `<input type="range" data-attune-slider="sea"><ul data-attune-list="none"><li>No id</li></ul>${list('twice', STORIES)}<ul data-attune-list="outer"><li data-attune-item="a">${list('inner')}</li></ul>`,
  ),
};
const GIVEN = '- bank reef pension whale';
const SEA_FIRST = /^- (reef whale|whale reef) (bank pension|pension bank)$/;

let site: Site;
test.beforeAll(async () => {
  site = await serve('.', EXTRA, () => enforced(documentedPolicy('The script tag') + "; style-src 'self'"));
});
test.afterAll(() => site.close());
test.afterEach(() => expect(site.requests).not.toContain(REPORTS));

async function open(at: Page, path = '/page.html'): Promise<void> {
  await at.goto(site.origin + path);
  await at.evaluate('attune.ready.then(() => undefined)');
}
const ids = (at: Page, name: string): Promise<string> => at.evaluate<string>(`ids('${name}')`);
const kept = (at: Page): Promise<string> =>
  at.evaluate<string>(`Object.keys(localStorage).filter((key) => key.includes('order')).join()`);
const saveTheSea = `Promise.all(['reef', 'whale'].map((id) => attune.track('save', { id, title: 'Whales and fish of the sea' }))).then(() => attune.flush())`;

test('a list in sight keeps its order until the next visit, which paints it in its own; one out of sight moves at once', async ({
  page: first,
  context,
}) => {
  await open(first);
  await first.evaluate(saveTheSea);
  await expect.poll(() => first.evaluate(`localStorage['attune-order/default'] ?? ''`)).toContain('top');
  expect(await ids(first, 'top')).toBe(GIVEN);

  const half = await context.newPage();
  await half.route('**/slow.js', async (route) => {
    await half.waitForFunction('frames.filter(Boolean).length > 2'); // painted
    await route.fulfill({ body: '' });
  });
  const slow = EXTRA['/page.html'].replace('<li data-attune-item="reef">', '<script src="/slow.js"></script>$&');
  await half.route('**/page.html', (route) => route.fulfill({ contentType: 'text/html', body: slow }));
  await open(half);
  expect(await ids(half, 'top')).toBe('- bank - reef pension whale'); // what was seen of it stands

  const later = await context.newPage();
  await open(later);
  await expect.poll(() => ids(later, 'far')).toMatch(SEA_FIRST);
  const seen = new Set(await later.evaluate<string[]>('frames.filter((frame) => frame.length > 1)'));
  expect([...seen]).toEqual([expect.stringMatching(SEA_FIRST)]); // from the very first frame on
  expect(await later.evaluate('shifts')).toEqual([]);
  expect(await first.evaluate('shifts')).toEqual([]);
});

test('a slider moves what is in sight in the same task, elements and focus live on, and the list with the focus waits', async ({
  page: at,
}) => {
  await open(at, '/asked-later.html');
  await expect.poll(() => at.evaluate('attune.profile().modelVersion')).toMatch(/^lexical/);
  await at.waitForLoadState('networkidle');
  const drag = (position: number): Promise<string> =>
    at.evaluate<string>(
      `(() => { const slider = document.querySelector('input'); slider.valueAsNumber = ${position}; slider.dispatchEvent(new Event('input', { bubbles: true })); return ids('top'); })()`,
    );
  await at.evaluate(
    `pressed = 0; whale = document.querySelector('[data-attune-item=whale]'); whale.addEventListener('click', (event) => { pressed++; event.preventDefault(); })`,
  );
  await at.locator('input').focus();
  await expect.poll(() => drag(1)).toMatch(SEA_FIRST);
  expect(await drag(-1)).toMatch(/^- (bank pension|pension bank) (reef whale|whale reef)$/);
  expect(await at.evaluate('document.activeElement.type')).toBe('range');
  await at.evaluate('whale.firstChild.click()');
  expect(await at.evaluate(`[pressed, whale === document.querySelector('[data-attune-item=whale]')]`)).toEqual([
    1,
    true,
  ]);
  await at.evaluate('whale.firstChild.focus()');
  const held = await ids(at, 'top');
  expect(await drag(1)).toBe(held);
  expect(await at.evaluate('document.activeElement === whale.firstChild')).toBe(true);
  expect(await kept(at)).toBe(''); // no consent yet
});

test('a slider that was moved before any code of lists was there holds from then on', async ({ page: at }) => {
  let arrive = (): void => undefined;
  const late = new Promise<void>((resolve) => (arrive = resolve));
  await at.route('**/lists.js', async (route) => {
    await late;
    await route.continue();
  });
  await at.goto(`${site.origin}/page.html`);
  await at.getByRole('slider', { name: 'Sea' }).fill('1');
  arrive();
  await expect.poll(() => at.evaluate('ids("top")')).toMatch(SEA_FIRST);
});

test('clicks, kinds and what was seen are tracked, of items that come later too, and a click on a link is there on the next page', async ({
  page: at,
}) => {
  await open(at);
  await at.evaluate('attune.flush()');
  await at.evaluate(
    `(() => { const item = document.createElement('li'); Object.assign(item.dataset, { attuneItem: 'later', attuneText: 'A lake', attuneTags: 'water, calm' }); document.querySelector('[data-attune-list=top]').append(item); })()`,
  );
  const noted = `attune.data.export().then(({ interactions }) => interactions.filter(({ kind }) => kind === 'impression').map(({ itemId, position }) => itemId + position).sort().join(' '))`;
  await expect.poll(() => at.evaluate(noted)).toBe('bank0 later4 pension2 reef1 whale3');
  await at.locator('[data-attune-list=top] [data-attune-item=reef] button').click();
  await at.locator('[data-attune-item=later]').click();
  await at.locator('[data-attune-list=top] [data-attune-item=whale] a').click();
  await at.waitForURL('**/next.html?whale');
  await at.evaluate('attune.ready.then(() => undefined)');
  const acts = (await at.evaluate(
    `attune.data.export().then(({ interactions, items }) => interactions.filter(({ kind }) => kind !== 'impression').map(({ kind, itemId }) => kind + ' ' + itemId + ': ' + items.find(({ id }) => id === itemId).text))`,
  )) as string[];
  expect(acts).toEqual([
    `save reef: ${STORIES.reef}.`,
    'click later: A lake. water, calm.',
    `click whale: ${STORIES.whale}.`,
  ]);
});

test('of a long list what is in sight moves at once and the rest soon after; a list that comes later is found', async ({
  page: at,
}) => {
  await open(at, '/long.html');
  await expect.poll(() => at.evaluate('attune.profile().modelVersion')).toMatch(/^lexical/);
  await at.waitForLoadState('networkidle');
  const sea = `ids('long').split(' ').slice(1).map((id) => Number(id.slice(1)) % 2)`;
  const drag = (position: number): Promise<number[]> =>
    at.evaluate<number[]>(
      `(() => { const slider = document.querySelector('input'); slider.valueAsNumber = ${position}; slider.dispatchEvent(new Event('input', { bubbles: true })); return ${sea}; })()`,
    );
  const count = (side: number, all: readonly number[]): number => all.filter((each) => each === side).length;
  await expect.poll(async () => count(1, (await drag(1)).slice(0, 36))).toBe(36);
  const whole = (side: number) =>
    expect.poll(async () => count(side, (await at.evaluate<number[]>(sea)).slice(0, 200)), { timeout: 5000 }).toBe(200);
  await whole(1);
  const soon = await drag(-1);
  expect(count(0, soon.slice(0, 36))).toBe(36); // 720 px of 20 each
  expect(count(0, soon.slice(0, 200))).toBeLessThan(120); // not all yet
  await whole(0);
  expect(new Set((await ids(at, 'long')).split(' ')).size).toBe(401);

  await at.evaluate(
    `(() => {
      const later = document.createElement('ul');
      later.dataset.attuneList = 'top';
      for (const [id, title] of Object.entries(${JSON.stringify({ '': 'Stories', ...STORIES })})) {
        const item = later.appendChild(document.createElement('li'));
        item.textContent = title;
        if (id !== '') item.dataset.attuneItem = id;
      }
      document.querySelector('[data-attune-list=long]').replaceWith(later);
    })()`,
  );
  await expect.poll(async () => (await drag(1), ids(at, 'top'))).toMatch(SEA_FIRST);
});

test('no order is left before consent, of a sealed log, or after an erase or a refusal', async ({ page: at }) => {
  for (const path of ['/sealed.html', '/page.html']) {
    await open(at, path); // once without the option: sealed all the same
    await expect.poll(() => at.evaluate(`attune.rank([]).then(({ partial }) => partial)`)).toBe(false);
    await at.evaluate(`Object.defineProperty(document, 'hidden', { value: true })`); // then it is left at once
    await at.evaluate(saveTheSea);
    expect(await kept(at)).toBe('');
  }
  await at.evaluate('attune.data.erase()');
  await open(at);
  for (const end of ['attune.data.erase()', `attune.data.setConsent('withdrawn')`]) {
    await at.evaluate(saveTheSea);
    await expect.poll(() => kept(at)).toBe('attune-order/default');
    await at.evaluate(end);
    expect(await kept(at)).toBe('');
  }
});

test('the snippet of docs/script-tag.md runs as it stands', async ({ page: at }) => {
  const [, snippet] = readFileSync('docs/script-tag.md', 'utf8').match(/```html\n([\s\S]+?)```/)!;
  const html = `<!doctype html><title></title>${snippet!.replace('<script', '<script data-model="lexical"').replace('/attune/', '/dist/')}`;
  await at.route('**/snippet.html', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await open(at, '/snippet.html');
  const first = at.locator('[data-attune-list] > *').first();
  await expect(first).toHaveAttribute('data-attune-item', 'slow-food');
  await at.getByLabel('Pace').fill('1');
  await expect(first).toHaveAttribute('data-attune-item', 'drums');
  await at.getByText('Save').click();
  expect(await at.evaluate('attune.data.recent().then(([{ kind, title }]) => kind + ": " + title)')).toBe(
    'save: Loud drums, fast and live',
  );
});

test('what is wrong with a list or slider is said once with a code, and the page lives on', async ({ page: at }) => {
  const errors: Error[] = [];
  at.on('pageerror', (error) => errors.push(error));
  await open(at, '/odd.html');
  await at.evaluate(
    `document.querySelector('[data-attune-list=twice]').append(document.querySelector('[data-attune-list=twice] [data-attune-item=reef]').cloneNode(true))`,
  );
  await at.evaluate(
    `for (let i = 0; i < 3; i++) { const slider = document.querySelector('input'); slider.value = '37'; slider.dispatchEvent(new Event('input', { bubbles: true })); }`,
  );
  await expect.poll(() => at.evaluate('told.length')).toBe(4);
  const told = (await at.evaluate('told.sort()')) as string[];
  expect(told).toEqual([
    expect.stringMatching(/^input\/invalid .*list in a list/),
    expect.stringMatching(/^input\/invalid .*no child/),
    expect.stringMatching(/^input\/invalid .*"reef"/),
    expect.stringMatching(/^input\/invalid .*37/),
  ]);
  expect(errors).toEqual([]);
});
