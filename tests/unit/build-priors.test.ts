import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import '../allclose.js';
import { buildPriors } from '../../src/cli/build-priors.js';
import { type PriorsFile, readPriors } from '../../src/core/priors-file.js';
import { liteEncoder } from '../../src/headless.js';
import { priorsOf } from '../../src/lab/evaluation/build-priors.js';
import { createLog, type LogRow } from '../../src/lab/evaluation/log.js';
import { sourceOfExport } from '../../src/lab/evaluation/sources.js';

const folder = mkdtempSync(join(tmpdir(), 'attune-priors-'));
afterAll(() => rmSync(folder, { recursive: true }));
const out = join(folder, 'priors.json');

/** Four items, one axis each; the last is not understood. */
const ITEMS = ['a', 'b', 'c', 'd'];
const rows = { dim: 3, data: Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]) };
const kindWeights = { click: 1, save: 3, hide: -1 };
const like = (user: string, itemId: string, more: Partial<LogRow> = {}): LogRow => ({
  ...{ user, itemId, kind: 'click', at: 1 },
  ...more,
});
const made = (likes: readonly LogRow[], least = 2, until = Infinity): PriorsFile => {
  const log = createLog(likes, new Map(ITEMS.map((id) => [id, id])), { kindWeights });
  return priorsOf(log, rows, { modelVersion: 'axes-1', least, until });
};
const phone = { context: { device: 'phone' } };

test('each person counts the same in a group, however much they did, and once for an item', () => {
  const often = Array.from({ length: 50 }, () => like('u1', 'a', phone));
  const { groups, items, people } = made([...often, like('u2', 'b', { ...phone, kind: 'save' }), like('u2', 'a')]);
  expect(people).toBe(2);
  expect(Object.keys(groups)).toEqual(['device=phone']);
  const { direction, people: acted } = groups['device=phone']!;
  expect(acted).toBe(2);
  expect(direction[0]).toBe(direction[1]); // both tastes in equal parts
  expect(direction[2]).toBeLessThan(0); // centred
  expect(items).toEqual([['a', 2]]);
});

test('groups and items of fewer people than asked are left out, and where nothing is left that is an error', () => {
  const likes = [like('u1', 'a', phone), like('u2', 'a'), like('u3', 'b', phone), like('u3', 'b')];
  expect(made(likes)).toMatchObject({ groups: { 'device=phone': { people: 2 } }, items: [['a', 2]], least: 2 });
  expect(() => made(likes, 3)).toThrow('no group is of so many');
});

test('what was refused, what was only shown, what is not understood and what came later point nowhere', () => {
  const likes = ['u1', 'u2'].flatMap((user) => [
    like(user, 'a', phone),
    like(user, 'b', { ...phone, kind: 'hide' }),
    like(user, 'b', { ...phone, kind: 'impression' }),
    like(user, 'd', phone),
    like(user, 'c', { ...phone, at: 9 }),
  ]);
  const file = made(likes, 2, 5);
  expect(file.items).toEqual([
    ['a', 2],
    ['d', 2],
  ]);
  expect(file.until).toBe(1);
  const alone = made(['u1', 'u2'].map((user) => like(user, 'a', phone)));
  expect(file.groups['device=phone']!.direction).toEqual(alone.groups['device=phone']!.direction);
  expect(file.popular).toEqual(alone.popular);
});

test('exports tell of visits as rows do', () => {
  const interactions = [{ id: '1', kind: 'click', itemId: 'a', at: 1, context: { segment: 'cook', page: 'home' } }];
  const items = [{ id: 'a', text: 'a', title: 'a' }];
  const source = sourceOfExport(
    { format: 'attune-export', version: 1, exportedAt: 1, interactions, items, sliders: {} },
    'me',
  );
  expect(createLog(source.rows, source.texts, source).contexts).toEqual([{ segment: 'cook', page: 'home' }]);
});

const input = join(folder, 'log.csv');
const texts = join(folder, 'items.csv');
const MODEL = 'public/models/lite/lite.attune';
writeFileSync(texts, 'id,text\ni0,a quiet garden\ni1,a loud engine\ni2,a warm kitchen\n');
writeFileSync(
  input,
  `user,item,at,group,device,hour\n${Array.from({ length: 60 }, (_, u) =>
    [0, 1].map((n) => `u${u},i${(u + n) % 2},${1.7e9 + n},${u % 2 ? 'driver' : 'gardener'},${u ? '' : 'phone'},21`),
  )
    .flat()
    .join('\n')}\n`,
);
let said = '';
const run = (...more: string[]): Promise<number> =>
  buildPriors([input, '--items', texts, '--model', MODEL, '-o', out, ...more], (text) => (said += text));

test('a log becomes a file that a page reads, the same each time, without small groups', async () => {
  expect(await run('--segment', 'group')).toBe(0);
  const first = readFileSync(out, 'utf8');
  const file = JSON.parse(first) as PriorsFile;
  expect(Object.keys(file.groups)).toEqual(['hour=18', 'segment=driver', 'segment=gardener']);
  expect(said).toContain('3 groups and 2 items of 20 people or more');
  const { groups, modelVersion, popularity } = readPriors(first);
  const lite = liteEncoder(Uint8Array.from(readFileSync(MODEL)).buffer);
  expect(modelVersion).toBe(lite.modelVersion);
  expect([...popularity]).toEqual([
    ['i0', 1],
    ['i1', 1],
  ]);
  expect(groups.get('segment=driver')).toHaveLength(lite.dim);
  rmSync(out);
  await run('--segment', 'group');
  expect(readFileSync(out, 'utf8')).toBe(first);
});

test.each([
  [[input], '-o priors.json'],
  [[input, '-o', out], '--items'],
  [[input, '-o', out, '--items', texts, '--least', '0'], '--least'],
  [[input, '-o', out, '--items', texts, '--model', MODEL, '--least', '61'], 'no group is of so many'],
  [[input, '-o', out, '--segment', 'nothing'], 'nothing'],
  [[join(folder, 'none.csv'), '-o', out], 'no such file'],
])('arguments that make no sense are refused and write nothing: %j', async (given, why) => {
  rmSync(out, { force: true });
  const refused = buildPriors(given, () => undefined);
  await expect(refused).rejects.toMatchObject({
    code: 'input/invalid',
    message: expect.stringContaining(why) as string,
  });
  expect(existsSync(out)).toBe(false);
});
