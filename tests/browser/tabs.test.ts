import { type Attune, type AttuneOptions, type Consent, createAttune } from 'attune';
import { afterEach, expect, test } from 'vitest';
import { openIndexedDbStore } from '../../src/storage/indexed-db.js';
import { noteLeaving } from '../../src/storage/leaving.js';
import { willName } from '../../src/sdk/voice.js';
import { databaseName } from '../../src/storage/schema.js';
import { act, record } from '../contract/store.js';
import { oneHotEncoder, song, type Song, START, watchWarnings } from '../one-hot.js';
import { A_SECOND } from '../soak.js';

/** Two Attunes of one user in one page stand for two tabs: each has its own connection and its own channel. */
const opened: [Attune<Song>, string][] = [];
let users = 0;

async function openTab(user: string, options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  const attune = await createAttune<Song>({
    consent: 'granted',
    user,
    encoder: oneHotEncoder(),
    maxWaitMs: 10_000,
    now: () => START,
    sliders: [{ id: 'pace', low: 'calm', high: 'wild' }],
    ...options,
  });
  await attune.flush();
  opened.push([attune, user]);
  return attune;
}

async function openTabs(): Promise<[Attune<Song>, Attune<Song>, string]> {
  const user = `tabs-${Date.now()}-${users++}`;
  return [await openTab(user), await openTab(user), user];
}

/** Where leaving pages noted something of a user's log. */
function notesOf(user: string): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(`${databaseName(user)}/leaving/`));
}

/** Resolves at the next profile that passes. */
function profileOf(attune: Attune<Song>, passes: (count: number) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => void (passes(attune.profile().interactionCount) && resolve());
    attune.on('profile', look);
    look();
  });
}

/** Resolves at the next profile at which the tab's consent is this. */
function consentOf(attune: Attune<Song>, consent: Consent): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => void (attune.data.consent === consent && resolve());
    attune.on('profile', look);
    look();
  });
}

async function isStored(user: string): Promise<boolean> {
  return (await indexedDB.databases()).some(({ name }) => name === databaseName(user));
}

afterEach(async () => {
  for (const [attune] of opened) await attune.close();
  for (const [, user] of opened.splice(0)) {
    for (const name of [user, `${user} too`]) indexedDB.deleteDatabase(databaseName(name));
  }
});

test('what happens in one tab the other learns', async () => {
  const [one, other] = await openTabs();
  one.track('save', song('jazz'));
  one.track('hide', song('rock'));
  await profileOf(other, (count) => count === 2);
  expect(other.profile().embedding).toEqual(one.profile().embedding);
});

test('a tab that is alone tells nobody of what it stores, until one arrives', async () => {
  const user = `tabs-${Date.now()}-${users++}`;
  const one = await openTab(user);
  const channel = new BroadcastChannel(databaseName(user));
  const heard: { type: string; key?: number }[] = [];
  let onAnswer = (): void => undefined;
  channel.onmessage = ({ data }) => {
    heard.push(data);
    onAnswer();
  };
  one.track('save', song('jazz'));
  await one.flush();
  const answer = new Promise<void>((resolve) => (onAnswer = resolve));
  channel.postMessage({ type: 'arrived' });
  await answer;
  expect(heard).toEqual([{ type: 'appended', key: 1 }]);
  one.track('save', song('sea'));
  await new Promise<void>((resolve) => (onAnswer = resolve));
  expect(heard.at(-1)).toEqual({ type: 'appended', key: 2 });
  channel.close();
});

test('a page hears nothing of what it says itself', async () => {
  const user = `tabs-${Date.now()}-${users++}`;
  const heard: unknown[] = [];
  const descriptor = Object.getOwnPropertyDescriptor(BroadcastChannel.prototype, 'onmessage')!;
  Object.defineProperty(BroadcastChannel.prototype, 'onmessage', {
    ...descriptor,
    set(listener: (event: MessageEvent) => void) {
      descriptor.set!.call(this, (event: MessageEvent) => {
        heard.push(event.data);
        listener.call(this, event);
      });
    },
  });
  try {
    const one = await openTab(user);
    one.track('save', song('jazz'));
    one.setSlider('pace', 0.5);
    await one.flush();
    await one.ignore(song('sea'));
    await one.data.erase();
    const last = new BroadcastChannel(databaseName(user));
    const echo = new BroadcastChannel(databaseName(user));
    await new Promise((resolve) => {
      echo.onmessage = resolve; // comes after whatever was posted before
      last.postMessage({ type: 'last' });
    });
    for (const channel of [last, echo]) channel.close();
    expect(heard.filter((note) => (note as { type: string }).type !== 'last')).toEqual([]);
  } finally {
    Object.defineProperty(BroadcastChannel.prototype, 'onmessage', descriptor);
  }
});

/** A page goes with one interaction noted and not stored. */
async function leaveWithNote(user: string): Promise<void> {
  const gone = await openIndexedDbStore(
    user,
    () => crypto.randomUUID(),
    () => undefined,
  );
  noteLeaving(user, 'gone', gone, { interactions: [act('sea')], items: [{ ...record('sea'), text: 'sea' }] });
  gone.close();
}

test('what a page could not store before it went, the tab that opens next stores, and the others learn', async () => {
  const user = `tabs-${Date.now()}-${users++}`;
  const one = await openTab(user);
  one.track('save', song('jazz'));
  await one.flush();
  await leaveWithNote(user);
  const other = await openTab(user);
  expect(other.profile().interactionCount).toBe(2);
  await profileOf(one, (count) => count === 2);
  expect(other.profile().embedding).toEqual(one.profile().embedding);
});

test('a note that can not be stored stays until it can', async () => {
  const user = `tabs-${Date.now()}-${users++}`;
  await (await openTab(user)).close();
  await leaveWithNote(user);
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    if (mode === 'readwrite' && [stores].flat().includes('batches')) throw new DOMException('stuck', 'UnknownError');
    return transaction.call(this, stores, mode, options);
  };
  try {
    const stuck = await openTab(user);
    expect(stuck.profile().interactionCount).toBe(0);
    await stuck.close();
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  const next = await openTab(user);
  expect(next.profile().interactionCount).toBe(1);
  expect(notesOf(user)).toEqual([]);
});

test('a page that was to leave and stays takes its note back, so that nothing forgotten comes back from it', async () => {
  const user = `tabs-${Date.now()}-${users++}`;
  const tab = await openTab(user);
  const id = tab.track('save', song('jazz'));
  dispatchEvent(new PageTransitionEvent('pagehide'));
  expect(notesOf(user)).toHaveLength(1);
  await tab.flush();
  expect(notesOf(user)).toEqual([]);
  await tab.data.forget(id);
  const next = await openTab(user);
  expect(next.profile().interactionCount).toBe(0);
});

test('what one tab takes back the other unlearns', async () => {
  const [one, other] = await openTabs();
  const id = one.track('save', song('jazz'));
  other.track('save', song('sea'));
  await Promise.all([profileOf(one, (count) => count === 2), profileOf(other, (count) => count === 2)]);
  await one.data.forget(id);
  await profileOf(other, (count) => count === 1);
  expect(other.profile().embedding).toEqual(one.profile().embedding);
});

test('an erase empties the other tab, and what is done there next is stored', async () => {
  const [one, other, user] = await openTabs();
  const { seen } = watchWarnings(other);
  other.track('save', song('jazz'));
  await profileOf(one, (count) => count === 1);
  const emptied = profileOf(other, (count) => count === 0);
  await one.data.erase();
  await emptied;
  await other.data.recent();
  other.track('save', song('sea'));
  await other.flush();
  expect(other.data.storage).toBe('indexed-db');
  expect(other.profile().interactionCount).toBe(1);
  expect((await (await openTab(user)).data.recent()).map(({ itemId }) => itemId)).toEqual(['sea']);
  expect(await seen()).toEqual([]);
});

test('a slider set in one tab stands in the other', async () => {
  const [one, other] = await openTabs();
  const moved = new Promise<void>((resolve) => {
    other.on('profile', ({ sliders }) => sliders[0]!.override === 0.5 && resolve());
  });
  one.track('save', song('jazz'));
  one.setSlider('pace', 0.5);
  await moved;
  expect(other.profile().sliders[0]!.position).toBe(0.5);
});

test.each(['denied', 'withdrawn'] as const)(
  '%s in one tab is so in the others within a second, and nothing of it is left or comes back',
  async (answer) => {
    const [one, other, user] = await openTabs();
    const session = await openTab(user, { privacy: 'session' });
    one.track('save', song('jazz'));
    session.track('save', song('rock'));
    await Promise.all([profileOf(other, (count) => count === 1), session.flush()]);
    other.track('save', song('sea'));
    other.track('save', song('snow')); // waits its second
    const heard = Promise.all([other, session].map((tab) => consentOf(tab, answer)));
    const asked = performance.now();
    const refusing = one.data.setConsent(answer);
    await heard;
    await Promise.all([other, session].map((tab) => profileOf(tab, (count) => count === 0)));
    expect(performance.now() - asked).toBeLessThan(A_SECOND);
    await refusing;
    for (const tab of [one, other, session]) {
      await tab.flush();
      expect([tab.data.consent, tab.data.storage, await tab.data.recent()]).toEqual([answer, 'memory', []]);
      tab.track('save', song('folk'));
      await tab.flush();
      expect(tab.profile().interactionCount).toBe(1);
    }
    expect(await isStored(user)).toBe(false);
  },
);

test('a refusal at the opening of one tab holds in the others', async () => {
  const [one, , user] = await openTabs();
  one.track('save', song('jazz'));
  await one.flush();
  const emptied = profileOf(one, (count) => count === 0);
  await openTab(user, { consent: 'withdrawn' });
  await emptied;
  await one.flush();
  expect([one.data.consent, one.data.storage, await isStored(user)]).toEqual(['withdrawn', 'memory', false]);
});

test('a grant after a refusal stands, whatever tabs remember of the refusal', async () => {
  let now = START;
  const clock = { now: () => now };
  const user = `tabs-${Date.now()}-${users++}`;
  const old = await openTab(user, { ...clock, consent: 'denied' });
  now += 1000;
  const one = await openTab(user, clock); // asks on opening, and hears of the older refusal
  one.track('save', song('jazz'));
  await profileOf(one, (count) => count === 1);
  document.dispatchEvent(new Event('visibilitychange')); // asks again
  await new Promise<void>((resolve) => {
    const channel = new BroadcastChannel(willName(user));
    channel.onmessage = ({ data }: MessageEvent<{ type: string }>) => {
      if (data.type !== 'refused') return;
      channel.close();
      resolve();
    };
    channel.postMessage({ type: 'woke' });
  });
  await one.flush();
  expect([one.data.consent, one.data.storage, old.data.consent]).toEqual(['granted', 'indexed-db', 'denied']);
});

test('a refusal touches no other user’s tab', async () => {
  const [one] = await openTabs();
  const [two, , user] = await openTabs();
  one.track('save', song('jazz'));
  await one.flush();
  await two.data.setConsent('withdrawn');
  await one.flush();
  expect([one.data.consent, one.profile().interactionCount, await isStored(user)]).toEqual(['granted', 1, false]);
});

test('a tab that switched hears its new user’s tabs, and no longer its old one’s', async () => {
  const [one, other, user] = await openTabs();
  const away = `${user} too`;
  const third = await openTab(away);
  await other.data.switchUser(away);
  third.track('save', song('sea'));
  await profileOf(other, (count) => count === 1);
  await one.data.setConsent('withdrawn');
  third.track('save', song('snow'));
  await profileOf(other, (count) => count === 2);
  expect(other.data.consent).toBe('granted');
  await third.data.setConsent('withdrawn');
  await consentOf(other, 'withdrawn');
});

test('an erase empties a session in another tab', async () => {
  const [one, , user] = await openTabs();
  one.track('save', song('jazz'));
  await one.flush();
  const session = await openTab(user);
  await session.data.setPrivacy('session');
  session.track('save', song('snow'));
  await session.flush();
  expect(session.profile().interactionCount).toBe(2);
  const emptied = profileOf(session, (count) => count === 0);
  await one.data.erase();
  await emptied;
  await session.flush();
  session.track('save', song('sea'));
  await session.flush();
  expect([session.profile().interactionCount, session.data.storage]).toEqual([1, 'memory']);
});

test('what a session takes back, and what it erases, a tab whose log lies on disk unlearns', async () => {
  const [one, session] = await openTabs();
  one.track('save', song('jazz'));
  one.track('save', song('sea'));
  await profileOf(session, (count) => count === 2);
  await session.data.setPrivacy('session');
  await session.data.forget({ item: 'jazz' });
  await profileOf(one, (count) => count === 1);
  const emptied = profileOf(one, (count) => count === 0);
  await session.data.erase();
  await emptied;
});

test('what one tab ignores the others leave alone', async () => {
  const [one, other, user] = await openTabs();
  other.track('save', song('jazz'));
  await profileOf(one, (count) => count === 1);
  await one.ignore(song('jazz'));
  await profileOf(other, (count) => count === 0);
  expect(other.track('save', song('jazz'))).toBe('');
  expect(await (await openTab(user)).data.recent()).toEqual([]);
});

test('an undo in one tab comes back in the other', async () => {
  const [one, other] = await openTabs();
  const id = one.track('save', song('jazz'));
  await profileOf(other, (count) => count === 1);
  const { token } = await one.data.forget(id);
  await profileOf(other, (count) => count === 0);
  await one.data.undo(token);
  await profileOf(other, (count) => count === 1);
  expect(other.profile().embedding).toEqual(one.profile().embedding);
});

test('a browser that refuses channels as it refuses storage costs one warning, about the storage', async () => {
  const { BroadcastChannel: channel } = globalThis;
  const { open } = IDBFactory.prototype;
  const refuse = function refuse(): never {
    throw new DOMException('refused', 'SecurityError');
  };
  globalThis.BroadcastChannel = refuse as unknown as typeof BroadcastChannel;
  IDBFactory.prototype.open = refuse;
  try {
    const user = `tabs-${Date.now()}-${users++}`;
    const attune = await createAttune<Song>({ consent: 'granted', user, encoder: oneHotEncoder() });
    opened.push([attune, user]);
    const { seen } = watchWarnings(attune);
    attune.track('save', song('jazz'));
    await attune.flush();
    await attune.ignore(song('sea'));
    expect(attune.profile().interactionCount).toBe(1);
    expect((await seen()).map(({ code }) => code)).toEqual(['storage/unavailable']);
  } finally {
    globalThis.BroadcastChannel = channel;
    IDBFactory.prototype.open = open;
  }
});
