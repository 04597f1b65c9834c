// The whole test run, as README's second command and CI do it: finds or installs a Chromium, then checks, builds and
// tests in turn, and closes with one line `N passed, N failed`. Every step runs, so that one failure hides no other.
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { closeTally, fromPlaywright, fromTally, fromVitest, step, suite, together } from './tally.mjs';

const quick = process.argv.includes('--unit');
if (!quick) process.env.CHROMIUM_PATH = ensureChromium();

rmSync('test-results', { recursive: true, force: true });
mkdirSync('test-results', { recursive: true });

function playwright() {
  const report = 'test-results/e2e.json';
  process.env.PLAYWRIGHT_JSON_OUTPUT_FILE = resolve(report);
  const args = ['--reporter=list,json', '--output', 'test-results/e2e'];
  suite('end-to-end tests', report, fromPlaywright, 'npx', 'playwright', 'test', ...args);
  delete process.env.PLAYWRIGHT_JSON_OUTPUT_FILE; // other browsers' stories have a report of their own
}

function vitest(...projects) {
  const name = projects.join(' and ');
  const report = `test-results/${projects[0]}.json`;
  const chosen = projects.flatMap((project) => ['--project', project]);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  suite(`${name} tests`, report, fromVitest, 'npx', 'vitest', 'run', ...chosen, ...reporters);
}

if (quick) vitest('unit');
else {
  await together(
    ['format', 'npx', 'prettier', '--check', '--log-level', 'warn', '.'],
    ['types', 'npx', 'tsc', '-p', '.'],
    ['lint', 'npx', 'oxlint'],
  );
  vitest('unit', 'semantic');
  if (step('build', 'npm', 'run', '--silent', 'build')) {
    await together(
      ['unused code', 'npx', 'knip'],
      ['package', 'npx', 'publint', '--strict'],
      ['package types', 'npx', 'attw', '--pack', '.', '--profile', 'esm-only'],
    );
    vitest('package');
  }
  vitest('browser');
  if (step('build the demo', 'npm', 'run', '--silent', 'build:demo')) playwright();
  if (process.env.SOAK) {
    const bundlers = ['--config', 'tests/bundlers/playwright.config.ts'];
    suite('bundlers', 'test-results/bundlers/report.json', fromPlaywright, 'npx', 'playwright', 'test', ...bundlers);
    suite('Firefox and WebKit', 'test-results/browsers/tally.json', fromTally, 'node', 'tests/browsers.mjs');
  }
}

closeTally();
