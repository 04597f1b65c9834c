// Runs steps and suites in turn and sums what passed and failed, for the one line a test run closes with.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const counted = { passed: 0, failed: 0, skipped: 0 };

/** One check that either holds or doesn't. */
export function step(name, command, ...args) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status === 0) counted.passed++;
  else counted.failed++;
  return status === 0;
}

/** A test runner that leaves a report: its own counts go into the sum. */
export function suite(name, report, count, command, ...args) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  let counts = { passed: 0, failed: 0 };
  try {
    counts = count(JSON.parse(readFileSync(report, 'utf8')));
  } catch (error) {
    console.error(`${name} left no report: ${error.message}`);
  }
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  if (counts.passed === 0 && !counts.skipped) counts.failed ||= 1; // a suite that ran nothing has not passed
  counted.passed += counts.passed;
  counted.failed += counts.failed;
  counted.skipped += counts.skipped ?? 0;
}

/** Something that can't be tested here, and how it could be. */
export function skip(name, wayOut) {
  console.log(`\nSKIPPED ${name}: ${wayOut}`);
  counted.skipped++;
}

export const fromVitest = (report) => ({ passed: report.numPassedTests, failed: report.numFailedTests });
export const fromTally = (report) => report;
export function fromPlaywright({ stats }) {
  if (stats.flaky > 0)
    console.log(`\nAT SECOND TRY ONLY: ${stats.flaky} of the tests above, marked flaky. Look at them.`);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
}

/** Says how it went, and fails the process if anything did; returns the sums. */
export function closeTally() {
  const { passed, failed, skipped } = counted;
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
  return counted;
}
