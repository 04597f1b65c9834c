import { expect, type Page, test } from '@playwright/test';
import { build, type Rolldown } from 'vite';
import { enforced, REPORTS } from './policies.js';
import { serve, type Site } from './serve.js';

/** A page that asks for the scan's kernel twice and says what it got. */
const script = `
import { compileKernel } from '/kernel.js';
document.title = [compileKernel(), compileKernel()].map((module) => module instanceof WebAssembly.Module).join();
document.documentElement.setAttribute('data-done', '');
`;
const html = '<!doctype html><title>A page</title><script type="module" src="/page.js"></script>';

let site: Site;
test.afterEach(() => site.close());

async function visit(page: Page, policy: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { write: false, lib: { entry: 'src/core/scan-memory.ts', formats: ['es'] } },
  });
  const [{ output }] = built as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  const files = { '/page.html': html, '/page.js': script, '/kernel.js': output[0].code };
  site = await serve('tests/e2e', files, () => enforced(policy));
  await page.goto(`${site.origin}/page.html`);
  await page.waitForSelector('html[data-done]');
  return page.title();
}

test('the kernel compiles where the policy allows WebAssembly, and nothing is reported', async ({ page }) => {
  expect(await visit(page, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'")).toBe('true,true');
  expect(site.requests).not.toContain(REPORTS);
});

test('where the policy refuses WebAssembly there is no kernel, and one report however often it is tried', async ({
  page,
}) => {
  expect(await visit(page, "default-src 'none'; script-src 'self'")).toBe('false,false');
  await expect.poll(() => site.requests).toContain(REPORTS);
  expect(site.requests.filter((path) => path === REPORTS)).toHaveLength(1);
});

test('where there is no SIMD there is no kernel, and nothing is reported', async ({ page }) => {
  await page.addInitScript(() => Object.assign(WebAssembly, { validate: () => false }));
  expect(await visit(page, "default-src 'none'; script-src 'self'")).toBe('false,false');
  expect(site.requests).not.toContain(REPORTS);
});
