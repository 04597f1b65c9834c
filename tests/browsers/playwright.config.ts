import { defineConfig } from '@playwright/test';

/** Whole stories in the browsers that tests/browsers.mjs found, one project each; each test starts its own. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/browsers/stories',
  timeout: 180_000,
  workers: 1,
  retries: 1,
  reporter: [['list'], ['json', { outputFile: '../../test-results/browsers/stories.json' }]],
  projects: [{ name: 'firefox' }, { name: 'webkit' }],
});
