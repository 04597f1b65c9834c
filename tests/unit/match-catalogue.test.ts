import 'fake-indexeddb/auto';
import type { Matches } from 'attune';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nextTask } from '../one-hot.js';
import {
  clearThings,
  closeThings,
  encoder,
  fileOf,
  open,
  type Thing,
  thing,
  THINGS,
  warnings,
} from '../open-things.js';

beforeEach(clearThings);
afterEach(closeThings);

/** Ids, scores and items. */
const whole = (found: Matches<Thing>): unknown => [...found];

/** Every third item says what others say, so that equal scores and copies are the rule; of some nothing is known. */
const FEW: readonly Thing[] = THINGS.slice(0, 120).map((each, i) =>
  i % 3 === 0 ? { ...each, title: `shared ${i % 9}.` } : each,
);

test('a catalogue is looked through as all its items are, ties, copies and unknown ones included', async () => {
  const attune = await open();
  const items = await attune.openCatalogue(fileOf(FEW));
  for (const limit of [20, 5000]) {
    const found = await attune.search('shared words', { items, limit });
    expect(whole(found)).toEqual(whole(await attune.search('shared words', { items: FEW, limit })));
    expect(found).toMatchObject({ partial: false, modelVersion: 'hashed-1' });
    for (const one of [FEW[3]!, FEW[1]!, thing(9, 'shared 3.')]) {
      const like = await attune.related(one, { items, limit });
      expect(whole(like)).toEqual(whole(await attune.related(one, { items: FEW, limit })));
      expect(like.map(({ item }) => item.title)).not.toContain(one.title);
    }
  }
  expect(warnings).toEqual([]);
});

test('what was added is found, what was removed or hidden is not, and a text of only copies ends', async () => {
  const attune = await open();
  const items = await attune.openCatalogue(fileOf(FEW));
  const other = thing(9000, 'quite another.');
  await items.add([other]);
  expect((await attune.related('quite another.', { items, limit: 1 }))[0]!.id).not.toBe('t9000');
  expect((await attune.search('quite another.', { items, limit: 1 }))[0]).toMatchObject({ id: 't9000', item: other });
  const [first, second] = await attune.related(other, { items });
  await items.remove([first!.id]);
  expect((await attune.related(other, { items }))[0]).toEqual(second);
  attune.lessLike(second!.item);
  expect((await attune.related(other, { items })).map(({ id }) => id)).not.toContain(second!.id);
  const same = await attune.openCatalogue(fileOf(FEW.map(({ id }) => ({ id, title: 'the same.', year: 0 }))), {
    name: 'same',
  });
  expect(await attune.related('the same.', { items: same })).toHaveLength(0);
  expect(await attune.search('the same.', { items: same })).toHaveLength(20);
  expect(await attune.search('anything', { items, limit: 0 })).toHaveLength(0);
  expect(await attune.search('nothing', { items })).toHaveLength(0);
  expect(await attune.search('anything', { items: await attune.openCatalogue(undefined, { name: 'new' }) })).toEqual(
    Object.assign([], { partial: false, modelVersion: 'hashed-1' }),
  );
});

test('a catalogue of another model is compared with nothing, and says so', async () => {
  const attune = await open({ encoder: encoder('hashed-2') });
  const items = await attune.openCatalogue(fileOf(FEW));
  const found = await attune.search('words', { items });
  expect([found.length, found.partial]).toEqual([0, true]);
  await nextTask();
  expect(warnings.map(({ message }) => message).join()).toContain('hashed-1, the model in use is hashed-2');
  await items.reembed();
  expect(await attune.search('words', { items })).toMatchObject({ length: 20, partial: false });
});

test('what is neither items nor a catalogue, and an abort, are refused', async () => {
  const attune = await open();
  await expect(attune.search('words', { items: {} as never })).rejects.toMatchObject({ code: 'input/invalid' });
  const items = await attune.openCatalogue(fileOf(FEW));
  const reason = new Error('enough');
  await expect(attune.related('words', { items, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
