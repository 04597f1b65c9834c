import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

/** Pages of a site that stands without Attune too, for bench/host.bench.ts. */
export const ARTICLE = 'an article with 60 cards';
export const STORED = 20_000;
const CARDS = 60;
const WORDS = ['piano', 'mountain', 'harbour', 'garden', 'engine', 'soup', 'winter', 'theatre'];
const SLIDERS = `data-sliders='[{"id":"sea","low":"money, banks, taxes","high":"sea, fish, whales"},{"id":"pace","low":"calm, slow","high":"fast, loud"}]'`;

const words = (n: number, from: number): string =>
  Array.from({ length: n }, (_, i) => WORDS[(from * 7 + i * (1 + (from % 3)) + (i >> 2)) % WORDS.length]).join(' ');
const card = (i: number): string =>
  `<li data-attune-item="item-${i}"><img src="/card-${i}.svg" width="160" height="90" alt=""><h3><a href="/away.html?${i}">A ${words(2, i)}, number ${i}</a></h3><p>${words(14, i + 3)}.</p><button type="button" data-attune-kind="save">Save</button></li>`;
const picture = (i: number, side: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}"><rect width="100%" height="100%" fill="hsl(${(i * 47) % 360} 60% 70%)"/>${Array.from({ length: 40 }, (_, k) => `<circle cx="${(k * 53 + i * 31) % side}" cy="${(k * 97 + i) % side}" r="${4 + ((k * i) % 9)}"/>`).join('')}</svg>`;

const BODY = `<main><h1>What the harbour sounds like in winter</h1><img src="/hero.svg" width="800" height="420" alt="A harbour">${Array.from({ length: 24 }, (_, i) => `<p>${words(70, i)}.</p>`).join('')}<h2>More</h2><ul data-attune-list="more" data-attune-capture>${Array.from({ length: CARDS }, (_, i) => card(i)).join('\n')}</ul></main>`;
const html = (tag: string, body: string): string =>
  `<!doctype html><html lang="en"><title>Article</title><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/page.css"><script src="/host.js"></script>${tag}${body}`;

export const HOST_FILES: Readonly<Record<string, string>> = {
  '/away.html': '<!doctype html><title>Away</title><p>Away',
  '/plain.html': html('', BODY),
  '/granted.html': html(`<script src="/script.js" data-consent="granted" ${SLIDERS}></script>`, BODY),
  '/unknown.html': html(`<script src="/script.js" ${SLIDERS}></script>`, BODY),
  '/page.css':
    'body{font:16px/1.5 sans-serif;margin:0 auto;max-width:960px}ul{display:grid;grid-template-columns:repeat(3,1fr);gap:16px;padding:0}li{list-style:none}h3{margin:0}',
  // What the browser says of the page, from before anything of it.
  '/host.js': `(() => {
    const seen = { lcp: 0, tasks: [], shift: 0 };
    const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
    watch('largest-contentful-paint', ({ startTime }) => (seen.lcp = startTime));
    watch('longtask', ({ duration }) => seen.tasks.push(duration));
    watch('layout-shift', ({ value }) => (seen.shift += value));
    globalThis.host = { seen: () => ({
      lcp: seen.lcp,
      shift: seen.shift,
      blocked: seen.tasks.reduce((sum, duration) => sum + duration - 50, 0),
      longest: Math.max(0, ...seen.tasks),
      bytes: performance.getEntries().reduce((sum, { encodedBodySize = 0 }) => sum + encodedBodySize, 0),
    }) };
  })();`,
  '/hero.svg': picture(1, 400),
  ...Object.fromEntries(Array.from({ length: CARDS }, (_, i) => [`/card-${i}.svg`, picture(i, 160)])),
};

const CATALOGUE = JSON.parse(readFileSync('demo/catalog.json', 'utf8')) as readonly { readonly title: string }[];
const title = (i: number): string => CATALOGUE[i % CATALOGUE.length]!.title;

/** A page with a list of so many plain items and a slider that stays in sight. */
export function listPage(items: number): string {
  const list = Array.from(
    { length: items },
    (_, i) => `<li data-attune-item="item-${i}">${title(i)}, ${i}. ${title(7 * i)}</li>`,
  );
  return `<!doctype html><title>List</title><script src="/script.js" ${SLIDERS}></script><input type="range" min="-1" max="1" step="any" value="0" data-attune-slider="sea" data-slider="sea" aria-label="Sea" style="width:600px"><ul data-attune-list="plain">${list.join('\n')}</ul>`;
}

/** Saves of items of that page, so that its order changes all along a drag. */
export async function saveSome(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { attune } = window as never as { attune: { ready: Promise<Opened> } };
    const opened = await attune.ready;
    for (const id of [3, 17, 29, 40, 52, 55, 58, 59].map((n) => `item-${n}`)) {
      opened.track('save', { id, title: document.querySelector(`[data-attune-item=${id}]`)!.textContent });
    }
    await opened.flush();
  });
}

/** Leaves the page's Attune with 20,000 interactions on 1,000 items, with the cards among them. */
export async function store(page: Page): Promise<void> {
  await page.evaluate(
    async ({ count, nouns }) => {
      const items = Array.from({ length: 1000 }, (_, i) => {
        const text = `a ${nouns[i % 8]} and a ${nouns[(i >> 3) % 8]}, number ${i}`;
        return { id: `item-${i}`, text, title: text };
      });
      const interactions = Array.from({ length: count }, (_, i) => ({
        id: `old-${i}`,
        kind: i % 3 === 0 ? 'save' : 'click',
        itemId: `item-${(i * i) % 1000}`,
        at: Date.now() - i * 60_000,
      }));
      const { attune } = window as never as { attune: { ready: Promise<Opened> } };
      const opened = await attune.ready;
      const format = { format: 'attune-export', version: 1, exportedAt: Date.now(), sliders: {} };
      await opened.data.import(JSON.stringify({ ...format, interactions, items }));
      await opened.flush();
    },
    { count: STORED, nouns: WORDS },
  );
}

interface Opened {
  track(kind: string, item: { readonly id: string; readonly title: string }): string;
  flush(): Promise<void>;
  readonly data: { import(source: string): Promise<unknown> };
}
