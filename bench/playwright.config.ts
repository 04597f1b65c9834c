import { defineConfig } from '@playwright/test';
import base from '../playwright.config.js';

export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: '*.bench.ts',
  workers: 1,
  projects: [{ name: 'bench' }],
  reporter: [['list']],
  timeout: 300_000,
});
