import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test } from 'vitest';
import { actedOn, closeAll, isStored, live, newUser, openLasting } from '../lasting.js';
import { nextTask, song } from '../one-hot.js';

afterEach(closeAll);

/** Runs with the browser's Global Privacy Control on. */
async function underGpc(task: () => Promise<void>): Promise<void> {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { globalPrivacyControl: true } });
  try {
    await task();
  } finally {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', before);
  }
}

describe('a refusal at the start', () => {
  test.each(['denied', 'withdrawn'] as const)('(%s) erases what an earlier grant left on disk', async (consent) => {
    const user = newUser();
    await live(await openLasting(user));
    await closeAll();
    expect(await isStored(user)).toBe(true);
    const attune = await openLasting(user, { consent });
    expect(await isStored(user)).toBe(false);
    expect([attune.data.consent, attune.data.storage]).toEqual([consent, 'memory']);
    await live(attune);
    expect(attune.profile().interactionCount).toBe(4);
    expect(await isStored(user)).toBe(false);
  });

  test('makes no database where there is none', async () => {
    const user = newUser();
    const made: string[] = [];
    const { open } = indexedDB;
    indexedDB.open = (name, version) => {
      made.push(name);
      return open.call(indexedDB, name, version);
    };
    try {
      const attune = await openLasting(user, { consent: 'denied' });
      await attune.data.setConsent('withdrawn');
      expect(made).toEqual([]);
    } finally {
      indexedDB.open = open;
    }
  });

  test('and unanswered consent leaves what an earlier grant left', async () => {
    const user = newUser();
    await live(await openLasting(user));
    await closeAll();
    await openLasting(user, { consent: 'unknown' });
    await closeAll();
    expect((await openLasting(user)).profile().interactionCount).toBe(4);
  });
});

describe('a refusal later', () => {
  test.each(['denied', 'withdrawn'] as const)(
    '(%s) of what was never answered erases the disk and goes on with memory',
    async (consent) => {
      const user = newUser();
      await live(await openLasting(user));
      await closeAll();
      const attune = await openLasting(user, { consent: 'unknown' });
      attune.track('save', song('snow'));
      await attune.data.setConsent(consent);
      expect(await isStored(user)).toBe(false);
      expect(await actedOn(attune)).toEqual(['snow']);
    },
  );

  test('can be followed by a grant, which keeps what happened since', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    await attune.data.setConsent('withdrawn');
    attune.track('save', song('snow'));
    await attune.data.setConsent('granted');
    expect(attune.data.storage).toBe('indexed-db');
    await closeAll();
    expect(await actedOn(await openLasting(user))).toEqual(['snow']);
  });

  test('right after a grant wins, and nothing is left on disk', async () => {
    const user = newUser();
    const attune = await openLasting(user, { consent: 'unknown' });
    await live(attune);
    const granting = attune.data.setConsent('granted');
    attune.track('save', song('snow'));
    const refusing = attune.data.setConsent('denied');
    attune.track('save', song('folk'));
    await Promise.all([granting, refusing]);
    await attune.flush();
    expect([attune.data.consent, attune.data.storage]).toEqual(['denied', 'memory']);
    expect(await isStored(user)).toBe(false);
  });

  test('holds for what was tracked in the same task and was not stored yet', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    attune.track('save', song('jazz'));
    attune.track('save', song('rock')); // waits its second
    const refusing = attune.data.setConsent('withdrawn');
    attune.track('save', song('folk'));
    await refusing;
    await attune.flush();
    expect(await actedOn(attune)).toEqual(['folk']);
    expect(await isStored(user)).toBe(false);
  });

  test('takes what a session had with it, and what the session left on disk', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    await attune.data.setPrivacy('session');
    await attune.data.setConsent('withdrawn');
    expect(await actedOn(attune)).toEqual([]);
    expect(await isStored(user)).toBe(false);
  });

  test('voids what could be undone', async () => {
    const attune = await openLasting(newUser());
    const id = attune.track('save', song('jazz'));
    const { token } = await attune.data.forget(id);
    await attune.data.setConsent('withdrawn');
    await expect(attune.data.undo(token)).rejects.toMatchObject({ code: 'input/invalid' });
  });
});

describe('Global Privacy Control', () => {
  test('counts as denied when nothing was answered, also when an answer is taken back', () =>
    underGpc(async () => {
      const user = newUser();
      const attune = await openLasting(user, { consent: 'unknown' });
      await live(attune);
      expect([attune.data.consent, attune.data.storage]).toEqual(['denied', 'memory']);
      await attune.data.setConsent('granted');
      expect([attune.data.consent, attune.data.storage]).toEqual(['granted', 'indexed-db']);
      await attune.data.setConsent('unknown');
      expect([attune.data.consent, attune.data.storage]).toEqual(['denied', 'memory']);
      expect(await isStored(user)).toBe(false);
    }));

  test('gives way to a grant the site has on record', () =>
    underGpc(async () => {
      const attune = await openLasting(newUser(), { consent: 'granted' });
      expect([attune.data.consent, attune.data.storage]).toEqual(['granted', 'indexed-db']);
    }));

  test('erases nothing by itself: nobody refused', async () => {
    const user = newUser();
    await live(await openLasting(user));
    await closeAll();
    await underGpc(async () => {
      await openLasting(user, { consent: 'unknown' });
      await closeAll();
    });
    expect((await openLasting(user)).profile().interactionCount).toBe(4);
  });
});

describe('privacy, whatever the order of changes', () => {
  const modes = ['device', 'session', 'off'] as const;
  const orders = modes.flatMap((a) => modes.flatMap((b) => modes.map((c) => [a, b, c] as const)));

  test.each(orders)('%s, %s, %s: only what device saw gets to the disk, and off logs nothing', async (...order) => {
    for (const patient of [true, false]) {
      const user = newUser();
      const attune = await openLasting(user);
      const expected: string[] = [];
      const changes: Promise<void>[] = [];
      for (const [i, privacy] of order.entries()) {
        const change = attune.data.setPrivacy(privacy);
        if (patient) await change;
        changes.push(change);
        const id = attune.track('save', { id: `${privacy} ${i}`, title: 'jazz' });
        expect(id === '').toBe(privacy === 'off');
        if (privacy === 'device') expected.push(`${privacy} ${i}`);
        if (i === 1) await nextTask();
      }
      await Promise.all(changes);
      await attune.flush();
      const ranking = await attune.rank([song('jazz'), song('sea')]);
      if (order[2] === 'off') expect(ranking.neutral).toBe(true);
      await closeAll();
      expect(await actedOn(await openLasting(user))).toEqual(expected);
      await closeAll();
    }
  });

  test('a slider set while off is not kept', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await attune.data.setPrivacy('off');
    attune.setSlider('pace', 1);
    await closeAll();
    expect((await openLasting(user)).profile().sliders[0]!.override).toBeNull();
  });

  test('session, entered before an answer, stays in memory when the answer is yes', async () => {
    const user = newUser();
    const attune = await openLasting(user, { consent: 'unknown', privacy: 'session' });
    await live(attune);
    await attune.data.setConsent('granted');
    expect([attune.data.storage, await isStored(user)]).toEqual(['memory', false]);
    await attune.data.setPrivacy('device');
    expect(attune.data.storage).toBe('indexed-db');
    expect(await actedOn(attune)).toEqual([]);
  });

  test('off, entered before an answer, keeps what device saw for when it is device again', async () => {
    const user = newUser();
    const attune = await openLasting(user, { consent: 'unknown' });
    await live(attune);
    await attune.data.setPrivacy('off');
    await attune.data.setConsent('granted');
    expect(await isStored(user)).toBe(false);
    await attune.data.setPrivacy('device');
    expect(attune.data.storage).toBe('indexed-db');
    expect(await actedOn(attune)).toHaveLength(4);
  });
});
