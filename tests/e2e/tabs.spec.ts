import { type CDPSession, expect, type Page, test } from '@playwright/test';
import { SOAK } from '../soak.js';
import { serve } from './serve.js';

/** Four tabs of one person act at once, closing and freezing at random: one log, one profile, no leader. */
const TABS = 4;
const TOTAL = 10_000;
const SEED = 20_261_122;

const script = `
import { createAttune } from '/index.js';
const attune = await createAttune({ consent: 'granted', assetBase: '/', text: (item) => item.text });
await attune.flush();
const words = ['piano', 'mountain', 'harbour', 'garden', 'engine', 'soup', 'winter', 'theatre'];
const kinds = ['view', 'save', 'click', 'hide'];
let turn = Math.floor(Math.random() * 1000);
let last = '';
window.attune = attune;
window.act = (count) => {
  const ids = [];
  for (; count > 0; count--, turn++) {
    const word = words[turn % 8] + ' ' + words[Math.floor(turn / 8) % 8];
    ids.push(last = attune.track(kinds[turn % 4], { id: word, text: 'a ' + word }));
  }
  tracked(ids);
};
window.burst = async (count) => {
  for (; count > 0; count -= 20) {
    act(Math.min(count, 20));
    await new Promise((resolve) => setTimeout(resolve));
  }
};
/** Counts on, without being asked, when the profile is whole. */
window.reached = (count) => new Promise((resolve) => {
  const look = () => attune.profile().interactionCount === count && resolve(Date.now());
  attune.on('profile', look);
  look();
});
document.documentElement.dataset.ready = 'yes';
`;

/** Uniform in [0, 1), the same every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

interface Tab {
  readonly page: Page;
  readonly session: CDPSession;
  frozen: boolean;
}

for (let round = 0; round < SOAK; round++) {
  test(`four tabs that close and freeze at random store all once and show one profile (${round})`, async ({
    browser,
  }) => {
    test.setTimeout(180_000);
    const random = chance(SEED + round);
    const site = await serve('dist', {
      '/tab.html': '<!doctype html><title>A tab</title><script type="module" src="/tab.js"></script>',
      '/tab.js': script,
    });
    const context = await browser.newContext();
    const tracked: string[] = [];
    await context.exposeFunction('tracked', (ids: string[]) => void tracked.push(...ids));

    async function openTab(): Promise<Tab> {
      const page = await context.newPage();
      await page.goto(`${site.origin}/tab.html`);
      await page.waitForSelector('html[data-ready]');
      return { page, session: await context.newCDPSession(page), frozen: false };
    }
    async function setLife(tab: Tab, frozen: boolean): Promise<void> {
      if (tab.frozen === frozen) return;
      tab.frozen = frozen;
      await tab.session.send('Page.setWebLifecycleState', { state: frozen ? 'frozen' : 'active' });
    }

    const tabs: Tab[] = [];
    while (tabs.length < TABS) tabs.push(await openTab());
    const counted = { closed: 0, frozen: 0 };
    for (let asked = 0; asked < TOTAL - 1;) {
      const awake = tabs.filter((tab) => !tab.frozen);
      const bursts: Promise<unknown>[] = [];
      for (const { page } of awake) {
        const count = Math.min(20 + Math.floor(random() * 180), TOTAL - 1 - asked);
        asked += count;
        bursts.push(page.evaluate(`burst(${count})`));
      }
      await Promise.all(bursts); // tracked, not flushed: half a second's worth is still to be written
      const chosen = Math.floor(random() * TABS);
      const what = random();
      if (what < 0.2) {
        await setLife(tabs[chosen]!, false);
        const gone = tabs[chosen]!.page.waitForEvent('close');
        await tabs[chosen]!.page.close({ runBeforeUnload: true }); // as a person closes it
        await gone;
        tabs[chosen] = await openTab();
        counted.closed++;
      } else if (what < 0.6) {
        await setLife(tabs[chosen]!, !tabs[chosen]!.frozen && awake.length > 1);
        counted.frozen++;
      }
    }
    for (const tab of tabs) await setLife(tab, false);
    const acting = tabs[Math.floor(random() * TABS)]!.page;
    await acting.evaluate('act(1)');
    const arrivals = tabs.map(({ page }) => page.evaluate<number>(`reached(${TOTAL})`));
    const acknowledged = await acting.evaluate<number>('attune.flush().then(() => Date.now())');
    const late = (await Promise.all(arrivals)).map((at) => at - acknowledged);

    const ids = await acting.evaluate<string[]>(
      'attune.data.export().then(({ interactions }) => interactions.map(({ id }) => id))',
    );
    expect(tracked).toHaveLength(TOTAL);
    expect(ids).toHaveLength(TOTAL);
    expect(ids.sort()).toEqual(tracked.sort());
    const profiles = await Promise.all(
      tabs.map(({ page }) => page.evaluate<number[]>('[...attune.profile().embedding]')),
    );
    expect(profiles[0]!.some((x) => x !== 0)).toBe(true);
    for (const profile of profiles) {
      for (const [j, x] of profile.entries()) expect(Math.abs(x - profiles[0]![j]!)).toBeLessThan(1e-6);
    }
    console.log(
      `${counted.closed} closed, ${counted.frozen} frozen or thawed; one profile after ${Math.max(...late)} ms`,
    );
    expect(counted.closed).toBeGreaterThan(1);
    expect(counted.frozen).toBeGreaterThan(3);
    expect(Math.max(...late)).toBeLessThanOrEqual(1000);
    await context.close();
    await site.close();
  });
}
