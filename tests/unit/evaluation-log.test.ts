import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readLog } from '../../src/cli/read-log.js';
import { seeded } from '../../src/core/random.js';
import { createLog, type EvaluationLog, type LogRow } from '../../src/lab/evaluation/log.js';
import { ASKS, planOf } from '../../src/lab/evaluation/protocol.js';
import { exportOf } from '../../src/lab/log.js';
import { drawSessions } from '../../src/lab/sessions.js';
import { createWorld } from '../../src/lab/world.js';

const folder = mkdtempSync(join(tmpdir(), 'attune-logs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const invalid = expect.objectContaining({ name: 'AttuneError', code: 'input/invalid' });

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const row = (user: string, itemId: string, at: number, kind = 'click'): LogRow => ({ user, itemId, at, kind });
const kindWeights = { click: 1, dislike: -1 };
const itemsOf = (log: EvaluationLog): string[] => Array.from(log.item, (item) => log.items[item]!.id);

test('MovieLens’ folder: stars become kinds, movies texts, whatever its lines end with; tags are left alone', () => {
  const path = join(folder, 'ml');
  mkdirSync(path);
  writeFileSync(
    join(path, 'ratings.csv'),
    'userId,movieId,rating,timestamp\r\n1,7,4.5,1000000000\r\n1,8,3.0,1000000001\n2,7,0.5,1000000002\n',
  );
  writeFileSync(
    join(path, 'movies.csv'),
    'movieId,title,genres\r\n7,"American President, The (1995)",Comedy|Drama\n8,Heat (1995),\n',
  );
  writeFileSync(join(path, 'tags.csv'), 'userId,movieId,tag,timestamp\n1,7,spoiler,1600000000\n');
  const { rows, texts, kindWeights, rejected } = readLog(path);
  expect(rejected).toEqual([]);
  expect(rows.map(({ kind }) => kindWeights[kind])).toEqual([1, 0.3, -0.3]);
  expect(rows[0]).toEqual({ user: '1', itemId: '7', kind: 'liked', at: 1e12 });
  expect([...texts.values()]).toEqual(['American President, The (1995). Comedy, Drama.', 'Heat (1995).']);
});

test('an action log says the same in CSV and in JSON, of all its users', () => {
  const csv =
    'timestamp,user_id,action_type,content,weight\n2026-11-20T18:30:00Z,ann,save,"Piano, quietly",2\n2026-11-20T18:31:00Z,bo,click,Drums,\n';
  const json = [
    { timestamp: '2026-11-20T18:30:00Z', user_id: 'ann', action_type: 'save', content: 'Piano, quietly', weight: 2 },
    { timestamp: Date.UTC(2026, 10, 20, 18, 31), user_id: 'bo', action_type: 'click', content: 'Drums' },
  ];
  const [a, b] = [readLog(file('actions.csv', csv)), readLog(file('actions.json', JSON.stringify(json)))];
  expect(b).toEqual(a);
  expect(a.rows.map(({ user, weight }) => [user, weight])).toEqual([
    ['ann', 2],
    ['bo', undefined],
  ]);
  expect([...a.texts.values()]).toEqual(['Piano, quietly', 'Drums']);
});

test('any CSV of who did what when, its columns found by name or named; rows that make no sense are told', () => {
  const text = 'visitorid,who,itemid,time,event\nv1,a,x,1700000000,view\nv1,a,y,never,view\n,b,x,1700000001,purchase\n';
  const source = readLog(file('shop.csv', text));
  expect(source.rows.map(({ user, kind }) => [user, kind])).toEqual([
    ['v1', 'view'],
    ['default', 'purchase'],
  ]);
  expect(source.rejected).toEqual([{ row: 1, reason: expect.stringContaining('never') as string }]);
  expect(readLog(file('shop.csv', text), { user: 'WHO' }).rows.map(({ user }) => user)).toEqual(['a', 'b']);
  expect(() => readLog(file('shop.csv', text), { item: 'sku' })).toThrow(invalid);
  expect(() => readLog(file('none.csv', 'a,b\n1,2\n'))).toThrow(invalid);
  expect(() => readLog(join(folder, 'missing.csv'))).toThrow(invalid);
});

test('a folder of exports is one log, each person named by their file', () => {
  const world = createWorld({ seed: 3, items: 20, people: 2 });
  const path = join(folder, 'people');
  mkdirSync(path);
  world.people.forEach((person, i) =>
    writeFileSync(
      join(path, `${person.id}.json`),
      JSON.stringify(exportOf(drawSessions(world, person, { count: 3 }), seeded(i))),
    ),
  );
  const { rows, texts } = readLog(path);
  expect(new Set(rows.map(({ user }) => user))).toEqual(new Set(['person-0', 'person-1']));
  expect([...texts.values()]).toContain(world.items[0]!.text);
});

test('events of one instant come in an order of chance, the same for one seed, and not as in the file or by item', () => {
  const rows = Array.from({ length: 40 }, (_, i) => row('u', `i${i}`, 5));
  const [a, b, c] = [1, 1, 2].map((seed) => itemsOf(createLog(rows, new Map(), { kindWeights, seed })));
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
  expect(a).not.toEqual(rows.map(({ itemId }) => itemId));
  expect([...a!].sort()).toEqual(rows.map(({ itemId }) => itemId).sort());
});

test('a core of n keeps items and people that have n actions of each other, and nothing of what leaves with the others', () => {
  const rows = [
    row('a', 'x', 1),
    row('a', 'y', 2),
    row('b', 'x', 3),
    row('b', 'y', 4),
    row('c', 'x', 5),
    row('c', 'z', 6),
  ];
  const log = createLog(rows, new Map([['q', 'nobody']]), { kindWeights, core: 2 });
  expect([log.users, itemsOf(log)]).toEqual([
    ['a', 'b'],
    ['x', 'y', 'x', 'y'],
  ]);
  expect(() => createLog(rows, new Map(), { kindWeights, core: 4 })).toThrow(invalid);
});

test('what nobody acted on is ranked too', () => {
  const log = createLog([row('a', 'x', 1)], new Map([['q', 'nobody']]), { kindWeights });
  expect(log.items).toEqual([
    { id: 'q', text: 'nobody' },
    { id: 'x', text: '' },
  ]);
});

test('what came of impressions is attributed as in the product, and known when their window has closed', () => {
  const minute = 60_000;
  const rows = [
    row('a', 'x', minute, 'impression'),
    row('a', 'y', 2 * minute, 'impression'),
    row('a', 'x', 3 * minute),
    row('b', 'y', 4 * minute, 'dislike'),
    row('a', 'z', 100 * minute, 'impression'),
  ];
  const log = createLog(rows, new Map(), { kindWeights });
  expect([...log.y]).toEqual([1, 0, -1, -1, -1]); // the last window is open when the log ends
  expect([...log.knownAt].slice(0, 2)).toEqual([31 * minute, 32 * minute]);
  const acts = createLog(
    rows.filter(({ kind }) => kind !== 'impression'),
    new Map(),
    { kindWeights },
  );
  expect([...acts.y]).toEqual([1, 0]);
});

test('last-out asks for the last fifth of each log, each item once, and never for anybody’s only action', () => {
  const rows = [
    ...Array.from({ length: 10 }, (_, i) => row('a', `i${i}`, i)),
    row('b', 'i0', 20),
    row('b', 'i1', 21),
    row('c', 'i2', 30),
    row('d', 'i3', 40),
    row('d', 'i3', 41),
  ];
  const log = createLog(rows, new Map(), { kindWeights });
  const asked = (plan: ReturnType<typeof planOf>): string[] =>
    Array.from(plan.asks, (asks, e) =>
      (asks & ASKS.item) === 0 ? '' : `${log.users[log.user[e]!]}${log.at[e]!}`,
    ).filter(Boolean);
  expect(asked(planOf(log, { kind: 'last-out' }))).toEqual(['a8', 'a9', 'b21']);
  expect(asked(planOf(log, { kind: 'last-out', share: 0 }))).toEqual(['a9', 'b21']);
  expect(asked(planOf(log, { kind: 'last-out', repeats: true }))).toEqual(['a8', 'a9', 'b21', 'd41']);
  const global = planOf(log, { kind: 'global', share: 0.3 });
  expect(asked(global)).toEqual(['b20', 'b21', 'c30', 'd40']);
  expect([...global.offered]).toEqual(log.items.map(() => 1));
});

test('under global, what nobody had seen before the cut is not offered, and who wants it is missed', () => {
  const log = createLog([row('a', 'x', 1), row('a', 'y', 2), row('b', 'x', 3), row('b', 'new', 4)], new Map(), {
    kindWeights,
  });
  const plan = planOf(log, { kind: 'global', share: 0.4 });
  expect(log.items.filter((_, i) => plan.offered[i] === 0).map(({ id }) => id)).toEqual(['new']);
  expect(plan.until).toBe(2);
});

test('protocols that make no sense are refused', () => {
  const log = createLog([row('a', 'x', 1)], new Map(), { kindWeights });
  expect(() => planOf(log, { kind: 'last-out' })).toThrow(invalid); // nobody did anything twice
  expect(() => planOf(log, { kind: 'global', share: 0 })).toThrow(invalid);
  expect(() => planOf(log, { kind: 'last-out', share: 1 })).toThrow(invalid);
});
