import { type BrowserType, test as base } from '@playwright/test';
import { type Tab, tabOf } from '../e2e/four-tabs.js';
import { findFirefox } from './find.mjs';
import { startWebKit } from './webkit.js';

/** A stock browser: one person's, with tabs that share what it stores. */
export interface Stock {
  readonly name: string;
  newTab(): Promise<Tab>;
  close(): Promise<void>;
}

/** How a browser is set up otherwise than it comes: preferences of Firefox, arguments of WebKit's. */
export interface Setting {
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
  readonly args?: readonly string[];
}

/** Starts a Firefox with a profile of its own. */
async function startFirefox({ preferences = {} }: Setting, firefox: BrowserType): Promise<Stock> {
  const browser = await firefox.launch({
    channel: 'moz-firefox', // else Playwright speaks to its own build only
    executablePath: findFirefox() ?? 'firefox',
    firefoxUserPrefs: { ...preferences },
  });
  const context = await browser.newContext();
  return {
    name: `Firefox ${browser.version()}`,
    newTab: async () => tabOf(await context.newPage()),
    close: () => browser.close(),
  };
}

async function startWebKitGtk({ args = [] }: Setting): Promise<Stock> {
  const browser = await startWebKit(args);
  return {
    name: `WebKitGTK ${browser.version}`,
    async newTab() {
      const window = await browser.open();
      return {
        async load(url) {
          await browser.goto(window, url);
          await browser.evaluate(
            window,
            `new Promise((resolve) => {
              const look = () => 'ready' in document.documentElement.dataset ? resolve() : setTimeout(look, 10);
              look();
            })`,
          );
        },
        evaluate: (expression) => browser.evaluate(window, expression),
        close: () => browser.shut(window),
      };
    },
    close: async () => browser.close(),
  };
}

/** Playwright's `test` with a way to start the project's browser, which ends with the test. */
export const test = base.extend<{ start: (setting?: Setting) => Promise<Stock> }>({
  start: async ({ playwright }, use, { project }) => {
    const started: Stock[] = [];
    await use(async (setting = {}) => {
      const stock = await (project.name === 'firefox' ? startFirefox : startWebKitGtk)(setting, playwright.firefox);
      started.push(stock);
      return stock;
    });
    for (const stock of started) await stock.close();
  },
});
