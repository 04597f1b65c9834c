import { type Attune, createAttune } from 'attune';
import { afterEach, expect, test } from 'vitest';
import { databaseName } from '../../src/storage/schema.js';
import { oneHotEncoder, song, type Song, START, watchWarnings } from '../one-hot.js';

/** Two Attunes of one user in one page stand for two tabs: each has its own connection and its own channel. */
const opened: [Attune<Song>, string][] = [];
let users = 0;

async function openTab(user: string): Promise<Attune<Song>> {
  const attune = await createAttune<Song>({
    consent: 'granted',
    user,
    encoder: oneHotEncoder(),
    maxWaitMs: 10_000,
    now: () => START,
    sliders: [{ id: 'pace', low: 'calm', high: 'wild' }],
  });
  await attune.flush();
  opened.push([attune, user]);
  return attune;
}

async function openTabs(): Promise<[Attune<Song>, Attune<Song>, string]> {
  const user = `tabs-${Date.now()}-${users++}`;
  return [await openTab(user), await openTab(user), user];
}

/** Resolves at the next profile that passes. */
function profileOf(attune: Attune<Song>, passes: (count: number) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => void (passes(attune.profile().interactionCount) && resolve());
    attune.on('profile', look);
    look();
  });
}

afterEach(async () => {
  for (const [attune] of opened) await attune.close();
  for (const [, user] of opened.splice(0)) indexedDB.deleteDatabase(databaseName(user));
});

test('what happens in one tab the other learns', async () => {
  const [one, other] = await openTabs();
  one.track('save', song('jazz'));
  one.track('hide', song('rock'));
  await profileOf(other, (count) => count === 2);
  expect(other.profile().embedding).toEqual(one.profile().embedding);
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
