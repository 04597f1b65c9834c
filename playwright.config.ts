import { defineConfig } from '@playwright/test';
import { chromiumArgs, findChromium } from './tests/chromium.mjs';

const executablePath = findChromium();

/** End-to-end tests run on the built demo, behind a server that remembers every request. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  timeout: 60_000,
  workers: 1,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: { args: chromiumArgs, ...(executablePath === undefined ? {} : { executablePath }) },
  },
});
