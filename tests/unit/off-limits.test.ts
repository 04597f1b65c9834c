import 'fake-indexeddb/auto';
import { memoryStore } from 'attune/core';
import { afterEach, describe, expect, test } from 'vitest';
import { actedOn, closeAll, live, newUser, openLasting } from '../lasting.js';
import { oneHotEncoder, song, SONGS, START, watchWarnings } from '../one-hot.js';

afterEach(closeAll);

/** Everything a store holds, as text. */
async function heldBy(store: ReturnType<typeof memoryStore>): Promise<string> {
  return JSON.stringify([await store.readBatches(0), await store.readItems()]);
}

describe('an ignored item', () => {
  test('is not tracked, stored or learned from, and what was kept of it goes', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    await attune.data.forget(attune.track('view', song('jazz')));
    await attune.ignore(song('jazz'));
    expect(attune.track('save', song('jazz'))).toBe('');
    await attune.flush();
    expect(await actedOn(attune)).toEqual(['sea', 'rock', 'calm']);
    expect(attune.profile().interactionCount).toBe(3);
    await closeAll();
    expect(await actedOn(await openLasting(user))).toEqual(['sea', 'rock', 'calm']);
  });

  test('is left alone from the call on', async () => {
    const attune = await openLasting(newUser());
    const ignoring = attune.ignore(song('jazz'));
    expect(attune.track('save', song('jazz'))).toBe('');
    await ignoring;
    expect(await actedOn(attune)).toEqual([]);
  });

  test('comes back by no import and no undo', async () => {
    const attune = await openLasting(newUser());
    await live(attune);
    const file = await attune.data.export();
    const { token } = await attune.data.forget({ item: 'jazz' });
    await attune.ignore(song('jazz'));
    expect(await attune.data.undo(token)).toBe(0);
    const { interactions, rejected } = await attune.data.import(file);
    expect([interactions, rejected.length]).toEqual([0, 1]);
    expect(await actedOn(attune)).toEqual(['sea', 'rock', 'calm']);
  });

  test('is ranked all the same', async () => {
    const attune = await openLasting(newUser());
    await attune.ignore(song('jazz'));
    expect(await attune.rank(SONGS)).toHaveLength(SONGS.length);
  });

  test('can be a text that was searched for', async () => {
    const attune = await openLasting(newUser());
    attune.track('search', 'snow');
    await attune.ignore('snow');
    expect(attune.track('search', 'snow')).toBe('');
    expect(await actedOn(attune)).toEqual([]);
  });
});

describe('offLimits.items', () => {
  test('keeps what the site names out', async () => {
    const store = memoryStore();
    const attune = await openLasting(newUser(), { store, offLimits: { items: ({ id }) => id === 'jazz' } });
    expect(attune.track('save', song('jazz'))).toBe('');
    expect(attune.track('save', song('rock'))).not.toBe('');
    await attune.flush();
    expect(attune.profile().interactionCount).toBe(1);
    expect(await heldBy(store)).not.toContain('jazz');
  });

  test.each([() => undefined, () => 'yes', () => Promise.resolve(true)])(
    'must answer with a boolean',
    async (items) => {
      const attune = await openLasting(newUser(), { offLimits: { items: items as never } });
      expect(() => attune.track('save', song('jazz'))).toThrow(/offLimits\.items/);
    },
  );
});

describe('offLimits.topics', () => {
  test('writes and learns nothing of an item before it is known not to be off-limits', async () => {
    const store = memoryStore();
    let release = (): void => undefined;
    const encoder = oneHotEncoder(new Promise((resolve) => (release = resolve)));
    const attune = await openLasting(newUser(), { store, encoder, offLimits: { topics: ['jazz'] } });
    attune.track('save', song('jazz'));
    attune.track('search', 'calm jazz');
    attune.track('save', song('rock'));
    await store.readBatches(0);
    expect(await heldBy(store)).toBe('[[],[]]');
    release();
    await attune.flush();
    expect(await actedOn(attune)).toEqual(['rock']);
    expect(attune.profile().interactionCount).toBe(1);
    expect(await heldBy(store)).not.toContain('jazz');
  });

  test('says so at once where the item is understood already', async () => {
    const attune = await openLasting(newUser(), { offLimits: { topics: ['jazz', 'snow'] } });
    attune.track('save', song('rock'));
    await attune.rank(SONGS);
    expect(attune.track('save', song('jazz'))).toBe('');
    expect(attune.track('save', song('snow'))).toBe('');
    expect(attune.track('save', song('sea'))).not.toBe('');
    await attune.flush();
    expect(await actedOn(attune)).toEqual(['rock', 'sea']);
  });

  test('applies to imports', async () => {
    const attune = await openLasting(newUser(), { offLimits: { topics: ['jazz'] } });
    const csv = `timestamp,action_type,content\n${START},save,calm jazz\n${START},save,rock`;
    const { interactions, rejected } = await attune.data.import(csv);
    expect([interactions, rejected.length]).toEqual([1, 1]);
    expect((await attune.data.recent()).map(({ title }) => title)).toEqual(['rock']);
  });

  test('keeps everything out while no encoder can tell, and reports it', async () => {
    const store = memoryStore();
    const encoder = { ...oneHotEncoder(), encode: () => Promise.reject(new Error('out of order')) };
    const attune = await openLasting(newUser(), { store, encoder, offLimits: { topics: ['jazz'] } });
    const { seen } = watchWarnings(attune);
    attune.track('save', song('rock'));
    await attune.flush();
    expect(await heldBy(store)).toBe('[[],[]]');
    expect((await seen()).map(({ code }) => code)).toContain('encoder/unavailable');
    await expect(attune.data.import(`timestamp,action_type,content\n${START},save,rock`)).rejects.toThrow();
    expect(await heldBy(store)).toBe('[[],[]]');
  });

  test.each([['jazz'], [[7]], [['']], [null]])('refuses %j', async (topics) => {
    await expect(openLasting(newUser(), { offLimits: { topics: topics as never } })).rejects.toMatchObject({
      code: 'input/invalid',
    });
  });
});
