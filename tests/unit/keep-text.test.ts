import 'fake-indexeddb/auto';
import { memoryStore } from 'attune/core';
import type { AttuneOptions, Store } from 'attune';
import { afterEach, describe, expect, test } from 'vitest';
import '../allclose.js';
import { closeAll, live, newUser, openLasting } from '../lasting.js';
import { oneHotEncoder, song, SONGS, type Song, START, told } from '../one-hot.js';

afterEach(closeAll);

/** Words an id doesn't give away. */
const named = (id: string, title: string): Song => ({ id, title });
const none = { keepText: 'none' } as const;

/** A store that a later Attune opens as well: a restart without a disk. */
function lasting(store: Store): Store {
  return {
    ...store,
    get logId() {
      return store.logId;
    },
    close() {},
  };
}

describe('keepText: none', () => {
  test('stores no text and no title, of items as of what was written or imported', async () => {
    const store = memoryStore();
    const attune = await openLasting(newUser(), { store, ...none });
    attune.track('save', named('a', 'jazz'));
    attune.track('search', 'rock');
    await attune.data.import(`timestamp,action_type,content\n${START},save,folk`);
    await attune.data.import({
      ...(await attune.data.export()),
      interactions: [{ id: 'i', kind: 'save', itemId: 'b', at: START }],
      items: [{ id: 'b', text: 'calm', title: 'calm' }],
    });
    await attune.rank([named('c', 'sea')]);
    await attune.flush();
    const held = JSON.stringify([await store.readBatches(0), await store.readItems(), await attune.data.export()]);
    expect(held).not.toMatch(/\b(jazz|rock|folk|calm|sea)\b/);
    expect((await store.readItems()).every(({ text, title }) => text === '' && title === '')).toBe(true);
    expect(attune.profile().interactionCount).toBe(4);
  });

  test('knows the same after a restart, from a snapshot as from a replay', async () => {
    const user = newUser();
    const attune = await openLasting(user, none);
    await live(attune);
    await attune.rank(SONGS);
    const [profile, order] = [attune.profile(), told(await attune.rank(SONGS))];
    await closeAll();
    const next = await openLasting(user, none);
    await next.rank(SONGS);
    expect(told(await next.rank(SONGS))).toEqual(order);
    const { token } = await next.data.forget({ item: 'jazz' }); // replays
    await next.data.undo(token);
    expect(next.profile().embedding).toBeAllclose(profile.embedding, { rtol: 1e-6 });
    expect(next.profile().evidence).toBe(profile.evidence);
  });

  test('after a change of model it counts what it knows no more, until the page shows it again', async () => {
    const store = memoryStore();
    const first = await openLasting(newUser(), { store: lasting(store), ...none });
    await live(first);
    const profile = first.profile();
    await closeAll();
    const options: Partial<AttuneOptions<Song>> = {
      store: lasting(store),
      encoder: oneHotEncoder(undefined, 'one-hot-2'),
    };
    const next = await openLasting(newUser(), { ...options, ...none });
    expect(next.profile()).toMatchObject({ interactionCount: 4, evidence: profile.evidence });
    expect([...next.profile().embedding].every((x) => x === 0)).toBe(true);
    await next.rank(SONGS);
    await next.flush();
    expect(next.profile().embedding).toBeAllclose(profile.embedding, { rtol: 1e-6 });
  });

  test('names to people what the page shows, and the id of what it doesn’t', async () => {
    const user = newUser();
    const attune = await openLasting(user, none);
    attune.track('save', named('a', 'jazz'));
    attune.track('save', named('b', 'sea'), { at: START - 1 });
    await attune.flush();
    expect((await attune.data.recent()).map(({ title }) => title)).toEqual(['jazz', 'sea']);
    await closeAll();
    const next = await openLasting(user, none);
    const ranking = await next.rank([named('a', 'jazz'), named('c', 'snow')]);
    expect((await next.data.recent()).map(({ title }) => title)).toEqual(['jazz', 'b']);
    const { terms } = await next.explain(ranking, 'a');
    expect(terms[0]!.because[0]!.title).toBe('jazz');
  });

  test.each(['none', 'items'] as const)('exports what gives the same profile to a device with %s', async (keepText) => {
    const [from, to] = [await openLasting(newUser(), none), await openLasting(newUser(), { keepText })];
    await live(from);
    const file = JSON.stringify(await from.data.export());
    expect(await to.data.import(file)).toEqual({ interactions: 4, duplicates: 0, rejected: [] });
    await Promise.all([from.rank(SONGS), to.rank(SONGS)]);
    expect(to.profile()).toEqual(from.profile());
  });

  test('takes the texts out of a log that was kept with them', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    const profile = attune.profile();
    await closeAll();
    const next = await openLasting(user, none);
    expect((await next.data.export()).items.every(({ text, title }) => text === '' && title === '')).toBe(true);
    await closeAll();
    const last = await openLasting(user, none);
    const { token } = await last.data.forget({ item: 'rock' });
    await last.data.undo(token);
    expect(last.profile().embedding).toBeAllclose(profile.embedding, { rtol: 1e-6 });
  });

  test('writes nothing before it is understood', async () => {
    const store = memoryStore();
    let release = (): void => undefined;
    const encoder = oneHotEncoder(new Promise((resolve) => (release = resolve)));
    const attune = await openLasting(newUser(), { store, encoder, ...none });
    attune.track('save', song('jazz'));
    expect(await store.readItems()).toEqual([]);
    release();
    await attune.flush();
    expect((await store.readItems())[0]!.embedding!.values).toHaveLength(8);
  });
});
