import { expect } from '@playwright/test';
import { expectOneLog, liveInFourTabs, tabFiles } from '../e2e/four-tabs.js';
import { serve } from '../e2e/serve.js';
import { A_SECOND, SOAK } from '../soak.js';
import { test } from './stock.js';

for (let round = 0; round < SOAK; round++) {
  test(`four tabs that close at random store all once and show one profile (${round})`, async ({ start }) => {
    const site = await serve('dist', tabFiles);
    const { name, newTab } = await start();
    const lived = await liveInFourTabs(site, newTab, round);
    console.log(`${name}: ${lived.closed} closed; one profile after ${lived.lateMs} ms`);
    expectOneLog(lived);
    expect(lived.closed).toBeGreaterThan(1);
    expect(lived.lateMs).toBeLessThanOrEqual(A_SECOND);
    await site.close();
  });
}
