import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test } from 'vitest';
import '../allclose.js';
import { actedOn, closeAll, isStored, live, newUser, openLasting } from '../lasting.js';
import { DAY, HOUR, oneHotEncoder, song, SONGS, START, told } from '../one-hot.js';

afterEach(closeAll);

const close = { rtol: 1e-9, atol: 1e-12 };

describe('forget', () => {
  test('takes all on one item, and nothing else', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    attune.track('view', song('jazz'));
    expect(await attune.data.forget({ item: 'jazz' })).toMatchObject({ removed: 2 });
    expect(await actedOn(attune)).toEqual(['sea', 'rock', 'calm']);
    expect((await attune.data.export()).items.map(({ id }) => id).sort()).toEqual(['calm', 'rock', 'sea']);
    await closeAll();
    expect((await openLasting(user)).profile().interactionCount).toBe(3);
  });

  test('takes a period, both ends included', async () => {
    const attune = await openLasting(newUser());
    for (const hours of [4, 3, 2, 1])
      attune.track('view', { id: `${hours}`, title: 'sea' }, { at: START - hours * HOUR });
    const { removed } = await attune.data.forget({ from: START - 3 * HOUR, to: START - 2 * HOUR });
    expect([removed, await actedOn(attune)]).toEqual([2, ['4', '1']]);
    expect(await attune.data.forget({ from: START + DAY, to: Infinity })).toEqual({ removed: 0, token: '' });
  });

  test('leaves the profile of someone who never did it', async () => {
    const [attune, other] = [await openLasting(newUser()), await openLasting(newUser())];
    await live(other);
    attune.track('share', song('snow'), { at: START - DAY });
    await live(attune);
    attune.track('save', song('snow'));
    await attune.data.forget({ item: 'snow' });
    expect(attune.profile().embedding).toBeAllclose(other.profile().embedding, close);
    expect(attune.profile()).toMatchObject({ interactionCount: 4, evidence: other.profile().evidence });
  });

  test.each([{}, { item: 7 }, { from: 1 }, { from: 2, to: 1 }, { from: NaN, to: 1 }, { from: '1', to: '2' }, null, 7])(
    'refuses %j',
    async (target) => {
      const attune = await openLasting(newUser());
      await live(attune);
      await expect(attune.data.forget(target as never)).rejects.toMatchObject({ code: 'input/invalid' });
      expect(attune.profile().interactionCount).toBe(4);
    },
  );

  test('reaches the disk from a session as well', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    await attune.data.setPrivacy('session');
    await attune.data.forget({ item: 'jazz' });
    expect(await actedOn(attune)).toEqual(['sea', 'rock', 'calm']);
    await attune.data.setPrivacy('device');
    expect(await actedOn(attune)).toEqual(['sea', 'rock', 'calm']);
  });
});

describe('undo', () => {
  test('of one, of an item and of a period brings back the same log, ranking and profile', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    await attune.rank(SONGS);
    const id = attune.track('save', song('snow'), { weight: 2, metadata: { why: 'x' } });
    await attune.flush();
    const [log, order, profile] = [await attune.data.export(), told(await attune.rank(SONGS)), attune.profile()];
    for (const target of [id, { item: 'jazz' }, { from: 0, to: START }]) {
      const { removed, token } = await attune.data.forget(target);
      expect(told(await attune.rank(SONGS))).not.toEqual(order);
      expect(await attune.data.undo(token)).toBe(removed);
      const { items, ...rest } = await attune.data.export();
      expect(rest).toEqual({ ...log, items: undefined });
      expect([...items].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
        [...log.items].sort((a, b) => (a.id < b.id ? -1 : 1)),
      );
      expect(attune.profile().embedding).toBeAllclose(profile.embedding, close);
      expect(attune.profile().evidence).toBeAllclose(profile.evidence, close);
    }
    await closeAll();
    expect((await openLasting(user)).profile().interactionCount).toBe(5);
  });

  test('works once, in this tab, and knows no other token', async () => {
    const user = newUser();
    const [attune, other] = [await openLasting(user), await openLasting(user)];
    const { token } = await attune.data.forget(attune.track('save', song('jazz')));
    await expect(other.data.undo(token)).rejects.toMatchObject({ code: 'input/invalid' });
    expect(await attune.data.undo(token)).toBe(1);
    for (const known of [token, '', '__proto__']) {
      await expect(attune.data.undo(known)).rejects.toMatchObject({ code: 'input/invalid' });
    }
    expect(await actedOn(attune)).toEqual(['jazz']);
  });

  test('brings back nothing that was imported again meanwhile', async () => {
    const attune = await openLasting(newUser());
    await live(attune);
    const file = await attune.data.export();
    const { token } = await attune.data.forget({ item: 'jazz' });
    await attune.data.import(file);
    expect(await attune.data.undo(token)).toBe(0);
    expect(attune.profile().interactionCount).toBe(4);
  });

  test('goes back twenty times, not further', async () => {
    const attune = await openLasting(newUser());
    const tokens: string[] = [];
    for (let i = 0; i < 21; i++) {
      tokens.push((await attune.data.forget(attune.track('save', { id: `${i}`, title: 'sea' }))).token);
    }
    await expect(attune.data.undo(tokens[0]!)).rejects.toMatchObject({ code: 'input/invalid' });
    expect(await attune.data.undo(tokens[1]!)).toBe(1);
  });
});

describe('erase', () => {
  test('can’t be undone', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    const { token } = await attune.data.forget({ item: 'jazz' });
    await attune.data.erase();
    await expect(attune.data.undo(token)).rejects.toMatchObject({ code: 'input/invalid' });
    expect(await attune.data.export()).toMatchObject({ interactions: [], items: [], sliders: {} });
  });

  test('takes what was tracked before it in the same task, and leaves what comes after it', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    attune.track('save', song('jazz'));
    attune.track('save', song('rock'));
    const erasing = attune.data.erase();
    attune.track('save', song('folk'));
    await erasing;
    await attune.flush();
    expect([attune.profile().interactionCount, await actedOn(attune)]).toEqual([1, ['folk']]);
    await closeAll();
    expect(await actedOn(await openLasting(user))).toEqual(['folk']);
  });

  test('takes what still waits to be understood', async () => {
    let release = (): void => undefined;
    const encoder = oneHotEncoder(new Promise((resolve) => (release = resolve)));
    const attune = await openLasting(newUser(), { encoder, keepText: 'none' });
    attune.track('save', song('jazz'));
    await attune.data.erase();
    release();
    await attune.flush();
    expect(await actedOn(attune)).toEqual([]);
  });

  test('reaches a tab that slept: what it had is void, and what it does next is kept', async () => {
    const user = newUser();
    const [awake, asleep] = [await openLasting(user), await openLasting(user)]; // without a channel in Node
    await live(asleep);
    await awake.data.erase();
    asleep.track('save', song('snow')); // of before it heard
    await asleep.flush();
    expect(await actedOn(awake)).toEqual([]);
    asleep.track('save', song('folk'));
    await asleep.flush();
    expect([await actedOn(asleep), asleep.profile().interactionCount]).toEqual([['folk'], 1]);
    expect(asleep.profile().sliders[0]!.override).toBeNull();
  });

  test('of a session takes the disk’s log too, and the SDK goes on, empty', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    await attune.data.setPrivacy('session');
    await attune.data.erase();
    expect(await isStored(user)).toBe(false);
    attune.track('save', song('snow'));
    await attune.flush();
    expect(attune.profile()).toMatchObject({ interactionCount: 1, evidence: 3 });
  });
});

describe('export and import', () => {
  test('give another device the same profile, sliders and ranking, on disk and after a restart', async () => {
    const [from, user] = [await openLasting(newUser()), newUser()];
    await live(from);
    const file = JSON.stringify(await from.data.export());
    const to = await openLasting(user);
    await to.data.import(file);
    await Promise.all([from.rank(SONGS), to.rank(SONGS)]);
    expect(to.profile()).toEqual(from.profile());
    await closeAll();
    const next = await openLasting(user);
    await next.rank(SONGS);
    expect(next.profile().sliders[0]!.override).toBe(0.5);
    expect({ ...(await next.data.export()), exportedAt: 0 }).toEqual({ ...JSON.parse(file), exportedAt: 0 });
  });

  test('an import that fails on the disk leaves nothing of itself', async () => {
    const attune = await openLasting(newUser());
    await live(attune);
    const before = await attune.data.export();
    const interactions = [
      ...before.interactions,
      { id: 'new', kind: 'save', itemId: 'snow', at: START },
      { id: 'odd', kind: 'save', itemId: 'snow', at: START, metadata: { bad: 'x' } },
    ];
    const items = [...before.items, { id: 'snow', text: 'snow', title: 'snow' }];
    const { add } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = function fail(this: IDBObjectStore, ...args: Parameters<typeof add>) {
      if (this.name === 'batches') throw new DOMException('full', 'QuotaExceededError');
      return add.apply(this, args);
    };
    try {
      await expect(attune.data.import({ ...before, interactions, items, sliders: { pace: -1 } })).rejects.toMatchObject(
        { code: 'storage/quota' },
      );
    } finally {
      IDBObjectStore.prototype.add = add;
    }
    expect(await attune.data.export()).toEqual(before);
    expect(attune.profile()).toMatchObject({ interactionCount: 4, sliders: [{ override: 0.5 }] });
  });
});
