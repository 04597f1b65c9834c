import { expect, test } from '@playwright/test';
import { A_SECOND, SOAK } from '../soak.js';
import { expectOneLog, liveInFourTabs, type Tab, tabFiles, tabOf } from './four-tabs.js';
import { serve } from './serve.js';

for (let round = 0; round < SOAK; round++) {
  test(`four tabs that close and freeze at random store all once and show one profile (${round})`, async ({
    browser,
  }) => {
    test.setTimeout(180_000);
    const site = await serve('dist', tabFiles);
    const context = await browser.newContext();

    async function newTab(): Promise<Tab> {
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      return {
        ...tabOf(page),
        setFrozen: async (frozen) => {
          await session.send('Page.setWebLifecycleState', { state: frozen ? 'frozen' : 'active' });
        },
      };
    }

    const lived = await liveInFourTabs(site, newTab, round);
    console.log(`${lived.closed} closed, ${lived.frozen} frozen or thawed; one profile after ${lived.lateMs} ms`);
    expectOneLog(lived);
    expect(lived.closed).toBeGreaterThan(1);
    expect(lived.frozen).toBeGreaterThan(3);
    expect(lived.lateMs).toBeLessThanOrEqual(A_SECOND);
    await context.close();
    await site.close();
  });
}
