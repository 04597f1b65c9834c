import type { Attune, Encoder } from 'attune';
import { afterEach, describe, expect, test } from 'vitest';
import '../allclose.js';
import { oneHotEncoder, song, SONGS, type Song } from '../one-hot.js';
import { closeSongs, open } from '../open-songs.js';

afterEach(closeSongs);

const ids = (entries: readonly { readonly id: string }[]): string[] => entries.map(({ id }) => id);
const ITEMS = ['jazz', 'jazz sea', 'jazz sea snow', 'rock', 'qwertz'].map(song);

describe('related', () => {
  test('finds by cosine, without the item, its copies, what the person hid and what nobody understands', async () => {
    const attune = await open();
    const copy = { id: 'copy', title: 'jazz' };
    await attune.rank([...ITEMS, copy]);
    const found = await attune.related(ITEMS[0]!);
    expect(ids(found)).toEqual(['jazz sea', 'jazz sea snow', 'rock']);
    expect(found.map(({ score }) => score)).toBeAllclose([Math.SQRT1_2, 1 / Math.sqrt(3), 0], { atol: 1e-6 });
    expect(found[0]!.item).toBe(ITEMS[1]);
    expect(found).toMatchObject({ partial: false, modelVersion: 'one-hot-1' });
    attune.lessLike(ITEMS[1]!);
    expect(ids(await attune.related(ITEMS[0]!, { limit: 1 }))).toEqual(['jazz sea snow']);
  });

  test('takes a text, and an item that was never offered', async () => {
    const attune = await open();
    await attune.rank(SONGS);
    expect(ids(await attune.related('sea', { limit: 1 }))).toEqual(['sea']);
    expect(ids(await attune.related(song('sea snow'), { limit: 2 }))).toEqual(['sea', 'snow']);
  });
});

describe('search', () => {
  test('looks through what was ranked, offered or tracked, each id once, equal ones in that order', async () => {
    const attune = await open();
    await attune.rank(ITEMS.slice(0, 2));
    await attune.rank(ITEMS.slice(1, 4), { filter: ({ id }) => id !== 'rock' });
    attune.track('view', song('snow'));
    await attune.flush();
    expect(ids(await attune.search('snow'))).toEqual(['snow', 'jazz sea snow', 'jazz', 'jazz sea']);
    expect(ids(await attune.search('sea', { limit: 2 }))).toEqual(['jazz sea', 'jazz sea snow']);
    expect(await attune.search('qwertz')).toHaveLength(0);
    expect(await attune.search('sea', { limit: 0 })).toHaveLength(0);
  });

  test('looks through the items given instead, which it understands first', async () => {
    const attune = await open();
    await attune.rank(SONGS);
    const items = [song('calm'), song('calm sea'), song('sea'), song('sea')];
    expect(ids(await attune.search('sea', { items }))).toEqual(['sea', 'calm sea', 'calm']);
    expect(await attune.search('sea', { items: [] })).toHaveLength(0);
  });

  test('asks the encoder as people do, keeps nothing of the words, and learns nothing', async () => {
    const asked: [string, string | undefined][] = [];
    const inner = oneHotEncoder();
    const encoder: Encoder = {
      ...inner,
      encode(texts, options) {
        for (const text of texts) asked.push([text, options?.role]);
        return inner.encode(texts, options);
      },
    };
    const attune = await open({ encoder });
    await attune.rank(SONGS);
    await attune.search('sea and snow');
    expect(asked.filter(([text]) => text === 'sea and snow')).toEqual([['sea and snow', 'behaviour']]);
    expect(asked.filter(([, role]) => role === 'behaviour')).toHaveLength(1);
    expect(attune.profile().interactionCount).toBe(0);
    expect(await attune.data.export()).toMatchObject({ interactions: [], items: [] });
  });

  test('answers in time with what is understood, says so, and tells when the rest is', async () => {
    let release = (): void => undefined;
    const attune = await open({
      encoder: oneHotEncoder(new Promise((resolve) => (release = resolve))),
      maxWaitMs: 0,
    });
    const ready = new Promise<void>((resolve) => attune.on('ready', () => resolve()));
    const found = await attune.search('sea', { items: SONGS });
    expect([found.length, found.partial]).toEqual([0, true]);
    release();
    await ready;
    expect(ids(await (await open()).search('sea', { items: SONGS, limit: 1 }))).toEqual(['sea']);
  });

  test('has nothing left of one person when another comes, or after an erase', async () => {
    const attune = await open();
    await attune.rank(SONGS);
    attune.track('view', song('sea snow'));
    await attune.flush();
    await attune.data.erase();
    expect(await attune.search('sea')).toHaveLength(0);
  });

  test('equals sorting all cosines, whatever the items', async () => {
    const attune = await open();
    const items = Array.from({ length: 1000 }, (_, i) =>
      song(
        SONGS.filter((_, j) => (i >> j) & 1)
          .map(({ id }) => id)
          .join(' ') + ` ${i}`,
      ),
    );
    const found = await attune.search('jazz wild snow', { items, limit: 50 });
    const all = await attune.search('jazz wild snow', { items, limit: 1000 });
    expect(ids(found)).toEqual(ids(all.slice(0, 50)));
    const scores = all.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const at = new Map(items.map(({ id }, i) => [id, i]));
    for (let i = 1; i < all.length; i++) {
      if (scores[i] === scores[i - 1]) expect(at.get(all[i]!.id)!).toBeGreaterThan(at.get(all[i - 1]!.id)!);
    }
  });
});

test.each<[string, (attune: Attune<Song>, signal: AbortSignal) => Promise<unknown>]>([
  ['related', (attune, signal) => attune.related(SONGS[0]!, { signal })],
  ['search', (attune, signal) => attune.search('sea', { signal })],
])('%s rejects with the signal’s reason, before and during', async (_, call) => {
  const attune = await open({ encoder: oneHotEncoder(new Promise(() => undefined)) });
  const reason = new Error('the page went on');
  await expect(call(attune, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const pending = call(attune, controller.signal);
  setTimeout(() => controller.abort(reason), 5);
  await expect(pending).rejects.toBe(reason);
});
