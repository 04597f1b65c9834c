import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** A stranger's folder, with the package installed and nothing else: linked, or in a long run from its tarball, which takes 20 s. */
const folder = mkdtempSync(join(tmpdir(), 'attune-stranger-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', ...flags, process.env['SOAK'] === '1' ? process.cwd() : packed()], { cwd: folder });
}, 120_000);

function packed(): string {
  const to = ['--pack-destination', folder];
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...to], { encoding: 'utf8' });
  const [{ filename }] = JSON.parse(answer) as [{ filename: string }];
  return join(folder, filename);
}

const attune = (...args: string[]): SpawnSyncReturns<string> =>
  spawnSync('node_modules/.bin/attune', args, { cwd: folder, encoding: 'utf8' });

test('a stranger installs the package and indexes 1,000 items, twice to the same bytes', () => {
  const demo = JSON.parse(readFileSync('demo/catalog.json', 'utf8')) as { id: string; title: string }[];
  const items = Array.from({ length: 1000 }, (_, i) => {
    const item = demo[i % demo.length]!;
    return { ...item, id: `${item.id}-${i}`, title: `${item.title}, part ${1 + Math.floor(i / demo.length)}` };
  });
  writeFileSync(join(folder, 'items.jsonl'), items.map((item) => JSON.stringify(item)).join('\n'));
  const files = ['one.attune', 'two.attune'].map((out) => {
    const { status, stdout, stderr } = attune('index', 'items.jsonl', '-o', out);
    expect([status, stdout], stderr).toEqual([0, '']);
    return readFileSync(join(folder, out));
  });
  expect(files[0]!.length).toBeGreaterThan(1000 * 256 * 5);
  expect(files[0]!.equals(files[1]!)).toBe(true);
});

test('exit statuses: 0 for help, 1 where lines were left out, 2 where nothing was made', () => {
  expect(attune('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('attune index') as string });
  expect(attune('index', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--text') as string });
  writeFileSync(join(folder, 'some.jsonl'), '{"id":"a","title":"a garden"}\nnope\n');
  expect(attune('index', 'some.jsonl', '-o', 'some.attune')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('some.jsonl:2: ') as string,
  });
  for (const args of [[], ['nonsense'], ['index'], ['index', 'none.jsonl', '-o', 'none.attune']]) {
    expect(attune(...args).status, args.join(' ')).toBe(2);
  }
});

test('a stranger evaluates a log of their own, with the encoder that came along', () => {
  const rows = Array.from(
    { length: 60 },
    (_, i) => `u${i % 6},${['quiet garden', 'loud engine', 'warm kitchen'][(i % 5) % 3]} ${i % 13},${1.7e9 + i},click`,
  );
  writeFileSync(join(folder, 'clicks.csv'), ['user,content,timestamp,action_type', ...rows].join('\n'));
  expect(attune('transitions', 'clicks.csv', '-o', 'next.attune').status).toBe(0);
  const { status, stdout, stderr } = attune('eval', 'clicks.csv', '-o', 'report', '--resamples', '20');
  expect([status, stdout], stderr).toEqual([0, expect.stringContaining('attune')]);
  expect(readFileSync(join(folder, 'report', 'report.html'), 'utf8')).toContain('<svg');
  expect(attune('eval', 'none.csv').status).toBe(2);
});

test('a stranger makes a file of priors, and a log of too few people makes none', () => {
  const rows = Array.from({ length: 25 }, (_, i) => `u${i},quiet garden ${i % 2},${1.7e9 + i},click,student`);
  writeFileSync(join(folder, 'people.csv'), `user_id,content,timestamp,action_type,segment\n${rows.join('\n')}\n`);
  const { status, stderr } = attune('priors', 'people.csv', '-o', 'priors.json');
  expect(status, stderr).toBe(0);
  const file = JSON.parse(readFileSync(join(folder, 'priors.json'), 'utf8')) as { groups: object };
  expect(Object.keys(file.groups)).toEqual(['segment=student']);
  expect(attune('priors', 'people.csv', '-o', 'none.json', '--least', '26').status).toBe(2);
});
