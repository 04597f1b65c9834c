import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { serve } from '../e2e/serve.js';
import { makeProject, pack, projects } from './make.mjs';

/** What story.js resolves with. */
interface Told {
  readonly order: readonly string[];
  readonly moved: readonly string[];
  readonly isPartial: boolean;
  readonly warnings: readonly string[];
  readonly databases: readonly string[];
}

/** Both that need a script in the page itself have it from their maker. */
const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

let packed: string;
test.beforeAll(() => void (packed = pack()));
test.afterAll(() => rmSync(dirname(packed), { recursive: true, force: true }));

for (const name of projects) {
  test(`${name} builds the packed package, and its page does the main job`, async ({ page }) => {
    const site = await serve(makeProject(name, packed), {}, () => ({ 'content-security-policy': POLICY }));
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('requestfailed', (request) => complaints.push(request.url()));
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    await page.goto(`${site.origin}/`);
    expectWhole(await told(page, 'told'));
    expect(workers).toHaveLength(1);
    expect(new URL(workers[0]!).origin).toBe(site.origin);
    if (name === 'vite') {
      expectWhole(await told(page, 'toldByOwnWorker'));
      expect(workers).toHaveLength(2);
      expectWhole(await told(page, 'toldWithoutWorker'));
      expect(workers).toHaveLength(2);
    }
    expect(complaints).toEqual([]);
    await site.close();
  });
}

/** Runs one of the project's stories. */
async function told(page: Page, name: string): Promise<Told> {
  await page.waitForFunction((key) => key in globalThis, name);
  return page.evaluate((key) => (globalThis as unknown as Record<string, () => Promise<Told>>)[key]!(), name);
}

function expectWhole({ order, moved, isPartial, warnings, databases }: Told): void {
  expect(warnings).toEqual([]);
  expect(isPartial).toBe(false);
  expect(order).toHaveLength(6);
  expect([...order.slice(0, 2)].sort()).toEqual(['cake', 'soup']); // after bread and pasta
  expect([...moved].sort()).toEqual([...order].sort());
  expect(moved).not.toEqual(order);
  expect(databases).toEqual([]);
}
