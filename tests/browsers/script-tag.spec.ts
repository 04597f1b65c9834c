import { expect } from '@playwright/test';
import { documentedPolicy, enforced } from '../e2e/policies.js';
import { serve, type Site } from '../e2e/serve.js';
import { test } from './stock.js';

/** The script tag from another origin, and a list that it orders: Workers by a blob, and the order at the first paint. */
const HEAD = `
window.problems = [];
addEventListener('error', ({ message }) => problems.push('error: ' + message));
addEventListener('securitypolicyviolation', ({ violatedDirective }) => problems.push('policy: ' + violatedDirective));
window.attuneQueue = [];
window.warnings = [];
window.ids = () => [...document.querySelectorAll('[data-attune-item]')].map(({ dataset }) => dataset.attuneItem).join(' ');
window.frames_ = [];
requestAnimationFrame(() => frames_.push(ids()));
attuneQueue.push((attune) => {
  attune.on('warning', ({ code }) => warnings.push(code));
  attune.embed('a whale').then(() => (document.documentElement.dataset.ready = 'yes'));
});
window.drag = (position) => {
  const slider = document.querySelector('input');
  slider.valueAsNumber = position;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  return ids();
};
`;
const page = (cdn: string): string =>
  `<!doctype html><title></title><script src="${cdn}/head.js"></script><script src="${cdn}/script.js" data-consent="granted" data-sliders='[{"id":"sea","low":"money, banks, taxes","high":"sea, fish, whales"}]'></script>
<input type="range" min="-1" max="1" step="any" data-attune-slider="sea"><ul data-attune-list="top"><li data-attune-item="bank">Banks raise their rates</li><li data-attune-item="whale">Whales swim along the coast</li></ul>`;

let cdn: Site;
let site: Site;
test.beforeEach(async () => {
  cdn = await serve('dist', { '/head.js': HEAD }, () => ({ 'access-control-allow-origin': '*' }));
  const policy = documentedPolicy('From another origin').replaceAll('https://cdn.example', cdn.origin);
  site = await serve('tests/browsers', { '/': page(cdn.origin) }, () => enforced(`${policy}; img-src 'self'`)); // a browser looks for an icon
});
test.afterEach(async () => {
  await site.close();
  await cdn.close();
});

test('from another origin it encodes in its Worker, and orders a list by slider and, from the next visit, before the first paint', async ({
  start,
}) => {
  const browser = await start();
  console.log(browser.name);
  const tab = await browser.newTab();
  await tab.load(site.origin);
  expect(await tab.evaluate('[problems, warnings, attune.profile().modelVersion.slice(0, 4)]')).toEqual([
    [],
    [],
    'lite',
  ]);
  expect(cdn.requests).toContain('/assets/encoder-worker.js');
  expect(cdn.requests.some((path) => path.includes('open-local'))).toBe(false);
  await expect.poll(() => tab.evaluate('drag(1)')).toBe('whale bank');
  await expect
    .poll(() =>
      tab.evaluate(
        `Object.keys(localStorage).includes('attune-order/default') || attune.track('save', { id: 'whale', title: 'Whales of the sea' }) === ''`,
      ),
    )
    .toBe(true);
  await tab.evaluate('attune.flush()');
  await tab.load(site.origin);
  expect(await tab.evaluate('frames_')).toEqual(['whale bank']);
  expect(await tab.evaluate('problems')).toEqual([]);
});
