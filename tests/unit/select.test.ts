import type { Ranking, RankOptions } from 'attune';
import { afterEach, describe, expect, test } from 'vitest';
import { DAY, HOUR, oneHotEncoder, song, SONGS, type Song, TestClock, told } from '../one-hot.js';
import { closeSongs, open } from '../open-songs.js';
import { seeded } from '../seeded.js';

afterEach(closeSongs);

const ids = (entries: readonly { readonly id: string }[]): string[] => entries.map(({ id }) => id);
const hiddenIn = (ranking: Ranking<Song>): [string, string][] => ranking.hidden.map(({ id, because }) => [id, because]);

describe('what was seen', () => {
  test('has no place, and is listed with the reason', async () => {
    const attune = await open();
    attune.track('view', song('jazz'));
    attune.track('purchase', song('sea'));
    const ranking = await attune.rank(SONGS, { excludeSeen: true });
    expect(ids(ranking)).not.toContain('jazz');
    expect(ranking).toHaveLength(SONGS.length - 2);
    expect(ranking.map(({ position }) => position)).toEqual([...ranking.keys()]);
    expect(ranking.hidden).toEqual([
      { item: SONGS[0], id: 'jazz', because: 'seen' },
      { item: SONGS[6], id: 'sea', because: 'seen' },
    ]);
    expect((await attune.rank(SONGS)).hidden).toEqual([]);
  });

  test('counts by kind and within a window, both ends of it', async () => {
    const clock = new TestClock();
    const attune = await open({ now: clock.now });
    attune.track('purchase', song('jazz'), { at: clock.time - DAY });
    attune.track('purchase', song('rock'), { at: clock.time - DAY - 1 });
    attune.track('view', song('folk'), { at: clock.time - HOUR });
    attune.track('view', song('calm'), { at: clock.time + HOUR });
    const hidden = async (excludeSeen: RankOptions<Song>['excludeSeen']): Promise<string[]> =>
      ids((await attune.rank(SONGS, { excludeSeen: excludeSeen! })).hidden);
    expect(await hidden(true)).toEqual(['jazz', 'rock', 'folk', 'calm']);
    expect(await hidden({})).toEqual(['jazz', 'rock', 'folk', 'calm']);
    expect(await hidden({ kinds: ['purchase'] })).toEqual(['jazz', 'rock']);
    expect(await hidden({ kinds: ['purchase'], withinMs: DAY })).toEqual(['jazz']);
    expect(await hidden({ withinMs: DAY })).toEqual(['jazz', 'folk', 'calm']);
    expect(await hidden({ kinds: [] })).toEqual([]);
    expect(await hidden({ kinds: ['constructor', '__proto__'] })).toEqual([]);
  });

  test('is what was shown only where the kinds say so', async () => {
    const attune = await open();
    attune.track('view', song('sea'));
    await attune.impression(await attune.rank(SONGS), 'jazz');
    await attune.outcome(song('rock'), 1);
    expect(ids((await attune.rank(SONGS, { excludeSeen: true })).hidden)).toEqual(['sea']);
    expect(ids((await attune.rank(SONGS, { excludeSeen: { kinds: ['impression'] } })).hidden)).toEqual(['jazz']);
    expect(ids(await attune.data.recent())).toHaveLength(1);
    expect(await attune.data.recent(20, { kinds: ['impression'] })).toMatchObject([{ itemId: 'jazz' }]);
  });

  test('is known from the log: after a restart, past what was read, and no more once forgotten', async () => {
    const first = await open();
    for (let i = 0; i < 3000; i++) first.track('view', song(SONGS[i % 3]!.id));
    const file = await first.data.export();
    const attune = await open();
    await attune.data.import(file);
    const hidden = async (): Promise<string[]> => ids((await attune.rank(SONGS, { excludeSeen: true })).hidden);
    expect(await hidden()).toEqual(['jazz', 'rock', 'folk']);
    const id = attune.track('view', song('snow'));
    expect(await hidden()).toEqual(['jazz', 'rock', 'folk', 'snow']);
    await attune.data.forget(id);
    await attune.data.forget({ item: 'rock' });
    expect(await hidden()).toEqual(['jazz', 'folk']);
    await attune.data.erase();
    expect(await hidden()).toEqual([]);
  });

  test('is read whole, however many records it lies in, and costs the list no place', async () => {
    const attune = await open();
    const items = Array.from({ length: 1000 }, (_, i) => song(`calm ${i}`));
    for (let at = 0; at < 300; at += 15) {
      for (const item of items.slice(at, at + 15)) attune.track('view', item);
      await attune.flush(); // a record each time
    }
    const ranking = await attune.rank(items, {
      excludeSeen: true,
      limit: 5,
      boosts: { first: ({ id }) => -Number(id.slice(5)) },
    });
    expect(ids(ranking)).toEqual(ids(items.slice(300, 305)));
  });

  test('takes nothing from a list that stands: what is done from then on counts for the next one', async () => {
    const attune = await open();
    const ranking = await attune.rank(SONGS, { excludeSeen: true });
    attune.track('view', song('jazz'));
    await attune.flush();
    expect(told(attune.rerank(ranking))).toEqual(told(ranking));
    expect(ids(await attune.rank(SONGS, { excludeSeen: true }))).not.toContain('jazz');
  });
});

describe('a least score', () => {
  test('leaves out what is below it, best first in `hidden`, and counts in the unit of `score`', async () => {
    const attune = await open();
    attune.track('save', song('jazz'));
    await attune.flush();
    const items = [song('rock'), song('jazz'), song('folk jazz')];
    const all = await attune.rank(items);
    const ranking = await attune.rank(items, { minRelevance: all[1]!.score });
    expect(ids(ranking)).toEqual(['jazz', 'folk jazz']);
    expect(hiddenIn(ranking)).toEqual([['rock', 'minRelevance']]);
    expect(told(ranking)).toEqual((told(all) as unknown[]).slice(0, 2));
    const nothing = await attune.rank(items, { minRelevance: 99 });
    expect(ids(nothing)).toEqual([]);
    expect(ids(nothing.hidden)).toEqual(['jazz', 'folk jazz', 'rock']);
  });

  test('names in `hidden` what is below it in the pool, however few places there are', async () => {
    const attune = await open();
    const items = Array.from({ length: 300 }, (_, i) => song(`calm ${i}`));
    const best = { best: ({ id }: Song) => -Number(id.slice(5)) };
    const ranking = await attune.rank(items, { limit: 5, boosts: best, minRelevance: -149 });
    expect(ids(ranking)).toEqual(ids(items.slice(0, 5)));
    expect(ids(ranking.hidden)).toEqual(ids(items.slice(150, 200)));
  });

  test('is no judge while nothing is known, or not all is understood', async () => {
    const attune = await open();
    expect(await attune.rank(SONGS, { minRelevance: 0.5 })).toHaveLength(SONGS.length);
    const slow = await open({ encoder: oneHotEncoder(new Promise(() => undefined)), maxWaitMs: 0 });
    const partial = await slow.rank(SONGS, { minRelevance: 0.5, boosts: { one: () => 0.1 } });
    expect([partial.partial, partial.length]).toEqual([true, SONGS.length]);
  });
});

describe('hidden', () => {
  test('names what the filter took, behind what the person turned down, and at most 200', async () => {
    const attune = await open();
    attune.lessLike(song('rock'));
    const ranking = await attune.rank(SONGS, { filter: ({ id }) => id !== 'jazz' });
    expect(hiddenIn(ranking)).toEqual([
      ['rock', 'less-like-this'],
      ['jazz', 'filter'],
    ]);
    const many = Array.from({ length: 500 }, (_, i) => song(`calm ${i}`));
    expect((await attune.rank(many, { filter: () => false })).hidden).toHaveLength(200);
  });

  test('passes over what the filter took because it is odd', async () => {
    const attune = await open();
    const odd = [null, {}, { id: 7 }, song('jazz')] as unknown as Song[];
    const ranking = await attune.rank(odd, { filter: (item) => item !== null && typeof item.title === 'string' });
    expect(ids(ranking)).toEqual(['jazz']);
    expect(ids(ranking.hidden)).toEqual(['7']);
  });
});

test('diversity looks for what is unlike in the pool, however few places there are', async () => {
  const attune = await open();
  const items = Array.from({ length: 300 }, (_, i) => song(`${i < 150 ? 'calm' : 'wild'} ${i}`));
  const best = { best: ({ id }: Song) => -0.001 * Number(id.slice(5)) };
  const ranking = await attune.rank(items, { limit: 2, boosts: best, diversity: 0.9 });
  expect(ids(ranking)).toEqual(['calm 0', 'wild 150']);
});

describe('exploration', () => {
  const items = Array.from({ length: 60 }, (_, i) => song(`calm ${i}`));
  const best = { best: ({ id }: Song) => -Number(id.slice(5)) };
  const explore = { rate: 0.4, slots: 5, pool: 20 };

  test('moves places alone, says so, and gives every entry its propensity', async () => {
    const attune = await open({ random: seeded(5) });
    const plain = await attune.rank(items, { boosts: best });
    expect(plain.every(({ propensity }) => propensity === 1)).toBe(true);
    const ranking = await attune.rank(items, { boosts: best, explore, limit: 10 });
    expect(ranking).toHaveLength(10);
    const scores = new Map(plain.map(({ id, score, terms }) => [id, { score, terms }]));
    for (const { id, score, terms, position, moved, propensity } of ranking) {
      expect({ score, terms }).toEqual(scores.get(id));
      expect(moved).toBe(id === items[position]!.id ? undefined : 'exploration');
      expect(propensity).toBe(moved === undefined ? (position < 5 ? 1 - 0.4 : 1 - (0.4 * 5) / 20) : 0.4 / 20);
    }
    expect(ranking.some(({ moved }) => moved === 'exploration')).toBe(true);
    expect(new Set(ids(ranking)).size).toBe(10);
  });

  test('draws anew with every rank, and repeats under the same chance', async () => {
    const orders = async (): Promise<string[]> => {
      const attune = await open({ random: seeded(8) });
      const rankings = [1, 2, 3].map(() => attune.rank(items, { boosts: best, explore, limit: 10 }));
      return (await Promise.all(rankings)).map((ranking) => ids(ranking).join());
    };
    const first = await orders();
    expect(new Set(first).size).toBe(3);
    expect(await orders()).toEqual(first);
  });

  test('keeps its draws when the list is ranked again', async () => {
    const attune = await open({ random: seeded(5), sliders: [{ id: 'pace', low: 'calm', high: 'wild' }] });
    const ranking = await attune.rank(items, { boosts: best, explore, limit: 10 });
    expect(attune.rerank(ranking)).toEqual(ranking);
    const dragged = attune.rerank(ranking, { sliders: { pace: 0.01 } }); // all items are as calm: no other order
    expect(ids(dragged)).toEqual(ids(ranking));
    expect(dragged.map(({ moved }) => moved)).toEqual(ranking.map(({ moved }) => moved));
  });

  test('comes last: after diversity, whose order is the one that chance changes', async () => {
    const attune = await open({ random: seeded(5) });
    const diverse = await attune.rank(SONGS, { boosts: { last: ({ id }) => id.length }, diversity: 0.5, limit: 4 });
    const both = await attune.rank(SONGS, {
      ...{ boosts: { last: ({ id }: Song) => id.length }, diversity: 0.5, limit: 4 },
      explore: { rate: 0.4 },
    });
    for (const [i, { id, moved }] of both.entries()) if (moved !== 'exploration') expect(id).toBe(diverse[i]!.id);
  });
});

test('the switch turns all of it off: the order given, but for the site’s own filter, also for lists that stand', async () => {
  const attune = await open({ random: seeded(5), sliders: [{ id: 'pace', low: 'calm', high: 'wild' }] });
  attune.track('save', song('jazz'));
  attune.lessLike(song('rock'));
  attune.setSlider('pace', 1);
  const options: RankOptions<Song> = {
    excludeSeen: true,
    minRelevance: 0.1,
    diversity: 0.5,
    explore: { rate: 0.9 },
    filter: ({ id }) => id !== 'snow',
    limit: 3,
  };
  const ranking = await attune.rank(SONGS, options);
  const related = await attune.more(ranking);
  await attune.data.setPrivacy('off');
  const given = SONGS.filter(({ id }) => id !== 'snow');
  const neutral = given.slice(0, 3).map(({ id }) => ({ id, score: 0, terms: [], moved: undefined }));
  for (const off of [attune.rerank(ranking), await attune.rank(SONGS, options)]) {
    expect(told(off)).toEqual(neutral);
    expect(off.every(({ propensity }) => propensity === 1)).toBe(true);
    expect(off.neutral).toBe(true);
    expect(hiddenIn(off)).toEqual([['snow', 'filter']]);
  }
  expect(ids(attune.rerank(related))).toEqual(ids(given.slice(0, 6)));
  expect(attune.lessLike(song('folk'))).toBe('');
  await attune.data.setPrivacy('device');
  expect(told(attune.rerank(ranking))).toEqual(told(ranking));
});
