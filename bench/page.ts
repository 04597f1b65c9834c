import { readdirSync } from 'node:fs';
import type { Browser, CDPSession, Page } from '@playwright/test';
import { build, defaultClientConditions } from 'vite';
import { serve, type Site } from '../tests/e2e/serve.js';

/** A stub that says yes to whatever the insights scripts post, and no policy that would get in their way. */
const COLLECTED = ['/posthog/e/', '/posthog/i/v0/e/', '/segment/t', '/segment/b', '/insights/1/events'];
/** Isolated, because the page's clock then ticks every 5 µs instead of every 100. */
const HEADERS = {
  'content-security-policy': "default-src 'self' 'unsafe-inline' blob: data:",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** The built package, each of `peers/` as one module, and an empty page, on one origin. */
export async function serveBench(): Promise<Site> {
  const extra: Record<string, string> = { '/empty.html': '<!doctype html><title>Bench</title>' };
  for (const file of readdirSync('bench/peers')) extra[`/peers/${file}`] = await bundled(`bench/peers/${file}`);
  const site = await serve('dist', extra, () => HEADERS);
  for (const path of COLLECTED) site.overrides.set(path, Buffer.from('{"status":1}'));
  return site;
}

/** A file and all it imports as one module. */
export async function bundled(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
    build: {
      write: false,
      target: 'es2022',
      lib: { entry, formats: ['es'] },
      rollupOptions: { output: { codeSplitting: false, minify: true } },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !('output' in output)) throw new Error(`${entry} was not built`);
  return output.output[0].code;
}

/** An empty page in a browser profile of its own, with its main thread's clock. */
export async function openPage(browser: Browser, site: Site): Promise<{ page: Page; cpuMs: () => Promise<number> }> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${site.origin}/empty.html`);
  return { page, cpuMs: await mainThread(page) };
}

/** CPU the main thread has spent in tasks since the page began, ms: scripts, callbacks, collection, everything. */
export async function mainThread(page: Page): Promise<() => Promise<number>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
  };
}

export const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!;
