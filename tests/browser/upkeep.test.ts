import { createAttune } from 'attune';
import { afterEach, expect, test } from 'vitest';
import '../allclose.js';
import { openIndexedDbStore } from '../../src/storage/indexed-db.js';
import { record } from '../contract/store.js';
import { DAY, oneHotEncoder, type Song, START } from '../one-hot.js';
import { deleteRaw, readRaw } from '../raw-database.js';

/** Retention and compaction on a real disk, as a page that opens sees them. */
const KEPT = 20_000;
let user = '';
afterEach(() => deleteRaw(user));

const options = { consent: 'granted', encoder: oneHotEncoder(), now: () => START } as const;

test('opening deletes what is kept no longer, packs the rest, and the profile is the replay of what is left', async () => {
  user = `upkeep-${Date.now()}`;
  const store = await openIndexedDbStore(
    user,
    () => crypto.randomUUID(),
    () => undefined,
  );
  // 30 too old, then 20,040 of which 40 are too many, in records of 1 and of 20
  const acts = Array.from({ length: KEPT + 70 }, (_, i) => ({
    id: `i${String(i).padStart(6, '0')}`,
    kind: i % 9 === 0 ? 'hide' : 'save',
    itemId: i < 30 ? 'rock' : i < 70 ? 'folk' : i % 2 === 0 ? 'jazz' : 'sea',
    at: i < 30 ? START - 401 * DAY : START - (KEPT + 70 - i) * 1000,
  }));
  const items = ['rock', 'folk', 'jazz', 'sea'].map((word) => ({ ...record(word), text: word }));
  await store.append({ interactions: acts.slice(0, 1), items });
  const appends: Promise<unknown>[] = [];
  for (let i = 1; i < acts.length;) {
    const size = i < 200 ? 1 : 20;
    appends.push(store.append({ interactions: acts.slice(i, i + size), items: [] }));
    i += size;
  }
  await Promise.all(appends);
  store.close();

  const attune = await createAttune<Song>({ ...options, user });
  await new Promise<void>((resolve) => {
    attune.on('profile', ({ interactionCount }) => interactionCount === KEPT && resolve());
  });
  await attune.flush();
  expect((await navigator.locks.query()).held).toEqual([]); // one held would cost the page its back/forward cache
  const { embedding, evidence } = attune.profile();
  const kept = await attune.data.export();
  await attune.close();

  expect(kept.interactions).toEqual(acts.slice(70));
  expect(kept.items.map(({ id }) => id).sort()).toEqual(['jazz', 'sea']);
  expect((await readRaw(user, 'batches')).length).toBeLessThanOrEqual(Math.ceil((KEPT + 70) / 237)); // 20s fill 240 of 256
  const replayed = await createAttune<Song>({ ...options, user: `${user}-again`, privacy: 'session' });
  await replayed.data.import(kept);
  expect([...embedding]).toBeAllclose([...replayed.profile().embedding], { rtol: 1e-6, atol: 1e-9 });
  expect(evidence).toBeCloseTo(replayed.profile().evidence, 6);
  await replayed.close();
});
