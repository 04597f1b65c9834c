import 'fake-indexeddb/auto';
import { memoryStore } from 'attune/core';
import { afterEach, describe, expect, test } from 'vitest';
import { actedOn, closeAll, isStored, live, newUser, openLasting } from '../lasting.js';
import { nextTask, oneHotEncoder, openSongs, song, SONGS, told, watchWarnings } from '../one-hot.js';

afterEach(closeAll);

describe('switchUser', () => {
  test('shows nothing of one user to the other: events, profile, sliders, ranking', async () => {
    const [one, other] = [newUser(), newUser()];
    const attune = await openLasting(one);
    await live(attune);
    await attune.rank(SONGS);
    const before = [attune.profile(), told(await attune.rank(SONGS)), await attune.data.recent()];
    const ranking = await attune.rank(SONGS);
    await attune.data.switchUser(other);
    expect(attune.data.user).toBe(other);
    expect(attune.profile()).toMatchObject({ interactionCount: 0, evidence: 0, lastUpdated: null });
    expect(attune.profile().sliders[0]!.override).toBeNull();
    expect([...attune.profile().embedding].every((x) => x === 0)).toBe(true);
    expect((await attune.rank(SONGS)).neutral).toBe(true);
    expect(attune.rerank(ranking).map(({ id }) => id)).toEqual(SONGS.map(({ id }) => id));
    expect(await attune.data.export()).toMatchObject({ interactions: [], items: [], sliders: {} });
    await attune.data.switchUser(one);
    expect([attune.profile(), told(await attune.rank(SONGS)), await attune.data.recent()]).toEqual(before);
  });

  test('keeps both on disk, each in a database of its own', async () => {
    const [one, other] = [newUser(), newUser()];
    const attune = await openLasting(one);
    await live(attune);
    await attune.data.switchUser(other);
    attune.track('save', song('snow'));
    await closeAll();
    expect([await isStored(one), await isStored(other)]).toEqual([true, true]);
    expect(await actedOn(await openLasting(other))).toEqual(['snow']);
    expect(await actedOn(await openLasting(one))).toHaveLength(4);
  });

  test('what is tracked around it goes to exactly one: before the call to the one, after it to the other', async () => {
    const users = [newUser(), newUser()];
    const attune = await openLasting(users[0]!);
    const expected: Record<string, string[]> = { [users[0]!]: [], [users[1]!]: [] };
    const switches: Promise<void>[] = [];
    for (let i = 0; i < 12; i++) {
      const user = users[i % 2]!;
      switches.push(attune.data.switchUser(user));
      for (const kind of ['a', 'b']) {
        const id = `${kind}${i}`;
        attune.track('save', { id, title: 'jazz' });
        expected[user]!.push(id);
        if (i % 3 === 0) await Promise.resolve();
      }
    }
    await Promise.all(switches);
    await closeAll();
    for (const user of users) expect(await actedOn(await openLasting(user))).toEqual(expected[user]);
  });

  test('what still waits to be understood goes to the one who did it', async () => {
    const [one, other] = [newUser(), newUser()];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const attune = await openLasting(one, { encoder: oneHotEncoder(gate), keepText: 'none' });
    attune.track('save', song('jazz'));
    const switching = attune.data.switchUser(other);
    attune.track('save', song('snow'));
    for (let turn = 0; turn < 20; turn++) await nextTask(); // time enough for a switch that doesn't wait
    release();
    await switching;
    await attune.flush();
    expect(await actedOn(attune)).toEqual(['snow']);
    await attune.data.switchUser(one);
    expect(await actedOn(attune)).toEqual(['jazz']);
  });

  test('lets what is learned at once stand beside what was stored', async () => {
    const [one, other] = [newUser(), newUser()];
    await live(await openLasting(other));
    await closeAll(); // with a snapshot
    const attune = await openLasting(one);
    await attune.rank(SONGS);
    const switching = attune.data.switchUser(other);
    attune.track('save', song('snow'));
    await switching;
    await attune.flush();
    expect(attune.profile()).toMatchObject({ interactionCount: 5, evidence: 10 });
  });

  test('erase and refusals touch the user in force only', async () => {
    const users = [newUser(), newUser(), newUser()];
    const attune = await openLasting(users[0]!);
    for (const user of users) {
      await attune.data.switchUser(user);
      await live(attune);
    }
    await attune.data.erase();
    await attune.data.switchUser(users[1]!);
    await attune.data.setConsent('withdrawn');
    expect([await isStored(users[0]!), await isStored(users[1]!)]).toEqual([true, false]);
    await attune.data.switchUser(users[0]!);
    expect([attune.data.consent, attune.data.storage]).toEqual(['withdrawn', 'memory']);
    expect(await isStored(users[0]!)).toBe(true); // whose answer that was not
  });

  test('takes the other’s own answer, and a refusal erases what was kept of them', async () => {
    const [one, other] = [newUser(), newUser()];
    await live(await openLasting(other));
    await closeAll();
    const attune = await openLasting(one);
    await attune.data.switchUser(other, { consent: 'denied' });
    expect([attune.data.consent, await isStored(other), await isStored(one)]).toEqual(['denied', false, true]);
    await attune.data.switchUser(one, { consent: 'granted' });
    expect(attune.data.storage).toBe('indexed-db');
  });

  test('voids what could be undone, keeps session and off, and reports nothing', async () => {
    const [one, other] = [newUser(), newUser()];
    const attune = await openLasting(one);
    const { seen } = watchWarnings(attune);
    const { token } = await attune.data.forget(attune.track('save', song('jazz')));
    await attune.data.setPrivacy('session');
    await attune.data.switchUser(other);
    await expect(attune.data.undo(token)).rejects.toMatchObject({ code: 'input/invalid' });
    await live(attune);
    expect([attune.data.privacy, attune.data.storage, await isStored(other)]).toEqual(['session', 'memory', false]);
    await attune.data.setPrivacy('off');
    await attune.data.switchUser(one);
    expect(attune.track('save', song('jazz'))).toBe('');
    expect(await seen()).toEqual([]);
  });

  test('to the user in force changes nothing', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    await attune.data.switchUser(user);
    expect(attune.profile().interactionCount).toBe(4);
  });

  test('with a store of the site’s own is refused', async () => {
    const attune = await openSongs({ store: memoryStore() });
    await expect(attune.data.switchUser('other')).rejects.toMatchObject({ code: 'input/invalid' });
    await attune.close();
  });
});
