import { expect, type Page, test } from '@playwright/test';
import { serve, type Site } from './serve.js';

/** What counts as shown, in a real browser that scrolls: half of an item, for a second, in a page that is in sight. */
let site: Site;
test.beforeAll(async () => {
  site = await serve(
    'dist',
    {
      '/page.html':
        '<!doctype html><title>A page</title><body style="margin:0"></body><script type="module" src="/page.js"></script>',
      '/page.js': script,
    },
    () => ({ 'content-security-policy': "default-src 'self'; style-src 'unsafe-inline'" }),
  );
});
test.afterAll(() => site.close());

/** `place(id, top, height)` puts an item's element on a page of 5,000 pixels and observes it; `shown()` says what was noted. */
const script = `
const { createAttune } = await import('/index.js');
window.attune = await createAttune({ model: 'lexical', worker: false, sliders: [{ id: 'mood', low: 'warm', high: 'cold' }] });
const ids = [...'abcdefghi'];
window.ranking = await attune.rank(ids.map((id) => ({ id, title: 'warm coat ' + id })));
document.body.style.height = '5000px';
window.ends = {};
window.place = (id, top, height) => {
  const element = document.createElement('p');
  element.id = id;
  element.style.cssText = 'position:absolute;margin:0;left:0;width:200px;top:' + top + 'px;height:' + height + 'px';
  ends[id] = attune.observe(element, ranking, id); // before it is in the page, as frameworks do
  document.body.append(element);
  return element;
};
window.shown = async () => (await attune.data.export()).interactions.map(({ kind, itemId }) => kind + ' ' + itemId).sort();
window.later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
window.frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
window.hide = (hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
};
document.documentElement.dataset.ready = '';
`;

const HEIGHT = 600;

async function open(page: Page): Promise<void> {
  await page.setViewportSize({ width: 800, height: HEIGHT });
  await page.goto(`${site.origin}/page.html`);
  await page.waitForSelector('html[data-ready]');
}

test('half of an item, or of the viewport, for a second is an impression; less, out of sight, ended or removed is none', async ({
  page,
}) => {
  await open(page);
  const shown = await page.evaluate(`(async () => {
    place('a', 0, 100);
    place('b', ${HEIGHT} - 98, 200); // 49 %
    place('c', ${HEIGHT} - 100, 200); // 50 %
    place('d', 2000, 100);
    place('e', 0, 100).remove();
    place('f', 0, 100);
    const removed = place('g', 0, 100);
    place('h', ${HEIGHT / 2}, 3000); // half a viewport of what can't be seen whole
    place('i', ${HEIGHT / 2} + 20, 3000); // less
    await later(500);
    ends.f();
    removed.remove();
    await later(900);
    return shown();
  })()`);
  expect(shown).toEqual(['impression a', 'impression c', 'impression h']);
  const [first] = (await page.evaluate('attune.data.export().then(({ interactions }) => interactions)')) as {
    position: number;
    metadata: Record<string, unknown>;
  }[];
  expect(first!.metadata).toMatchObject({ propensity: 1, statistics: 'blended' });
  expect(first!.metadata['raw:mood']).toEqual(expect.any(Number));
});

test('an item scrolled into sight counts after a second, once, and 0.9 s twice are none', async ({ page }) => {
  await open(page);
  const shown = await page.evaluate(`(async () => {
    place('a', 1000, 100);
    place('b', 2000, 100);
    scrollTo(0, 2000);
    await frame();
    await later(880);
    scrollTo(0, 1000);
    await later(1200);
    const between = await shown();
    scrollTo(0, 2000);
    await frame();
    await later(880);
    scrollTo(0, 1000);
    await later(1200);
    return [between, await shown()];
  })()`);
  expect(shown).toEqual([['impression a'], ['impression a']]);
});

test('a hidden page shows nothing: the second goes on when it is in sight again', async ({ page }) => {
  await open(page);
  const shown = await page.evaluate(`(async () => {
    place('a', 0, 100);
    await frame();
    await later(600);
    hide(true);
    place('b', 0, 100);
    await later(900);
    const hidden = await shown();
    hide(false);
    await later(600);
    const soon = await shown();
    await later(700);
    return [hidden, soon, await shown()];
  })()`);
  expect(shown).toEqual([[], ['impression a'], ['impression a', 'impression b']]);
});
