import 'fake-indexeddb/auto';
import { memoryStore } from 'attune/core';
import { type Attune, type AttuneOptions, createAttune, type Profile } from 'attune';
import { afterEach, describe, expect, test } from 'vitest';
import '../allclose.js';
import { databaseName } from '../../src/storage/schema.js';
import {
  DAY,
  nextTask,
  oneHot,
  oneHotEncoder,
  openSongs,
  song,
  SONGS,
  type Song,
  START,
  TestClock,
  told,
  watchWarnings,
} from '../one-hot.js';

const sliders = [
  { id: 'pace', low: 'calm', high: 'wild' },
  { id: 'place', low: 'city', high: 'sea' },
];
const opened: Attune<Song>[] = [];

async function open(options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  const attune = await openSongs({ sliders, ...options });
  opened.push(attune);
  return attune;
}

let users = 0;
const newUser = (): string => `user ${users++}`;

/** An Attune whose log may lie in IndexedDB. */
async function openLasting(user: string, options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  const { store: _, ...given } = { encoder: oneHotEncoder(), maxWaitMs: 10_000, now: () => START, sliders, ...options };
  const attune = await createAttune<Song>({ consent: 'granted', user, ...given });
  await attune.flush();
  opened.push(attune);
  return attune;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
});

/** A person with some history. */
async function live(attune: Attune<Song>): Promise<void> {
  for (const [kind, word] of [
    ['save', 'jazz'],
    ['view', 'sea'],
    ['hide', 'rock'],
    ['save', 'calm'],
  ] as const) {
    attune.track(kind, song(word));
  }
  await attune.flush();
}

const orderOf = async (attune: Attune<Song>): Promise<unknown> => told(await attune.rank(SONGS));

test('an item that the site changes between two rankings is read, and redacted, as it is now', async () => {
  let hides = false;
  const attune = await open({ redact: (text) => (hides ? text.replace('jazz', 'snow') : text) });
  attune.track('save', song('jazz'));
  await attune.flush();
  const item = { id: 'a', title: 'A song', summary: 'jazz' };
  const order = async (): Promise<string[]> => (await attune.rank([song('folk'), item])).map(({ id }) => id);
  expect(await order()).toEqual(['a', 'folk']);
  expect(await order()).toEqual(['a', 'folk']);
  item.summary = 'sea';
  expect(await order()).toEqual(['folk', 'a']);
  item.summary = 'jazz';
  expect(await order()).toEqual(['a', 'folk']);
  item.id = 'b';
  expect(await order()).toEqual(['b', 'folk']);
  hides = true;
  expect(await order()).toEqual(['folk', 'b']);
});
const stored = async (user: string): Promise<boolean> =>
  (await indexedDB.databases()).some(({ name }) => name === databaseName(user));

test('a slider that was just set is stored when flush resolves', async () => {
  const store = memoryStore();
  const attune = await open({ store });
  attune.setSlider('pace', 0.5);
  await attune.flush();
  expect(await store.readValue('sliders')).toEqual({ pace: 0.5 });
});

describe('consent', () => {
  test('unknown works in memory and stores nothing', async () => {
    const user = newUser();
    const attune = await openLasting(user, { consent: 'unknown' });
    await live(attune);
    expect(attune.data.storage).toBe('memory');
    expect(attune.profile().interactionCount).toBe(4);
    expect((await attune.rank(SONGS)).neutral).toBe(false);
    expect(await stored(user)).toBe(false);
  });

  test('granted keeps what happened before it, and the ranking with it', async () => {
    const user = newUser();
    const attune = await openLasting(user, { consent: 'unknown' });
    await live(attune);
    const before = await orderOf(attune);
    await attune.data.setConsent('granted');
    expect([attune.data.consent, attune.data.storage]).toEqual(['granted', 'indexed-db']);
    expect(await orderOf(attune)).toEqual(before);
    await attune.close();
    const next = await openLasting(user);
    expect(next.profile().interactionCount).toBe(4);
    expect(await orderOf(next)).toEqual(before);
  });

  test('granted keeps what happens while it is being granted, and a slider just moved', async () => {
    const user = newUser();
    const attune = await openLasting(user, { consent: 'unknown' });
    attune.track('save', song('jazz'));
    attune.setSlider('pace', 0.5);
    const granting = attune.data.setConsent('granted');
    attune.track('save', song('folk'));
    for (let turn = 0; turn < 3; turn++) {
      await nextTask();
      attune.track('view', song('sea'));
    }
    await granting;
    await attune.flush();
    expect(attune.profile().interactionCount).toBe(5);
    expect(attune.profile().sliders[0]!.override).toBe(0.5);
    await attune.close();
    const next = await openLasting(user);
    expect(next.profile().interactionCount).toBe(5);
    expect(next.profile().sliders[0]!.override).toBe(0.5);
  });

  test.each(['denied', 'withdrawn', 'unknown'] as const)(
    'taken back (%s) erases everything it covered',
    async (consent) => {
      const user = newUser();
      const attune = await openLasting(user);
      await live(attune);
      attune.setSlider('pace', 1);
      expect(await stored(user)).toBe(true);
      await attune.data.setConsent(consent);
      expect(attune.data.storage).toBe('memory');
      expect(attune.profile()).toMatchObject({ interactionCount: 0, evidence: 0, priorShare: 1, lastUpdated: null });
      expect(attune.profile().sliders[0]!.override).toBeNull();
      expect((await attune.rank(SONGS)).neutral).toBe(true);
      expect(await attune.data.recent()).toEqual([]);
      await attune.close();
      expect(await stored(user)).toBe(false);
    },
  );
});

describe('privacy', () => {
  test('off neither logs nor personalizes, and what was known comes back with device', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    const before = await orderOf(attune);
    await attune.data.setPrivacy('off');
    expect(attune.track('save', song('snow'))).toBe('');
    const off = await attune.rank(SONGS, { diversity: 0.9, boosts: { last: ({ id }) => (id === 'snow' ? 9 : 0) } });
    expect(off.map(({ id }) => id)).toEqual(SONGS.map(({ id }) => id));
    expect(off.neutral).toBe(true);
    expect(off.every(({ score, terms, moved }) => score === 0 && terms.length === 0 && moved === undefined)).toBe(true);
    await attune.data.setPrivacy('device');
    expect(attune.profile().interactionCount).toBe(4);
    expect(await orderOf(attune)).toEqual(before);
  });

  test('off applies to a ranking made before it', async () => {
    const attune = await open();
    await live(attune);
    const ranking = await attune.rank(SONGS);
    await attune.data.setPrivacy('off');
    expect(attune.rerank(ranking).map(({ id }) => id)).toEqual(SONGS.map(({ id }) => id));
  });

  test('session goes on from what was known, and forgets what it added', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    const before = await orderOf(attune);
    await attune.data.setPrivacy('session');
    expect(attune.data.storage).toBe('memory');
    expect(await orderOf(attune)).toEqual(before);
    attune.track('save', song('snow'));
    await attune.flush();
    expect(attune.profile().interactionCount).toBe(5);
    await attune.data.setPrivacy('device');
    expect(attune.data.storage).toBe('indexed-db');
    expect(attune.profile().interactionCount).toBe(4);
    expect(await orderOf(attune)).toEqual(before);
  });

  test('started as off, device stores and reads what was stored', async () => {
    const user = newUser();
    await live(await openLasting(user));
    await opened.pop()!.close();
    const attune = await openLasting(user, { privacy: 'off' });
    expect(attune.profile().interactionCount).toBe(0);
    await attune.data.setPrivacy('device');
    expect(attune.data.storage).toBe('indexed-db');
    expect(attune.profile().interactionCount).toBe(4);
    attune.track('save', song('snow'));
    await attune.close();
    expect((await openLasting(user)).profile().interactionCount).toBe(5);
  });

  test.each(['session', 'off'] as const)(
    '%s does not shield what is on disk from an erase or a consent taken back',
    async (privacy) => {
      for (const end of ['erase', 'deny'] as const) {
        const user = newUser();
        await live(await openLasting(user));
        await opened.pop()!.close();
        const attune = await openLasting(user, { privacy });
        await (end === 'erase' ? attune.data.erase() : attune.data.setConsent('denied'));
        await attune.close();
        expect(await stored(user)).toBe(false);
      }
    },
  );

  test('session, off and device in turn end on disk, without what the session added', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    for (const privacy of ['session', 'off', 'device'] as const) {
      await attune.data.setPrivacy(privacy);
      attune.track('save', song('snow'));
    }
    await attune.flush();
    expect(attune.data.storage).toBe('indexed-db');
    await attune.close();
    expect((await openLasting(user)).profile().interactionCount).toBe(5);
  });
});

describe('taking back', () => {
  test('one interaction just tracked restores the ranking before it exactly', async () => {
    const attune = await open();
    await live(attune);
    await attune.rank(SONGS);
    const before = await orderOf(attune);
    const profile = attune.profile();
    const id = attune.track('save', song('snow'));
    await attune.flush();
    expect(await orderOf(attune)).not.toEqual(before);
    expect(await attune.data.forget(id)).toMatchObject({ removed: 1 });
    expect(await orderOf(attune)).toEqual(before);
    expect(attune.profile()).toEqual(profile);
    expect(await attune.data.forget(id)).toEqual({ removed: 0, token: '' });
  });

  test('one interaction whose text is still being understood leaves no trace', async () => {
    let release = (): void => undefined;
    const attune = await open({ encoder: oneHotEncoder(new Promise((resolve) => (release = resolve))) });
    const id = attune.track('save', song('snow'));
    const forgetting = attune.data.forget(id);
    release();
    expect(await forgetting).toMatchObject({ removed: 1 });
    await attune.flush();
    expect(attune.profile()).toMatchObject({ interactionCount: 0, evidence: 0 });
    expect(await attune.data.recent()).toEqual([]);
  });

  test('one interaction of before the last start does the same', async () => {
    const user = newUser();
    const first = await openLasting(user);
    await live(first);
    const before = await orderOf(first);
    const id = first.track('hide', song('folk'));
    await first.close();
    const next = await openLasting(user);
    expect(await next.data.forget(id)).toMatchObject({ removed: 1 });
    expect(await orderOf(next)).toEqual(before);
  });

  test('everything leaves a newcomer, and no database', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    attune.setSlider('pace', 1);
    await attune.data.erase();
    expect(attune.profile()).toMatchObject({ interactionCount: 0, lastUpdated: null });
    expect(await attune.data.export()).toMatchObject({ interactions: [], items: [], sliders: {} });
    await attune.close();
    expect((await openLasting(user)).profile().interactionCount).toBe(0);
  });

  test('an erase leaves no database behind when the page goes on without an action', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    attune.setSlider('pace', 1);
    await attune.data.erase();
    await attune.close();
    expect(await stored(user)).toBe(false);
  });

  test('everything in one tab takes it from the other, which goes on storing', async () => {
    const user = newUser();
    const [one, other] = [await openLasting(user), await openLasting(user)];
    await live(other);
    const { seen } = watchWarnings(other);
    await one.data.erase();
    await other.data.recent(); // the first look at the database, as a note to the tab would cause
    expect(other.profile().interactionCount).toBe(0);
    other.track('save', song('folk'));
    await other.flush();
    expect(other.data.storage).toBe('indexed-db');
    expect(other.profile().interactionCount).toBe(1);
    expect((await one.data.recent()).map(({ itemId }) => itemId)).toEqual(['folk']);
    expect(await seen()).toEqual([]);
  });

  test('everything in one tab can’t be undone by what the other had not stored yet', async () => {
    const user = newUser();
    const [one, other] = [await openLasting(user), await openLasting(user)];
    other.track('save', song('jazz')); // stored at once
    await other.flush();
    other.track('save', song('rock')); // waits its second
    await one.data.erase();
    await other.flush();
    expect(other.data.storage).toBe('indexed-db');
    other.track('save', song('folk'));
    await other.flush();
    expect((await one.data.recent()).map(({ itemId }) => itemId)).toEqual(['folk']);
    expect((await other.data.recent()).map(({ itemId }) => itemId)).toEqual(['folk']);
    expect(other.profile().interactionCount).toBe(1);
  });
});

describe('export and import', () => {
  test('carry a profile to another device: the same ranking and the same sliders', async () => {
    const [from, to] = [await open(), await open()];
    await live(from);
    from.track('view', song('wild'), { at: START - 3 * DAY, weight: 2, metadata: { paid: true } });
    await from.flush();
    from.setSlider('pace', -0.25);
    const file = JSON.stringify(await from.data.export());
    expect(await to.data.import(file)).toEqual({ interactions: 5, duplicates: 0, rejected: [] });
    await Promise.all([from.rank(SONGS), to.rank(SONGS)]);
    expect(await orderOf(to)).toEqual(await orderOf(from));
    expect(to.profile()).toEqual(from.profile());
    expect({ ...(await to.data.export()), exportedAt: 0 }).toEqual({ ...JSON.parse(file), exportedAt: 0 });
  });

  test('take nothing in twice', async () => {
    const attune = await open();
    await live(attune);
    const { evidence } = attune.profile();
    expect(await attune.data.import(await attune.data.export())).toEqual({
      interactions: 0,
      duplicates: 4,
      rejected: [],
    });
    expect(attune.profile().evidence).toBe(evidence);
  });

  test('take in a CSV log, and report the rows that make no sense', async () => {
    const attune = await open();
    const csv = [
      'timestamp,user_id,action_type,content,weight',
      `${START - DAY},u,save,"jazz, calm",`,
      '2025-10-01T10:00:00Z,u,hide,rock,2',
      'yesterday,u,save,folk,',
      `${START},u,,folk,`,
      `${START},u,save, ,`,
      `${START},u,save,folk,much`,
    ].join('\n');
    const { interactions, duplicates, rejected } = await attune.data.import(csv);
    expect([interactions, duplicates]).toEqual([2, 0]);
    expect(rejected.map(({ row }) => row)).toEqual([2, 3, 4, 5]);
    for (const { reason } of rejected) expect(reason).not.toBe('');
    const recent = await attune.data.recent();
    expect(recent.map(({ kind, title, weight, at }) => [kind, title, weight, at])).toEqual([
      ['save', 'jazz, calm', undefined, START - DAY],
      ['hide', 'rock', 2, Date.parse('2025-10-01T10:00:00Z')],
    ]);
    expect((await attune.rank(SONGS)).neutral).toBe(false);
  });

  test('take one person’s rows from a CSV of several', async () => {
    const attune = await open({ user: 'me' });
    const csv = `timestamp,user_id,action_type,content\n${START},me,save,jazz\n${START},you,save,rock`;
    const { interactions, rejected } = await attune.data.import(csv);
    expect([interactions, rejected.length]).toEqual([1, 1]);
  });

  test('take in many rows at once', async () => {
    const attune = await openLasting(newUser());
    const rows = Array.from({ length: 600 }, (_, i) => `${START - i},u,view,jazz`);
    await attune.data.import(['timestamp,user_id,action_type,content', ...rows].join('\n'));
    expect(attune.profile().interactionCount).toBe(600);
    expect((await attune.data.recent(1000)).map(({ at }) => at)).toEqual(rows.map((_, i) => START - i));
  });
});

describe('an abort', () => {
  const reason = new Error('the page went on');
  const calls: [string, (attune: Attune<Song>, signal: AbortSignal) => Promise<unknown>][] = [
    ['rank', (attune, signal) => attune.rank(SONGS, { signal })],
    ['score', (attune, signal) => attune.score(song('jazz'), { signal })],
    ['embed', (attune, signal) => attune.embed('jazz', { signal })],
    ['flush', (attune, signal) => attune.flush({ signal })],
    ['data.export', (attune, signal) => attune.data.export({ signal })],
    [
      'data.import',
      (attune, signal) => attune.data.import(`timestamp,action_type,content\n${START},save,jazz`, { signal }),
    ],
    ['explain', async (attune, signal) => attune.explain(await attune.rank(SONGS), 'jazz', { signal })],
  ];

  test.each(calls)('before %s rejects with the signal’s reason and changes nothing', async (_, call) => {
    const attune = await open();
    await expect(call(attune, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await attune.data.recent()).toEqual([]);
  });

  test.each(calls.slice(0, 4))(
    'during %s rejects with the signal’s reason, and the next call works',
    async (_, call) => {
      let release = (): void => undefined;
      const attune = await open({ encoder: oneHotEncoder(new Promise((resolve) => (release = resolve))) });
      attune.track('save', song('sea'));
      const controller = new AbortController();
      const pending = call(attune, controller.signal);
      controller.abort(reason);
      await expect(pending).rejects.toBe(reason);
      release();
      await call(attune, new AbortController().signal);
      expect(attune.profile().interactionCount).toBe(1);
    },
  );
});

test('a ranking that can’t wait is partial and as given; ‘ready’ says when to rank again', async () => {
  let release = (): void => undefined;
  const attune = await open({ encoder: oneHotEncoder(new Promise((resolve) => (release = resolve))), maxWaitMs: 0 });
  attune.track('save', song('sea'));
  const early = await attune.rank(SONGS);
  expect([early.partial, early.neutral]).toEqual([true, true]);
  expect(early.map(({ item }) => item)).toEqual(SONGS);
  const ready = new Promise((resolve) => attune.on('ready', resolve));
  release();
  expect(await ready).toEqual({ modelVersion: 'one-hot-1' });
  await attune.flush();
  const late = await attune.rank(SONGS);
  expect([late.partial, late.neutral, late[0]!.id]).toEqual([false, false, 'sea']);
});

test('an encoder that fails is reported, and the list stands as given', async () => {
  const encoder = { ...oneHotEncoder(), encode: () => Promise.reject(new Error('out of order')) };
  const attune = await open({ encoder });
  const { seen } = watchWarnings(attune);
  const ranking = await attune.rank(SONGS);
  expect([ranking.partial, ...ranking.map(({ id }) => id)]).toEqual([true, ...SONGS.map(({ id }) => id)]);
  expect((await seen()).map(({ code }) => code)).toContain('encoder/unavailable');
});

describe('events', () => {
  test('‘profile’ comes once a batch, after it was learned, and frozen', async () => {
    const attune = await open();
    await attune.rank(SONGS);
    const profiles: Profile[] = [];
    attune.on('profile', (profile) => void profiles.push(profile));
    for (const word of ['jazz', 'rock', 'folk'] as const) attune.track('save', song(word));
    await attune.flush();
    expect(profiles.map(({ interactionCount }) => interactionCount)).toEqual([3]);
    expect(Object.isFrozen(profiles[0])).toBe(true);
    attune.track('save', song('sea'));
    await attune.flush();
    expect(profiles.map(({ interactionCount }) => interactionCount)).toEqual([3, 4]);
  });

  test('a listener that unsubscribed hears no more, and one that throws silences nobody', async () => {
    const attune = await open();
    const heard: string[] = [];
    attune.on('profile', () => {
      throw new Error('a listener’s own fault');
    });
    const off = attune.on('profile', () => void heard.push('once'));
    attune.on('profile', () => void heard.push('always'));
    attune.track('save', song('jazz'));
    await attune.flush();
    off();
    attune.track('save', song('jazz'));
    await attune.flush();
    expect(heard).toEqual(['once', 'always', 'always']);
  });

  test('an unknown kind warns once, and weighs 1', async () => {
    const attune = await open();
    const { seen } = watchWarnings(attune);
    for (let i = 0; i < 3; i++) attune.track('juggle', song('jazz'));
    attune.track('constructor', song('jazz'));
    await attune.flush();
    expect((await seen()).map(({ code, message }) => [code, message.split('.')[0]])).toEqual([
      ['input/invalid', 'unknown kind: got "juggle"'],
      ['input/invalid', 'unknown kind: got "constructor"'],
    ]);
    expect(attune.profile().evidence).toBe(4);
  });

  test('images are read by their alt texts, and that nobody looks at them is told once', async () => {
    const attune = await open();
    const { seen } = watchWarnings(attune);
    const shown = { id: 'shown', title: 'rock', images: [{ alt: 'the sea' }] };
    expect((await attune.embed(shown)).embedding).toEqual(oneHot('rock sea'));
    attune.track('save', shown);
    await attune.rank([shown, song('jazz')]);
    expect((await seen()).map(({ code, message }) => [code, message.split(':')[0]])).toEqual([
      ['input/invalid', 'images'],
    ]);
    const own = await open({ text: ({ title }) => title });
    const heard = watchWarnings(own);
    expect((await own.embed(shown)).embedding).toEqual(oneHot('rock'));
    expect(await heard.seen()).toEqual([]);
  });

  test('a kind of one’s own map is known', async () => {
    const attune = await open({ kinds: { juggle: 7 } });
    const { seen } = watchWarnings(attune);
    attune.track('juggle', song('jazz'));
    await attune.flush();
    expect(await seen()).toEqual([]);
    expect(attune.profile().evidence).toBe(7);
  });
});

test('nothing is stored, shown or encoded before `redact` has seen it', async () => {
  const store = memoryStore();
  const encoded: string[] = [];
  const plain = oneHotEncoder();
  const encoder = { ...plain, encode: (texts: readonly string[]) => (encoded.push(...texts), plain.encode(texts)) };
  const attune = await open({ store, encoder, redact: (text) => text.replaceAll(/\d+/g, '#') });
  attune.track('save', { id: 'a', title: 'jazz 555' });
  attune.track('search', 'rock 666');
  await attune.data.import(`timestamp,action_type,content\n${START},save,folk 777`);
  const item = { id: 'b', text: 'calm 888', title: 'calm 999' };
  const { interactions: _, ...rest } = await attune.data.export();
  const interactions = [{ id: 'i', kind: 'save', itemId: 'b', at: START }];
  await attune.data.import({ ...rest, interactions, items: [item] });
  await attune.rank([{ id: 'c', title: 'sea 111' }]);
  await attune.embed('snow 222');
  await attune.flush();
  const kept = JSON.stringify([
    await store.readItems(),
    await attune.data.export(),
    await attune.data.recent(),
    encoded,
  ]);
  for (const word of ['jazz', 'rock', 'folk', 'calm', 'sea', 'snow']) expect(kept).toContain(`${word} #`);
  expect(kept).not.toMatch(/555|666|777|888|999|111|222/);
});

describe('an explanation', () => {
  test('has the entry’s own terms, largest first, each with the actions behind it', async () => {
    const attune = await open();
    await live(attune);
    attune.setSlider('pace', -1);
    const ranking = await attune.rank(SONGS);
    for (const { id, score, terms } of ranking) {
      const explanation = await attune.explain(ranking, id);
      expect(explanation.score).toBe(score);
      expect(explanation.terms.map(({ name }) => name).sort()).toEqual(terms.map(({ name }) => name).sort());
      expect(explanation.terms.reduce((sum, { value }) => sum + value, 0)).toBeAllclose(score, { atol: 1e-9 });
      const sizes = explanation.terms.map(({ value }) => Math.abs(value));
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    }
  });

  test('names actions that together, with the term’s offset, are the term', async () => {
    const attune = await open();
    attune.track('save', song('jazz'));
    attune.track('view', song('sea'), { at: START - 10 * DAY });
    attune.track('save', song('calm'), { at: START + DAY });
    attune.track('dislike', song('rock'));
    await attune.flush();
    const ranking = await attune.rank(SONGS);
    const termOf = async (id: string, name: string): Promise<{ value: number; reasons: number; titles: string[] }> => {
      const term = (await attune.explain(ranking, id)).terms.find((each) => each.name === name)!;
      return {
        value: term.value,
        reasons: term.because.reduce((sum, { value }) => sum + value, 0),
        titles: term.because.map(({ title }) => title),
      };
    };
    for (const name of ['profile', 'session']) {
      // the offset is one number for the whole list, and all three likings fit in an explanation
      const offsets = await Promise.all(
        SONGS.map(async ({ id }) => {
          const { value, reasons } = await termOf(id, name);
          return value - reasons;
        }),
      );
      expect(offsets).toBeAllclose(
        offsets.map(() => offsets[0]!),
        { atol: 1e-9 },
      );
      expect((await termOf('jazz', name)).titles[0]).toBe('jazz');
    }
    const avoid = await termOf('rock', 'avoid');
    expect(avoid).toEqual({ value: avoid.reasons, reasons: -0.5, titles: ['rock'] });
  });

  test('of the neutral order has no terms, and of an unknown item is refused', async () => {
    const attune = await open();
    const ranking = await attune.rank(SONGS);
    expect(await attune.explain(ranking, 'jazz')).toEqual({ id: 'jazz', score: 0, terms: [] });
    await expect(attune.explain(ranking, '__proto__')).rejects.toMatchObject({ code: 'input/invalid' });
  });
});

describe('what lasts', () => {
  test('a slider moved just before closing stands there at the next start', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    attune.setSlider('pace', 0.75);
    await attune.close();
    const next = await openLasting(user);
    expect(next.profile().sliders[0]!.override).toBe(0.75);
    next.setSlider('pace', null);
    await next.close();
    expect((await openLasting(user)).profile().sliders[0]!.override).toBeNull();
  });

  test('the profile after a start is the profile before the end, from a snapshot as from a replay', async () => {
    const user = newUser();
    const attune = await openLasting(user);
    await live(attune);
    const profile = attune.profile();
    await attune.close(); // saves a snapshot
    const next = await openLasting(user);
    expect(next.profile().embedding).toBeAllclose(profile.embedding, { rtol: 1e-6 });
    expect({ ...next.profile(), sliders: [], embedding: [] }).toEqual({ ...profile, sliders: [], embedding: [] });
    next.track('save', song('folk'));
    await next.flush();
    expect(next.profile().interactionCount).toBe(5);
    const replayed = await open();
    await replayed.data.import(await next.data.export());
    expect(replayed.profile().embedding).toBeAllclose(next.profile().embedding, { rtol: 1e-6 });
  });

  test('two tabs that both act end up with one profile', async () => {
    const user = newUser();
    const [one, other] = [await openLasting(user), await openLasting(user)];
    one.track('save', song('jazz'));
    other.track('save', song('rock'));
    await Promise.all([one.flush(), other.flush()]);
    await Promise.all([one.close(), other.close()]);
    expect((await openLasting(user)).profile()).toMatchObject({ interactionCount: 2, evidence: 6 });
  });

  test('users are kept apart', async () => {
    const user = newUser();
    await live(await openLasting(user));
    expect((await openLasting(`${user} too`)).profile().interactionCount).toBe(0);
  });

  test('a browser without storage is reported, and everything works in memory', async () => {
    const { indexedDB } = globalThis;
    Object.assign(globalThis, { indexedDB: undefined });
    try {
      const attune = await createAttune<Song>({
        consent: 'granted',
        user: newUser(),
        encoder: oneHotEncoder(),
        now: () => START,
      });
      opened.push(attune);
      const { seen } = watchWarnings(attune);
      await live(attune);
      expect([attune.data.storage, attune.profile().interactionCount]).toEqual(['memory', 4]);
      expect((await seen()).map(({ code }) => code)).toEqual(['storage/unavailable']);
    } finally {
      Object.assign(globalThis, { indexedDB });
    }
  });
});

describe('time', () => {
  test('a clock set back changes nothing that is known', async () => {
    const clock = new TestClock();
    const attune = await open({ now: clock.now });
    await live(attune);
    const order = await orderOf(attune);
    const before = [attune.profile(), order];
    clock.time -= 400 * DAY;
    expect([attune.profile(), await orderOf(attune)]).toEqual(before);
    const ids = [attune.track('view', song('sea')), attune.track('view', song('sea'))];
    expect([...ids].sort()).toEqual(ids);
    expect(attune.profile().lastUpdated).toBe(START);
  });

  test('an action dated in the future counts as made now', async () => {
    const clock = new TestClock();
    const attune = await open({ now: clock.now });
    attune.track('save', song('jazz'), { at: START + DAY });
    await attune.flush();
    for (clock.time of [START, START + DAY]) {
      expect(attune.profile()).toMatchObject({ evidence: 3, lastUpdated: clock.time });
    }
    clock.time = START + 91 * DAY;
    expect(attune.profile().evidence).toBeAllclose(1.5, { rtol: 1e-9 });
    expect(attune.profile().lastUpdated).toBe(START + DAY);
  });

  test('evidence fades while nothing is done, however often it is looked at', async () => {
    const clock = new TestClock();
    const attune = await open({ now: clock.now });
    attune.track('save', song('jazz'));
    await attune.flush();
    for (const halves of [0, 0, 1, 2, 2, 3]) {
      clock.time = START + halves * 90 * DAY;
      expect(attune.profile().evidence).toBeAllclose(3 / 2 ** halves, { rtol: 1e-9 });
    }
  });

  test('a clock that gives no number for once does no lasting harm', async () => {
    const clock = new TestClock();
    const attune = await open({ now: clock.now });
    clock.time = NaN;
    attune.profile();
    clock.time = START;
    attune.track('save', song('jazz'));
    await attune.flush();
    expect(attune.profile()).toMatchObject({ evidence: 3, lastUpdated: START });
  });
});

test('the neutral order is the given one, and a boost alone can change it', async () => {
  const attune = await open();
  const ranking = await attune.rank(SONGS);
  expect([ranking.neutral, ...ranking.map(({ id }) => id)]).toEqual([true, ...SONGS.map(({ id }) => id)]);
  const boosted = await attune.rank(SONGS, { boosts: { snowy: ({ id }) => (id === 'snow' ? 1 : 0) }, limit: 2 });
  expect([boosted.neutral, ...boosted.map(({ id }) => id)]).toEqual([false, 'snow', 'jazz']);
  expect(boosted[0]!.terms).toEqual([{ name: 'boost:snowy', label: 'snowy', value: 1 }]);
});

test('a filter leaves items out, and a ranking gives the caller’s own objects back', async () => {
  const attune = await open();
  const ranking = await attune.rank(SONGS, { filter: ({ id }) => id !== 'rock', limit: 3 });
  expect(ranking.map(({ item }) => item)).toEqual([SONGS[0], SONGS[2], SONGS[3]]);
  expect(ranking[0]!.item).toBe(SONGS[0]);
});
