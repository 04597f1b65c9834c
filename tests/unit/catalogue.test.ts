import 'fake-indexeddb/auto';
import type { Attune, Catalogue } from 'attune';
import { afterEach, beforeEach, expect, test } from 'vitest';
import '../allclose.js';
import { findBest } from '../../src/sdk/catalogue-pool.js';
import { createCatalogueRows } from '../../src/sdk/catalogue-rows.js';
import { nextTask, START, told } from '../one-hot.js';
import {
  clearThings,
  closeThings,
  encoder,
  fileOf,
  live,
  open,
  type Thing,
  thing,
  THINGS,
  warnings,
} from '../open-things.js';

beforeEach(clearThings);
afterEach(closeThings);

/** That a catalogue is ranked as the same items are by another Attune, scores to rounding of the statistics. */
async function expectSame(
  attune: Attune<Thing>,
  catalogue: Catalogue<Thing>,
  items: readonly Thing[],
  limit = 30,
): Promise<void> {
  const other = await open();
  await live(other);
  const [ours, theirs] = [await attune.rank(catalogue, { limit }), await other.rank(items, { limit })];
  expect(ours.map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
  expect(ours.map(({ score }) => score)).toBeAllclose(
    theirs.map(({ score }) => score),
    { rtol: 1e-9, atol: 1e-9 },
  );
  expect(ours.map(({ terms }) => terms.map(({ name }) => name))).toEqual(
    theirs.map(({ terms }) => terms.map(({ name }) => name)),
  );
  expect(ours.map(({ item }) => item)).toEqual(theirs.map(({ item }) => item));
  expect(ours.partial).toBe(false);
}

test('a catalogue is ranked as all its items would be, item by item, term by term', async () => {
  const attune = await open();
  await live(attune);
  const catalogue = await attune.openCatalogue(fileOf(THINGS));
  expect(catalogue.size).toBe(700);
  expect(catalogue.modelVersion).toBe('hashed-1');
  await expectSame(attune, catalogue, THINGS);
  expect(warnings).toEqual([]);
});

test('one that is large enough for the kernel is ranked to the bit as its items are, and stays as it stands when they change', async () => {
  const dim = 64;
  const things = Array.from({ length: 16_400 }, (_, i) => thing(i));
  const attune = await open({ encoder: encoder('hashed-1', dim) });
  await live(attune);
  const catalogue = await attune.openCatalogue(fileOf(things, undefined, dim));
  const ranking = await attune.rank(catalogue, { limit: 30 });
  const plain = await attune.rank(ranking.map(({ item }) => item)); // by the same statistics, without the kernel
  expect(plain.map(({ terms }) => terms.length)).toEqual(Array(30).fill(4));
  expect(told(plain)).toEqual(told(ranking));
  const before = attune.rerank(ranking, { sliders: { pace: -0.4 } });
  await catalogue.remove(before.map(({ id }) => id));
  await catalogue.add(before.map(({ id }, i) => thing(5000 + i, `instead of ${id}`)));
  expect(told(attune.rerank(ranking, { sliders: { pace: -0.4 } }))).toEqual(told(before));
});

test('items of which nothing is known stand where they stand among items, however large the terms of the others', async () => {
  const things = THINGS.map(({ id }, i) => ({ id, title: i % 3 === 0 ? `nothing ${i}.` : `shared ${i}.`, year: 0 }));
  const options = { sliders: [{ id: 'axis', text: 'shared axis' }] };
  const [attune, other] = [await open(options), await open(options)];
  for (const each of [attune, other]) each.setSlider('axis', -0.7);
  const ours = await attune.rank(await attune.openCatalogue(fileOf(things)), { limit: 30 });
  const theirs = await other.rank(things, { limit: 30 });
  expect(ours.map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
});

test('items are added, changed and removed, and stay so when the page comes again', async () => {
  const attune = await open();
  await live(attune);
  const file = fileOf(THINGS);
  const catalogue = await attune.openCatalogue(file);
  const changed = thing(5, 'Quite another thing.');
  const fresh = Array.from({ length: 130 }, (_, i) => thing(1000 + i));
  await catalogue.add([changed, ...fresh]);
  expect(await catalogue.remove(['t6', 't650', 't1001', 'unknown'])).toBe(3);
  expect(catalogue.size).toBe(700 + 130 - 3);
  const now = [
    ...THINGS.filter(({ id }) => !['t5', 't6', 't650'].includes(id)),
    changed,
    ...fresh.filter(({ id }) => id !== 't1001'),
  ];
  await expectSame(attune, catalogue, now);
  expect(await catalogue.get(['t5', 't6', 't1002'])).toEqual([changed, thing(1002)]);

  const again = await open();
  await live(again);
  for (const source of [file, undefined]) {
    const kept = await again.openCatalogue(source);
    expect(kept.size).toBe(now.length);
    await expectSame(again, kept, now);
  }
  expect(warnings).toEqual([]);
});

test('a catalogue can begin empty, and is kept by name', async () => {
  const attune = await open();
  await live(attune);
  const catalogue = await attune.openCatalogue(undefined, { name: 'mine' });
  expect([catalogue.size, catalogue.modelVersion]).toEqual([0, '']);
  expect(await attune.rank(catalogue)).toHaveLength(0);
  await catalogue.add(THINGS.slice(0, 300));
  await expectSame(attune, catalogue, THINGS.slice(0, 300));
  expect((await (await open()).openCatalogue(undefined, { name: 'mine' })).size).toBe(300);
  expect((await (await open()).openCatalogue()).size).toBe(0);
});

test('another file takes the place of what is kept, changes and all', async () => {
  const attune = await open();
  const first = await attune.openCatalogue(fileOf(THINGS));
  await first.remove(['t1']);
  const second = await attune.openCatalogue(fileOf(THINGS.slice(0, 99)));
  expect(second.size).toBe(99);
  expect((await attune.openCatalogue()).size).toBe(99);
  await first.remove(['t2']);
  await nextTask();
  expect(first.size).toBe(698);
  expect((await attune.openCatalogue()).size).toBe(99); // what is kept is the other one
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('Another catalogue is kept')]);
});

test('without consent nothing of a catalogue is stored, and an erase takes what was', async () => {
  const named = async (): Promise<boolean> =>
    (await indexedDB.databases()).some(({ name }) => name === 'attune-catalogues');
  const shy = await open({ consent: 'unknown' });
  const catalogue = await shy.openCatalogue(fileOf(THINGS));
  await catalogue.add([thing(9000)]);
  expect(await named()).toBe(false);
  const attune = await open();
  await attune.openCatalogue(fileOf(THINGS));
  expect(await named()).toBe(true);
  await attune.data.erase();
  expect(await named()).toBe(false);
});

test('limits, diversity, boosts and filters rank as they do over items', async () => {
  const attune = await open();
  const other = await open();
  await Promise.all([live(attune), live(other)]);
  const catalogue = await attune.openCatalogue(fileOf(THINGS));
  let asked = 0;
  const options = {
    filter: ({ year }: Thing): boolean => year % 2 === 0,
    boosts: { young: ({ year }: Thing): number => (asked++, year / 1000) },
    diversity: 0.3,
    limit: 25,
  };
  await other.rank(THINGS); // all of them are its catalogue
  const theirs = await other.rank(THINGS, options);
  asked = 0;
  const ours = await attune.rank(catalogue, options);
  expect(ours.map(({ id, moved }) => [id, moved])).toEqual(theirs.map(({ id, moved }) => [id, moved]));
  expect(asked).toBeGreaterThanOrEqual(700);
  asked = 0;
  await attune.rank(catalogue, options);
  expect(asked).toBeLessThanOrEqual(201); // those of the pool, and the hidden one
  expect(await attune.rank(catalogue)).toHaveLength(50);
  expect(await attune.rank(catalogue, { limit: 9999 })).toHaveLength(699); // all but the hidden one
  expect(await attune.rank(catalogue, { limit: 0 })).toHaveLength(0);
});

test('rules lift items into a catalogue’s ranking as they do over items, and fade with time', async () => {
  let now = START;
  const rules = [
    { name: 'old', when: ({ year }: Thing) => year < 1910, effect: 0.2 },
    { name: 'last', phrase: 'last of all', effect: 5, halfLifeMs: 1000, since: START },
  ];
  const [attune, other] = [await open({ rules, now: () => now }), await open({ rules })];
  await Promise.all([live(attune), live(other)]);
  const things = [...THINGS, { ...thing(700, 'nothing: last of all.'), year: 2000 }];
  const catalogue = await attune.openCatalogue(fileOf(things));
  await other.rank(things);
  const given = { limit: 20, rules: [{ name: 'old', when: ({ year }: Thing) => year < 1905, effect: -0.1 }] };
  for (const options of [{ limit: 20 }, given]) {
    const [ours, theirs] = [await attune.rank(catalogue, options), await other.rank(things, options)];
    expect(ours[0]!.id).toBe('t700');
    expect(ours.map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
    expect(ours.map(({ terms }) => terms.slice(-2))).toEqual(theirs.map(({ terms }) => terms.slice(-2)));
  }
  now += 60_000;
  expect((await attune.rank(catalogue)).map(({ id }) => id)).not.toContain('t700');
});

test('what is hidden, seen, too low or drawn in a catalogue’s ranking is what it is among all items, with the same reasons', async () => {
  const shown = { impression: ['impression', 'save'] };
  const [attune, other] = [await open(), await open()];
  await Promise.all([live(attune), live(other)]);
  const catalogue = await attune.openCatalogue(fileOf(THINGS));
  await other.rank(THINGS);
  await attune.impression(await attune.rank(catalogue, { limit: 3 }), 't3');
  await other.impression(await other.rank(THINGS, { limit: 3 }), 't3');
  for (const options of [
    { limit: 20 },
    { limit: 20, diversity: 0.5, excludeSeen: true as const },
    { limit: 20, excludeSeen: { kinds: shown.impression } },
    { limit: 20, minRelevance: 0.3, filter: ({ year }: Thing): boolean => year > 1903 },
    { limit: 20, explore: { rate: 0.5, slots: 10, pool: 50 } },
  ]) {
    const [ours, theirs] = [await attune.rank(catalogue, options), await other.rank(THINGS, options)];
    const places = (ranking: typeof ours): unknown[] => ranking.map(({ id, moved }) => [id, moved]);
    const reasons = (ranking: typeof ours): string[] =>
      ranking.hidden.filter(({ because }) => because !== 'minRelevance').map(({ id, because }) => `${id} ${because}`);
    if (options.explore === undefined) expect(places(ours)).toEqual(places(theirs));
    for (const { moved, propensity } of ours) expect(propensity === 0.01).toBe(moved === 'exploration');
    expect(new Set(reasons(ours))).toEqual(new Set(reasons(theirs)));
    expect(reasons(ours)).toContain('t20 less-like-this');
    expect(ours.some(({ moved }) => moved === 'exploration')).toBe(options.explore !== undefined);
  }
});

test('a catalogue’s ranking is read on within its pool, and refused behind it', async () => {
  const attune = await open();
  const catalogue = await attune.openCatalogue(fileOf(THINGS));
  await live(attune);
  const all = (await attune.rank(catalogue, { limit: 200 })).map(({ id }) => id);
  let ranking = await attune.rank(catalogue, { limit: 40 });
  for (let page = 2; page <= 5; page++) ranking = await attune.more(ranking);
  expect(ranking.map(({ id }) => id)).toEqual(all);
  await expect(attune.more(ranking)).rejects.toMatchObject({ code: 'input/invalid' });
  const small = await attune.openCatalogue(fileOf(THINGS.slice(0, 60)), { name: 'small' });
  const whole = await attune.more(await attune.more(await attune.rank(small, { limit: 40 })));
  expect(whole).toHaveLength(59); // all but the hidden one
  attune.lessLike(ranking[0]!.item);
  expect(attune.rerank(ranking).hidden.map(({ id }) => id)).toContain(ranking[0]!.id);
});

test('an impression of a catalogue’s item is noted with its place, and how probable it was to stand there', async () => {
  const attune = await open();
  await live(attune);
  const ranking = await attune.rank(await attune.openCatalogue(fileOf(THINGS)), {
    limit: 3,
    explore: { rate: 0.1 },
  });
  const { id: itemId, propensity } = ranking[1]!;
  const id = await attune.impression(ranking, itemId);
  await attune.flush();
  const { interactions } = await attune.data.export();
  expect(interactions.find((each) => each.id === id)).toMatchObject({
    itemId,
    position: 1,
    metadata: { propensity },
  });
  expect(propensity).toBe(1 - 0.1);
});

test('a ranking of a catalogue is reranked and explained like any other', async () => {
  const attune = await open();
  await live(attune);
  const ranking = await attune.rank(await attune.openCatalogue(fileOf(THINGS)), { limit: 10 });
  const turned = attune.rerank(ranking, { sliders: { pace: -1 } });
  expect(told(turned)).not.toEqual(told(ranking));
  expect(told(attune.rerank(ranking))).toEqual(told(ranking));
  const { terms, score } = await attune.explain(ranking, ranking[0]!.id);
  expect(terms.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(score, 10);
});

test('privacy "off" gives the catalogue’s own order', async () => {
  const attune = await open({ privacy: 'off' });
  const ranking = await attune.rank(await attune.openCatalogue(fileOf(THINGS)), { limit: 5 });
  expect(ranking.map(({ id }) => id)).toEqual(['t0', 't1', 't2', 't3', 't4']);
  expect(ranking.neutral).toBe(true);
});

test('under another model the catalogue is off and says so, until it is embedded anew', async () => {
  const attune = await open({ encoder: encoder('hashed-2') });
  await live(attune);
  const catalogue = await attune.openCatalogue(fileOf(THINGS));
  const ranking = await attune.rank(catalogue, { limit: 4 });
  expect(ranking.partial).toBe(true);
  expect(ranking.map(({ id }) => id)).toContain('t0');
  await nextTask();
  expect(warnings.map(({ message }) => message).join()).toContain('hashed-1, the model in use is hashed-2');
  await expect(catalogue.add([thing(1)])).rejects.toMatchObject({ code: 'encoder/unavailable' });
  await catalogue.reembed();
  expect([catalogue.modelVersion, catalogue.size]).toEqual(['hashed-2', 700]);
  const other = await open({ encoder: encoder('hashed-2') });
  await live(other);
  const [ours, theirs] = [await attune.rank(catalogue, { limit: 20 }), await other.rank(THINGS, { limit: 20 })];
  expect(ours.map(({ id }) => id)).toEqual(theirs.map(({ id }) => id));
  expect((await other.openCatalogue()).modelVersion).toBe('hashed-2');
});

test('rows made of other texts than the page reads are used, and said aloud', async () => {
  const attune = await open();
  await live(attune);
  const catalogue = await attune.openCatalogue(fileOf(THINGS, ({ year }) => `the year ${year}`));
  await attune.rank(catalogue, { limit: 5 });
  await nextTask();
  expect(warnings.map(({ message }) => message).join()).toContain('another text');
});

test('what is no catalogue, a damaged one, an item that is no JSON and an abort are refused with a code', async () => {
  const attune = await open();
  const refused = (promise: Promise<unknown>, code: string): Promise<void> =>
    expect(promise).rejects.toMatchObject({ code });
  await refused(attune.rank({} as never), 'input/invalid');
  await refused(attune.rank(null as never), 'input/invalid');
  await refused(attune.openCatalogue(7 as never), 'input/invalid');
  await refused(attune.openCatalogue(new Blob(['no catalogue'])), 'model/corrupt');
  const file = fileOf(THINGS);
  await refused(attune.openCatalogue(file.slice(0, file.size - 64)), 'model/corrupt');
  await refused(attune.openCatalogue('http://localhost:9/none.attune'), 'catalogue/unavailable');
  const catalogue = await attune.openCatalogue(file);
  const circle: Record<string, unknown> = { id: 'round', title: 'round' };
  circle['self'] = circle;
  await refused(catalogue.add([circle as never]), 'input/invalid');
  await refused(attune.rank(catalogue, { limit: -1 }), 'input/invalid');
  await refused(attune.rank(catalogue, { boosts: { bad: () => NaN } }), 'input/invalid');
  const reason = new Error('enough');
  await expect(attune.rank(catalogue, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(attune.openCatalogue(file, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(catalogue.add([thing(1)], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(catalogue.size).toBe(700);
});

test('an abort ends a scan on the page between two slices of it', async () => {
  const rows = createCatalogueRows(undefined, 2);
  for (let i = 0; i < 33_000; i++) rows.put(`row ${i}`, new Uint8Array(), Float32Array.of(Math.cos(i), Math.sin(i)));
  const controller = new AbortController();
  const scan = findBest(rows, { q: Float32Array.of(1, 0), k: 3 }, controller.signal);
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(scan).rejects.toBe(reason);
  expect((await findBest(rows, { q: Float32Array.of(1, 0), k: 1 }, undefined))?.rows).toEqual(Int32Array.of(0));
});

test('items that change while a ranking is under way do not spoil it', async () => {
  const attune = await open();
  await live(attune);
  const catalogue = await attune.openCatalogue(fileOf(THINGS));
  const ranking = attune.rank(catalogue, { limit: 700 });
  await catalogue.remove(THINGS.slice(0, 600).map(({ id }) => id));
  const ids = (await ranking).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect((await attune.rank(catalogue, { limit: 700 })).length).toBe(100);
});
