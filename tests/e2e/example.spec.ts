import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { serve } from './serve.js';

test('the smallest example runs as a page, without a word on the console', async ({ page }) => {
  const outDir = mkdtempSync(join(tmpdir(), 'attune-example-'));
  const build = ['vite', 'build', 'examples/mvp', '--config', 'vite.config.ts', '--mode', 'demo', '--outDir', outDir];
  execFileSync('npx', [...build, '--emptyOutDir', '--logLevel', 'error'], { stdio: 'inherit' });
  const site = await serve(outDir);
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await page.goto(`${site.origin}/`);
  await expect(page.locator('table').last()).toContainText('North face climb');
  expect(await page.locator('body').innerText()).not.toMatch(/\d\s?%/);
  expect(said).toEqual([]);
  await site.close();
  rmSync(outDir, { recursive: true });
});
