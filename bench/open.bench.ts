import { type CDPSession, test } from '@playwright/test';
import { serve } from '../tests/e2e/serve.js';

/** What a start costs the page's main thread with 20,000 stored interactions, beside an empty log. */
const STORED = 20_000;
const ROUNDS = 15;
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

const script = `
import { createAttune } from '/index.js';
window.open = async (user) => {
  const attune = await createAttune({ consent: 'granted', assetBase: '/', user, text: (item) => item.text });
  await attune.flush();
  return attune;
};
document.documentElement.dataset.ready = 'yes';
`;

async function taskMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
}

test('a start with 20,000 stored interactions', async ({ page, browser }) => {
  const site = await serve('dist', {
    '/open.html': '<!doctype html><title>Start</title><script type="module" src="/open.js"></script>',
    '/open.js': script,
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const load = async (): Promise<void> => {
    await page.goto(`${site.origin}/open.html`);
    await page.waitForSelector('html[data-ready]');
  };
  await load();
  await page.evaluate(async (count) => {
    const words = ['piano', 'mountain', 'harbour', 'garden', 'engine', 'soup', 'winter', 'theatre'];
    const items = Array.from({ length: 1000 }, (_, i) => {
      const text = `a ${words[i % 8]} and a ${words[(i >> 3) % 8]}, number ${i}`;
      return { id: `item-${i}`, text, title: text };
    });
    const interactions = Array.from({ length: count }, (_, i) => ({
      id: `old-${i}`,
      kind: 'save',
      itemId: `item-${i % 1000}`,
      at: Date.now() - i * 60_000,
    }));
    const { open } = window as never as { open(user: string): Promise<Opened> };
    const attune = await open('stored');
    const format = { format: 'attune-export', version: 1, exportedAt: Date.now(), sliders: {} };
    await attune.data.import(JSON.stringify({ ...format, interactions, items }));
    await attune.close();
  }, STORED);
  for (const user of ['nobody', 'stored']) {
    const costs: number[] = [];
    let known = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await load();
      const before = await taskMs(session);
      known = await page.evaluate(async (name) => {
        const { open } = window as never as { open(user: string): Promise<Opened> };
        return (await open(name)).profile().interactionCount;
      }, user);
      costs.push((await taskMs(session)) - before);
    }
    const min = Math.min(...costs).toFixed(1);
    console.log(
      `Chromium ${browser.version()}: start with ${known} stored, main thread: median ${median(costs).toFixed(1)} ms, min ${min} ms`,
    );
  }
  await site.close();
});

interface Opened {
  profile(): { interactionCount: number };
  close(): Promise<void>;
  readonly data: { import(source: string): Promise<unknown> };
}
