import 'fake-indexeddb/auto';
import { type Attune, type AttuneOptions, createAttune } from 'attune';
import { afterEach, describe, expect, test } from 'vitest';
import { memoryStore } from 'attune/core';
import { HOUR, oneHotEncoder, openSongs, song, SONGS, type Song, TestClock, told } from '../one-hot.js';

const sliders = [{ id: 'pace', low: 'calm', high: 'wild' }];
const opened: Attune<Song>[] = [];

async function open(options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  const attune = await openSongs({ sliders, ...options });
  opened.push(attune);
  return attune;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
});

const ids = (entries: readonly { readonly id: string }[]): string[] => entries.map(({ id }) => id);

describe('a list that a person is looking at', () => {
  test('is not reordered by a view, a save, a purchase, time, or other items offered meanwhile', async () => {
    const clock = new TestClock();
    const attune = await open({ now: clock.now });
    attune.track('save', song('jazz'));
    const ranking = await attune.rank(SONGS);
    for (const kind of ['view', 'click', 'save', 'purchase']) attune.track(kind, song('snow'));
    clock.time += 9 * HOUR;
    await attune.flush();
    await attune.rank(['jazz sea', 'jazz snow', 'jazz calm', 'wild', 'wild city'].map(song));
    expect(told(attune.rerank(ranking))).toEqual(told(ranking));
    expect(ids(await attune.rank(SONGS))[0]).toBe('snow');
  });

  test('is explained by what it was ranked by', async () => {
    const attune = await open({ sliders: [] });
    attune.track('save', song('jazz'));
    const ranking = await attune.rank(SONGS);
    attune.track('purchase', song('jazz sea'));
    attune.track('dislike', song('rock'));
    const reasons = async (list: typeof ranking, id: string): Promise<[string, string[]][]> =>
      (await attune.explain(list, id)).terms.map(({ name, because }) => [name, because.map(({ title }) => title)]);
    expect(await reasons(ranking, 'jazz')).toEqual([
      ['profile', ['jazz']],
      ['session', ['jazz']],
    ]);
    const { terms } = await attune.explain(attune.rerank(ranking), 'rock');
    const avoid = terms.find(({ name }) => name === 'avoid')!;
    expect(avoid.because.map(({ title, value }) => [title, value])).toEqual([['rock', avoid.value]]);
    const [liked] = await reasons(attune.rerank(ranking, { refresh: true }), 'jazz');
    expect(liked).toEqual(['profile', ['jazz sea', 'jazz']]);
  });

  test('of a newcomer stays neutral until it is ranked again', async () => {
    const attune = await open();
    const ranking = await attune.rank(SONGS);
    attune.track('save', song('snow'));
    expect(attune.rerank(ranking)).toEqual(ranking);
    expect(attune.rerank(ranking).neutral).toBe(true);
  });

  test('moves by its sliders, from the same taste, and comes back with them', async () => {
    const attune = await open();
    attune.track('save', song('jazz'));
    const ranking = await attune.rank(SONGS);
    attune.track('save', song('snow'));
    attune.setSlider('pace', 1);
    const wild = attune.rerank(ranking);
    expect(ids(wild).at(-1)).toBe('calm');
    const likedTerms = (list: typeof ranking): unknown =>
      new Map(list.map(({ id, terms }) => [id, terms.filter(({ name }) => name === 'profile' || name === 'session')]));
    expect(likedTerms(wild)).toEqual(likedTerms(ranking));
    attune.setSlider('pace', null);
    expect(told(attune.rerank(ranking))).toEqual(told(ranking));
  });

  test('takes in what was learned since at the person’s own command, and is then that list', async () => {
    const attune = await open();
    attune.track('save', song('jazz'));
    const ranking = await attune.rank(SONGS);
    attune.track('purchase', song('snow'));
    const renewed = attune.rerank(ranking, { refresh: true });
    expect(told(renewed)).toEqual(told(await attune.rank(SONGS)));
    attune.track('purchase', song('sea'));
    attune.track('purchase', song('sea'));
    expect(told(attune.rerank(renewed))).toEqual(told(renewed));
    expect(told(attune.rerank(ranking))).toEqual(told(ranking));
  });

  test('knows nothing more once everything is erased, or another person has come', async () => {
    const attune = await open();
    attune.track('save', song('snow'));
    const ranking = await attune.rank(SONGS);
    const other = await attune.rank(SONGS);
    expect(ids(ranking)[0]).toBe('snow');
    await attune.data.erase();
    expect(ids(attune.rerank(ranking))).toEqual(ids(SONGS));
    attune.track('save', song('sea'));
    await attune.flush();
    expect(ids(attune.rerank(other))[0]).toBe('sea');
  });

  test('is kept by a "what if", whatever is supposed', async () => {
    const store = memoryStore();
    const attune = await open({ store });
    attune.track('save', song('jazz'));
    attune.setSlider('pace', 0.5);
    await attune.flush();
    const ranking = await attune.rank(SONGS, { limit: 3 });
    const kept = async (): Promise<unknown> => [
      attune.profile(),
      { ...(await attune.data.export()), exportedAt: 0 },
      told(attune.rerank(ranking)),
      await store.readValue('sliders'),
    ];
    const before = await kept();
    const supposed = attune.rerank(ranking, {
      ...{ sliders: { pace: -1 }, weights: { profile: 0, slider: 3 }, limit: 8, diversity: 0.7, refresh: true },
    });
    expect(ids(supposed)).not.toEqual(ids(ranking));
    expect(await kept()).toEqual(before);
  });
});

describe('"less like this"', () => {
  test('acts in the same task: the item is gone from the list, what is like it stands lower, and both are explained', async () => {
    const attune = await open();
    const items = ['jazz', 'jazz sea', 'rock', 'folk'].map(song);
    const ranking = await attune.rank(items);
    expect(attune.lessLike(items[0]!)).not.toBe('');
    const less = attune.rerank(ranking);
    expect(ids(less)).toEqual(['rock', 'folk', 'jazz sea']);
    expect(less.hidden).toEqual([{ item: items[0], id: 'jazz', because: 'less-like-this' }]);
    expect(less[2]!.terms).toMatchObject([{ name: 'avoid' }]);
    expect(less[2]!.score).toBeLessThan(0);
    expect(ids(await attune.rank(items))).toEqual(['rock', 'folk', 'jazz sea']);
  });

  test('acts at once on an item that is not understood yet', async () => {
    const never = { modelVersion: 'm', dim: 2, encode: () => new Promise<never>(() => undefined), close() {} };
    const attune = await open({ encoder: never, maxWaitMs: 0, sliders: [] });
    const ranking = await attune.rank(SONGS);
    attune.lessLike(song('rock'));
    expect(ids(attune.rerank(ranking))).toEqual(ids(SONGS.filter(({ id }) => id !== 'rock')));
  });

  test('is listed, newest first, and taken back by its id or by the token of that', async () => {
    const attune = await open();
    const ranking = await attune.rank(SONGS);
    attune.track('view', song('sea'));
    const first = attune.lessLike(song('rock'));
    const second = attune.lessLike(song('folk'));
    const list = async (): Promise<string[]> => ids(await attune.data.recent(10, { kinds: ['hide'] }));
    expect(await list()).toEqual([second, first]);
    const { token } = await attune.data.forget(first);
    expect(await list()).toEqual([second]);
    expect(ids(attune.rerank(ranking).hidden)).toEqual(['folk']);
    expect(ids(attune.rerank(ranking))).toContain('rock');
    await attune.data.undo(token);
    expect(ids(attune.rerank(ranking).hidden)).toEqual(['rock', 'folk']);
    await attune.data.forget(first);
    await attune.data.forget(second);
    expect(told(attune.rerank(ranking))).toEqual(told(ranking));
  });

  test('holds after a restart, and never attracts under kinds of one’s own', async () => {
    const given = { consent: 'granted', user: 'less-like-this', kinds: { save: 1 }, maxWaitMs: 10_000 } as const;
    const lasting = (): Promise<Attune<Song>> => createAttune<Song>({ ...given, encoder: oneHotEncoder() });
    for (let visit = 0; visit < 2; visit++) {
      const before = await lasting(); // the second one starts from a snapshot
      if (visit === 0) before.lessLike(song('jazz'));
      await before.flush();
      await before.close();
    }
    const attune = await lasting();
    opened.push(attune);
    const ranking = await attune.rank(['jazz', 'jazz sea', 'rock'].map(song));
    expect(ids(ranking)).toEqual(['rock', 'jazz sea']);
    expect(ranking.hidden).toMatchObject([{ id: 'jazz', because: 'less-like-this' }]);
    await attune.data.erase();
  });
});
