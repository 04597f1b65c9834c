import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liteEncoder } from 'attune/core';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { readEntry } from '../../src/core/build-catalogue.js';
import { idOf } from '../../src/core/catalogue-index.js';
import { indexItems } from '../../src/cli/index-items.js';
import { openBytes } from '../catalogues.js';

const MODEL = 'public/models/lite/lite.attune';
const folder = mkdtempSync(join(tmpdir(), 'attune-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const items = Array.from({ length: 600 }, (_, i) => ({
  id: `item-${i}`,
  title: `A ${['quiet', 'loud', 'warm'][i % 3]} ${['garden', 'engine', 'harbour', 'kitchen'][i % 4]}, number ${i}`,
}));
const out = join(folder, 'catalog.attune');
const input = join(folder, 'items.jsonl');
let said = '';

beforeEach(() => {
  said = '';
  writeFileSync(input, items.map((item) => JSON.stringify(item)).join('\n'));
  for (const file of [out, `${out}.part`]) rmSync(file, { force: true });
});

const run = (...more: string[]): Promise<number> =>
  indexItems([input, '-o', out, '--model', MODEL, ...more], (text) => (said += text));

test('items become a catalogue of lite’s rows, in their order, with the items as they were', async () => {
  expect(await run()).toBe(0);
  const file = await openBytes(Uint8Array.from(readFileSync(out)));
  const lite = liteEncoder(Uint8Array.from(readFileSync(MODEL)).buffer);
  expect(file.index.modelVersion).toBe(lite.modelVersion);
  const { data } = await lite.encode(items.map(({ title }) => `${title}.`));
  const all = [...items.keys()];
  expect(await file.readRows(all)).toEqual(data);
  expect(all.map((row) => idOf(file.index, row))).toEqual(items.map(({ id }) => id));
  const stored = (await file.readEntries(all)).map((entry) => JSON.parse(readEntry(entry).json) as unknown);
  expect(stored).toEqual(items);
  expect(said).toContain('600 of 600 items');
  expect(existsSync(`${out}.part`)).toBe(false);
});

test('the same items give the same bytes, also when a run goes on where another was interrupted', async () => {
  await run();
  const whole = readFileSync(out);
  rmSync(out);
  mkdirSync(`${out}.new`); // in the way of the file itself
  await expect(run()).rejects.toThrow();
  const { length } = readFileSync(`${out}.part`);
  truncateSync(`${out}.part`, 400_123); // in the middle of a row
  await expect(run()).rejects.toThrow();
  expect(readFileSync(`${out}.part`)).toHaveLength(length); // each row once, none cut off
  rmSync(`${out}.new`, { recursive: true });
  await run();
  expect(readFileSync(out).equals(whole)).toBe(true);
});

test('rows of an interrupted run are used, and those of another model are not', async () => {
  mkdirSync(`${out}.new`);
  await expect(run()).rejects.toThrow();
  rmSync(`${out}.new`, { recursive: true });
  const part = readFileSync(`${out}.part`);
  const title = part.indexOf(10) + 1;
  part.fill(0, title + 16, title + 16 + 1024); // the first item's row
  writeFileSync(`${out}.part`, part);
  await run();
  expect((await openBytes(Uint8Array.from(readFileSync(out)))).unknown).toEqual([0]);
  part.write('attune-rows-0');
  writeFileSync(`${out}.part`, part);
  await run();
  expect((await openBytes(Uint8Array.from(readFileSync(out)))).unknown).toEqual([]);
});

test('lines that hold no item are named by their numbers and left out', async () => {
  const lines = [
    JSON.stringify(items[0]),
    '{"id": "broken", ',
    '',
    '[1, 2]',
    '{"title": "no id"}',
    '{"id": "no text"}',
    JSON.stringify({ ...items[0], title: 'again' }),
    '{"id": "\\ud800", "title": "half a character"}',
    'null',
    JSON.stringify(items[1]),
  ];
  writeFileSync(input, `\uFEFF${lines.join('\r\n')}\r\n`);
  expect(await run()).toBe(1);
  const numbers = [...said.matchAll(/items\.jsonl:(\d+): /g)].map(([, line]) => Number(line));
  expect(numbers).toEqual([2, 4, 5, 6, 7, 8, 9]);
  expect(said).toContain('Line 1 has it already');
  expect((await openBytes(Uint8Array.from(readFileSync(out)))).table.slots).toBe(2);
});

test('id and text come from the fields that are named, and other fields stay in the item', async () => {
  writeFileSync(input, '{"sku": 12, "body": "a warm kitchen", "price": 3}\n{"sku": 13, "body": "zzzzqqq"}');
  expect(await run('--id', 'sku', '--text', 'body')).toBe(0);
  const file = await openBytes(Uint8Array.from(readFileSync(out)));
  expect([idOf(file.index, 0), idOf(file.index, 1)]).toEqual(['12', '13']);
  expect(JSON.parse(readEntry((await file.readEntries([0]))[0]!).json)).toEqual({
    sku: 12,
    body: 'a warm kitchen',
    price: 3,
  });
});

test.each([
  [['nowhere.jsonl', '-o', out], 'There is no such file'],
  [[input], '-o catalog.attune'],
  [[], 'Name one file'],
  [[input, '-o', out, '--depth', '3'], 'attune index --help'],
  [[input, '-o', out, '--model', 'minilm'], 'models/lite/lite.attune'],
])('arguments that make no sense are refused: %j', async (given, wayOut) => {
  await expect(indexItems(given, () => undefined)).rejects.toMatchObject({
    code: 'input/invalid',
    message: expect.stringContaining(wayOut) as string,
  });
});

test('a transformer and a damaged model are refused with a code of their own', async () => {
  const withModel = (model: string): Promise<number> =>
    indexItems([input, '-o', out, '--model', model], () => undefined);
  await expect(withModel('tests/fixtures/hub')).rejects.toMatchObject({ code: 'encoder/unavailable' });
  await expect(withModel('package.json')).rejects.toMatchObject({ code: 'model/corrupt' });
});

test('a file without any item makes nothing', async () => {
  writeFileSync(input, '\n\nnope\n');
  await expect(run()).rejects.toMatchObject({ code: 'input/invalid' });
  expect(existsSync(out)).toBe(false);
});
