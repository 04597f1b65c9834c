// The whole test run, as README's second command and CI do it: finds or installs a Chromium, then checks, builds and
// tests in turn, and closes with one line `N passed, N failed`. Every step runs, so that one failure hides no other.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureChromium } from './chromium.mjs';

const quick = process.argv.includes('--unit');
if (!quick) process.env.CHROMIUM_PATH = ensureChromium();

rmSync('test-results', { recursive: true, force: true });
mkdirSync('test-results', { recursive: true });

let passed = 0;
let failed = 0;

/** One check that either holds or doesn't. */
function step(name, command, ...args) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status === 0) passed++;
  else failed++;
  return status === 0;
}

/** A test runner that leaves a report: its own counts go into the sum. */
function suite(name, report, count, command, ...args) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  let counts = { passed: 0, failed: 0 };
  try {
    counts = count(JSON.parse(readFileSync(report, 'utf8')));
  } catch (error) {
    console.error(`${name} left no report: ${error.message}`);
  }
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  if (counts.passed === 0) counts.failed ||= 1; // a suite that ran nothing has not passed
  passed += counts.passed;
  failed += counts.failed;
}

const fromVitest = (report) => ({ passed: report.numPassedTests, failed: report.numFailedTests });
function fromPlaywright({ stats }) {
  if (stats.flaky > 0)
    console.log(`\nAT SECOND TRY ONLY: ${stats.flaky} of the tests above, marked flaky. Look at them.`);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
}

function playwright(project) {
  const report = `test-results/${project}.json`;
  process.env.PLAYWRIGHT_JSON_OUTPUT_FILE = join(process.cwd(), report);
  const args = [
    'playwright',
    'test',
    '--project',
    project,
    '--reporter=list,json',
    '--output',
    `test-results/${project}`,
  ];
  suite(`end-to-end tests: ${project}`, report, fromPlaywright, 'npx', ...args);
}

function vitest(project) {
  const report = `test-results/${project}.json`;
  const args = [
    'vitest',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ];
  suite(`${project} tests`, report, fromVitest, 'npx', ...args);
}

if (quick) vitest('unit');
else {
  step('format', 'npx', 'prettier', '--check', '--log-level', 'warn', '.');
  step('types', 'npx', 'tsc', '-p', '.');
  step('lint', 'npx', 'oxlint');
  vitest('unit');
  if (step('build', 'npm', 'run', '--silent', 'build')) {
    step('unused code', 'npx', 'knip');
    step('package', 'npx', 'publint', '--strict');
    step('package types', 'npx', 'attw', '--pack', '.', '--profile', 'esm-only');
    suite(
      'package tests',
      'test-results/package.json',
      fromVitest,
      'npx',
      'vitest',
      'run',
      '--project',
      'package',
      '--reporter=default',
      '--reporter=json',
      '--outputFile=test-results/package.json',
    );
  }
  vitest('browser');
  if (step('build the demo', 'npm', 'run', '--silent', 'build:demo')) {
    playwright('pages');
    playwright('timed');
  }
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
