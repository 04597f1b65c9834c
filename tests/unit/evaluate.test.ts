import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildTable } from '../../src/cli/build-table.js';
import { evaluateLog } from '../../src/cli/evaluate.js';
import { seeded } from '../../src/core/random.js';
import { exportOf } from '../../src/lab/log.js';
import { drawSessions } from '../../src/lab/sessions.js';
import { createWorld } from '../../src/lab/world.js';
import type { Evaluation } from '../../src/lab/evaluation/summary.js';

const folder = mkdtempSync(join(tmpdir(), 'attune-eval-'));
const data = join(folder, 'people');
const out = join(folder, 'report');
afterAll(() => rmSync(folder, { recursive: true }));

const few = join(folder, 'few');

beforeAll(() => {
  for (const [path, count] of [
    [data, 16],
    [few, 6],
  ] as const) {
    const world = createWorld({ seed: 9, items: 50, people: 8 });
    mkdirSync(path);
    for (const [i, person] of world.people.entries()) {
      const visits = drawSessions(world, person, { count });
      writeFileSync(join(path, `${person.id}.json`), JSON.stringify(exportOf(visits, seeded(i))));
    }
  }
});

let [said, printed] = ['', ''];
beforeEach(() => {
  [said, printed] = ['', ''];
  rmSync(out, { recursive: true, force: true });
});

const evaluated = (given: readonly string[], signal?: AbortSignal): Promise<number> =>
  evaluateLog([...given, '--resamples', '20'], {
    say: (text) => (said += text),
    print: (text) => (printed += text),
    ...(signal && { signal }),
  });
const run = (given: readonly string[] = [], signal?: AbortSignal): Promise<number> =>
  evaluated([few, '--model', 'none', ...given], signal);
const report = (): Evaluation => JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Evaluation;

test('a log becomes a table for the terminal, a JSON file of all numbers and a page that needs nothing else', async () => {
  expect(await evaluated([data, '--model', 'public/models/lite/lite.attune', '-o', out])).toBe(0);
  const { rankers, log } = report();
  const names = rankers.map(({ name }) => name);
  expect(names).toEqual([
    'random',
    'popularity',
    'recency',
    'item-kNN',
    'transitions',
    'weighted mean',
    'weighted mean + popularity',
    'weighted mean by place',
    'attune',
  ]);
  expect(log.askedPeople).toBe(8);
  expect(said).toMatch(/(\d+) of \1 questions/);
  const html = readFileSync(join(out, 'report.html'), 'utf8');
  expect(html).not.toMatch(/<script|\bsrc=|\bhref=|url\(|@import|https?:/);
  expect(html).toContain("default-src 'none'");
  for (const name of names) {
    expect(printed).toContain(name);
    expect(html.split(`>${name}<`).length).toBeGreaterThan(3); // in a table, and in more than one plot
  }
  expect(html.match(/<svg/g)!.length).toBe(5 + rankers.filter(({ probabilities }) => probabilities !== null).length);
  expect(html).not.toMatch(/NaN|undefined|Infinity/);
  const { measures, probabilities } = rankers[0]!;
  expect(measures.ndcg.low).toBeLessThanOrEqual(measures.ndcg.value);
  expect(probabilities!.logLoss.low).toBeLessThan(probabilities!.logLoss.high);
  expect(existsSync(join(out, 'answers.part'))).toBe(false);
});

test('a run that was stopped, and lost half an answer, goes on to the report of one that was not', async () => {
  await run(['-o', out]);
  const whole = report();
  rmSync(out, { recursive: true });
  const controller = new AbortController();
  controller.abort();
  expect(await run(['-o', out], controller.signal)).toBe(130);
  expect(said).toContain('goes on from here');
  const part = join(out, 'answers.part');
  truncateSync(part, readFileSync(part).length - 5);
  [said, printed] = ['', ''];
  expect(await run(['-o', out])).toBe(0);
  expect(said).toContain('goes on after 63 of');
  expect(report()).toEqual(whole);
});

test('rankers asked for by name are measured alone, as among the others', async () => {
  await run(['-o', out]);
  const { rankers } = report();
  rmSync(out, { recursive: true });
  await run(['-o', out, '--only', 'popularity, transitions']);
  expect(report().rankers).toEqual(rankers.filter(({ name }) => ['popularity', 'transitions'].includes(name)));
  await expect(run(['--only', 'best'])).rejects.toMatchObject({ code: 'input/invalid' });
});

test('answers to other questions are not taken for its own', async () => {
  const controller = new AbortController();
  controller.abort();
  await run(['-o', out], controller.signal);
  await run(['-o', out, '--seed', '2']);
  expect(said).not.toContain('goes on after');
});

test('transitions from a log give the same bytes each time, and are a ranker more where they are older than what is asked', async () => {
  const table = (name: string, ...more: string[]): Promise<number> =>
    buildTable([few, '-o', join(folder, name), ...more], (text) => (said += text));
  expect([await table('one.attune'), await table('two.attune')]).toEqual([0, 0]);
  expect(readFileSync(join(folder, 'one.attune')).equals(readFileSync(join(folder, 'two.attune')))).toBe(true);
  const asks = ['--protocol', 'global', '--table'];
  await expect(run([...asks, join(folder, 'one.attune')])).rejects.toMatchObject({
    code: 'input/invalid',
    message: expect.stringContaining('knows answers') as string,
  });
  await table('old.attune', '--until', '2025-09-03');
  await run([...asks, join(folder, 'old.attune')]);
  expect(printed).toContain('transitions, table');
});

test.each([
  [['--protocol', 'leave-one-out'], 'last-out or global'],
  [['--share', '2'], 'between 0 and 1'],
  [['--core', '0'], 'whole number'],
  [['--depth', '3'], 'attune eval --help'],
  [['--against', 'oracle'], 'The rankers are random'],
  [['another.csv'], 'Name one file'],
])('arguments that make no sense are refused: %j', async (given, wayOut) => {
  await expect(run(given)).rejects.toMatchObject({
    code: 'input/invalid',
    message: expect.stringContaining(wayOut) as string,
  });
});

test('a change of taste is heeded by a ranker more, where it is asked for', async () => {
  const model = ['--model', 'public/models/lite/lite.attune', '-o', out];
  await evaluated([few, ...model, '--drift', '--interests']);
  const names = report().rankers.map(({ name }) => name);
  expect(names.slice(-3)).toEqual(['attune + interests', 'attune + drift', 'attune']);
});
