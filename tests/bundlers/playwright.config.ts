import { defineConfig } from '@playwright/test';
import { chromiumArgs, findChromium } from '../chromium.mjs';

const executablePath = findChromium();

/** Projects of other bundlers, installed from the registry: minutes. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/bundlers/run',
  timeout: 600_000,
  workers: 1,
  reporter: [['list'], ['json', { outputFile: '../../test-results/bundlers/report.json' }]],
  use: { launchOptions: { args: chromiumArgs, ...(executablePath === undefined ? {} : { executablePath }) } },
});
