import { defineConfig } from '@playwright/test';
import { chromiumArgs, findChromium } from './tests/chromium.mjs';

const executablePath = findChromium();

const TIMED = /(kill|lifecycle|navigation|tabs|withdrawal)\.spec\.ts/;

/** End-to-end tests run on the built demo, behind a server that remembers every request. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // For a machine four times as slow as this takes on two quiet cores.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 3, // of two cores: tests wait for clocks as often as for the processor
  // Seconds and random moments, one at a time: they leave the processor to others and hold beside them.
  projects: [
    { name: 'timed', testMatch: TIMED, workers: 1 },
    { name: 'pages', testIgnore: TIMED, fullyParallel: true },
  ],
  retries: 1, // a machine may be busy with something else for as long as a test waits; run.mjs names them
  reporter: 'list',
  use: {
    browserName: 'chromium',
    launchOptions: { args: chromiumArgs, ...(executablePath === undefined ? {} : { executablePath }) },
  },
});
