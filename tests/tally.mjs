// Runs steps and suites in turn and sums what passed and failed, for the lines a test run closes with.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const counted = { passed: 0, failed: 0, skipped: 0, failures: [] };
const times = [];

/** Runs a command under its name; resolves with whether it ended well. */
function run(name, command, args) {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  times.push(`${name} ${Math.round((performance.now() - start) / 1000)} s`);
  return status === 0;
}

/** One check that either holds or doesn't. */
export function step(name, command, ...args) {
  const isGood = run(name, command, args);
  add(isGood ? { passed: 1 } : { failed: 1, failures: [name] });
  return isGood;
}

/** Checks that don't need each other, side by side; what each says comes when all are done. */
export async function together(...checks) {
  const start = performance.now();
  const done = await Promise.all(checks.map(([name, command, ...args]) => quietly(name, command, args)));
  for (const { name, isGood, said } of done) {
    console.log(`\n── ${name}\n${said.trimEnd()}`);
    add(isGood ? { passed: 1 } : { failed: 1, failures: [name] });
  }
  times.push(`${checks.map(([name]) => name).join(', ')} ${Math.round((performance.now() - start) / 1000)} s`);
}

function quietly(name, command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
    child.on('error', (error) => resolve({ name, isGood: false, said: String(error) }));
    child.on('close', (status) => resolve({ name, isGood: status === 0, said }));
  });
}

/** A test runner that leaves a report: its own counts go into the sum. */
export function suite(name, report, count, command, ...args) {
  const isGood = run(name, command, args);
  let counts = { passed: 0, failed: 0 };
  try {
    counts = count(JSON.parse(readFileSync(report, 'utf8')));
  } catch (error) {
    console.error(`${name} left no report: ${error.message}`);
  }
  const ranNothing = counts.passed === 0 && !counts.skipped; // a suite that ran nothing has not passed
  if (counts.failed === 0 && (ranNothing || !isGood))
    counts = { ...counts, failed: 1, failures: [`${name}, as a whole`] };
  add(counts);
}

function add({ passed = 0, failed = 0, skipped = 0, failures = [] }) {
  counted.passed += passed;
  counted.failed += failed;
  counted.skipped += skipped;
  counted.failures.push(...failures);
}

/** Something that can't be tested here, and how it could be. */
export function skip(name, wayOut) {
  console.log(`\nSKIPPED ${name}: ${wayOut}`);
  counted.skipped++;
}

export function fromVitest({ numPassedTests, numFailedTests, testResults }) {
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [`${name}: ${message}`]; // the file itself
    return failed.map(({ fullName, failureMessages }) => `${name}: ${fullName}\n${failureMessages.join('\n')}`);
  });
  return { passed: numPassedTests, failed: numFailedTests, failures };
}

export const fromTally = (report) => report;

export function fromPlaywright({ stats, suites }) {
  if (stats.flaky > 0)
    console.log(`\nAT SECOND TRY ONLY: ${stats.flaky} of the tests above, marked flaky. Look at them.`);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, failures: suites.flatMap(unexpected) };
}

function unexpected({ specs, suites = [] }) {
  const failed = specs.filter((spec) => spec.tests.some(({ status }) => status === 'unexpected'));
  return [...failed.map(({ file, title }) => `${file}: ${title}`), ...suites.flatMap(unexpected)];
}

/** Says how it went, what took how long and what failed, and fails the process if anything did; returns the sums. */
export function closeTally() {
  const { passed, failed, skipped, failures } = counted;
  console.log(`\nTook: ${times.join(', ')}`);
  for (const failure of failures) console.log(`\nFAILED ${failure.slice(0, 1500)}`);
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 ? 1 : 0;
  return counted;
}
