import { resolve } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import type { BrowserProviderOption } from 'vitest/node';
import base from '../../vite.config.js';
import { findFirefox } from './find.mjs';
import { startWebKit, type WebKit } from './webkit.js';

/** The tests that `npm test` runs in Chromium, file for file, in a Firefox and a WebKit nobody built for testing. */
const { test: _, ...shared } = base({ command: 'serve', mode: 'test' });

/** Opens the runner's page in WebKit; everything else of a provider is as Playwright's. */
function webkit(): BrowserProviderOption {
  let opening: Promise<WebKit> | undefined;
  return {
    ...playwright(),
    name: 'webdriver',
    supportedBrowser: ['webkit'],
    providerFactory: () => ({
      name: 'webdriver',
      supportsParallelism: false,
      getCommandsContext: () => ({}),
      async openPage(_session, url) {
        const browser = await (opening ??= startWebKit());
        await browser.goto(await browser.open(), url);
      },
      close: async () => (await opening)?.close(),
    }),
  };
}

function inBrowser(browser: 'firefox' | 'webkit', provider: BrowserProviderOption): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: browser,
      include: ['tests/browser/**/*.test.ts'],
      testTimeout: 60_000,
      browser: { enabled: true, headless: true, screenshotFailures: false, provider, instances: [{ browser }] },
    },
  };
}

export default defineConfig({
  ...shared,
  root: resolve(import.meta.dirname, '../..'),
  test: {
    projects: [
      inBrowser(
        'firefox',
        // Without the channel Playwright speaks to its own build of Firefox only.
        playwright({ launchOptions: { channel: 'moz-firefox', executablePath: findFirefox() ?? 'firefox' } }),
      ),
      inBrowser('webkit', webkit()),
    ],
  },
});
