import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test } from 'vitest';
import type { Attune, Experiment, Store } from 'attune';
import { memoryStore } from 'attune/core';
import { assign, countPerson, didAny, type Study } from 'attune/lab';
import { createIdMaker } from '../../src/domain/id.js';
import { createMemoryStore } from '../../src/storage/memory.js';
import { closeAll, isStored, newUser, openLasting } from '../lasting.js';
import { closeSongs, open } from '../open-songs.js';
import { DAY, song, type Song, SONGS, START, TestClock, WORDS } from '../one-hot.js';
import { readOwnLog } from '../../src/own-log/read-own.js';
import { seeded } from '../seeded.js';

afterEach(async () => {
  await closeSongs();
  await closeAll();
});

const spring: Experiment = { id: 'spring', arms: ['now', 'next'] };
/** So many that no two deals agree on all of them by chance. */
const MANY = Array.from({ length: 24 }, (_, i): Experiment => ({ id: `many-${i}`, arms: ['now', 'next'] }));
const armsOf = (attune: Attune<Song>): Promise<(string | null)[]> =>
  Promise.all(MANY.map((experiment) => attune.exposure(experiment)));
const exposures = async (attune: Attune<Song>): Promise<unknown[]> =>
  (await attune.data.export()).interactions.filter(({ kind }) => kind === 'exposure').map(({ metadata }) => metadata);
/** The same store for several Attunes, one after the other. */
const kept = (store: Store): Store => Object.create(store, { close: { value() {} } }) as Store;
/** A store whose log nobody reads from `hold` on, which resolves once somebody tries, until `open`. */
function gated(): { store: Store; hold: () => Promise<void>; open: () => void } {
  const store = memoryStore();
  let open = (): void => undefined;
  let onWait = (): void => undefined;
  let gate = Promise.resolve();
  const readBatches: Store['readBatches'] = async (...given) => {
    onWait();
    await gate;
    return store.readBatches(...given);
  };
  return {
    store: Object.create(store, { readBatches: { value: readBatches } }) as Store,
    hold() {
      gate = new Promise((resolve) => (open = resolve));
      return new Promise((resolve) => (onWait = resolve));
    },
    open: () => open(),
  };
}

/** An arm that is being dealt, and waits for its log until `release`. */
async function held(): Promise<{ attune: Attune<Song>; dealing: Promise<string | null>; release: () => void }> {
  const { store, hold, open: release } = gated();
  const attune = await open({ store });
  await attune.flush();
  const waiting = hold();
  const dealing = attune.exposure(spring);
  await waiting;
  return { attune, dealing, release };
}

/** A log of its own name. */
const fresh = (seed: number): Parameters<typeof open>[0] => {
  const makeId = createIdMaker(seeded(seed));
  return { store: createMemoryStore(() => makeId(START)) };
};

describe('an arm', () => {
  test('is the same at each call, and each is noted with what the site adds', async () => {
    const attune = await open();
    const arm = await attune.exposure(spring, { latencyMs: 12 });
    expect(spring.arms).toContain(arm);
    expect(await attune.exposure(spring)).toBe(arm);
    expect(await exposures(attune)).toEqual([
      { latencyMs: 12, experiment: 'spring', arm },
      { experiment: 'spring', arm },
    ]);
  });

  test('is that of the user’s key where the site names one, on every device', async () => {
    for (const user of ['ada', 'bob', 'eve', 'joe']) {
      expect(await (await open({ user })).exposure(spring)).toBe(assign(spring, user));
    }
  });

  test('is else that of the log’s own name: evenly among people, the same in every tab and on every visit', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, async (_, i) => armsOf(await open(fresh(i)))));
    const next = all.flat().filter((arm) => arm === 'next').length;
    expect(next).toBeGreaterThan(110);
    expect(next).toBeLessThan(178);
    expect(new Set(all.map(String)).size).toBe(12);
  });

  test('survives a reload and is known to another tab', async () => {
    const user = 'default';
    const first = await openLasting(user, { random: seeded(5) });
    const arms = await armsOf(first);
    expect(await armsOf(await openLasting(user))).toEqual(arms);
    await closeAll();
    const later = await openLasting(user);
    expect(await armsOf(later)).toEqual(arms);
    await later.data.erase();
    expect(await exposures(later)).toEqual([]);
    expect(await armsOf(later)).not.toEqual(arms);
    await later.data.erase();
  });

  test('stays when consent comes later, and when a file takes it to another device', async () => {
    const attune = await openLasting('default', { consent: 'unknown', random: seeded(7) });
    const arms = await armsOf(attune);
    expect(await isStored('default')).toBe(false);
    await attune.data.setConsent('granted');
    expect(await armsOf(attune)).toEqual(arms);
    const file = await attune.data.export();
    await closeAll();
    expect(await armsOf(await openLasting('default'))).toEqual(arms);
    const other = await open(fresh(9));
    await other.data.import(file);
    expect(await armsOf(other)).toEqual(arms);
    await (await openLasting('default')).data.erase();
  });

  test('is that of earlier visits again once consent lets the page see them', async () => {
    const arms = await armsOf(await openLasting('default', { random: seeded(31) }));
    await closeAll();
    const attune = await openLasting('default', { consent: 'unknown', random: seeded(32), now: () => START + DAY });
    expect(await armsOf(attune)).not.toEqual(arms);
    await attune.data.setConsent('granted');
    expect(await armsOf(attune)).toEqual(arms);
    await attune.data.erase();
  });

  test('stays as weights change, and is dealt anew once the experiment has it no more', async () => {
    const attune = await open(fresh(3));
    const arm = await attune.exposure(spring);
    expect(await attune.exposure({ ...spring, weights: arm === 'now' ? [1e-9, 1] : [1, 1e-9] })).toBe(arm);
    expect(await attune.exposure({ id: 'spring', arms: ['third'] })).toBe('third');
  });
});

describe('in no arm, and noted nowhere, is', () => {
  test.each(['denied', 'withdrawn'] as const)('who answered %s', async (consent) => {
    const attune = await openLasting(newUser(), { consent });
    expect(await attune.exposure(spring)).toBe(null);
    expect(await exposures(attune)).toEqual([]);
  });

  test('who switched personalization off, or has no share in it', async () => {
    const attune = await open();
    await attune.data.setPrivacy('off');
    expect(await attune.exposure(spring)).toBe(null);
    await attune.data.setPrivacy('device');
    expect(await attune.exposure({ ...spring, share: 0 })).toBe(null);
    expect(await exposures(attune)).toEqual([]);
  });
});

describe('an exposure', () => {
  test('is no action: nothing is learned from it, counted, listed or seen', async () => {
    const [attune, plain] = [await open(), await open()];
    for (const each of [attune, plain]) each.track('save', song('jazz'));
    await attune.exposure(spring);
    await attune.flush();
    expect(attune.profile()).toEqual(plain.profile());
    expect(await attune.data.recent()).toHaveLength(1);
    expect(await attune.data.recent(9, { kinds: ['exposure'] })).toMatchObject([{ itemId: 'experiment:spring' }]);
    const ranking = await attune.rank([...SONGS, song('experiment:spring')], { excludeSeen: true });
    expect(ranking.map(({ id }) => id)).toContain('experiment:spring');
    expect(() => attune.track('exposure', song('jazz'))).toThrow(/Call `exposure`/);
  });

  test('changes nothing in what calibration says, also before a catalogue is here', async () => {
    const items = Array.from({ length: 60 }, (_, i) => ({
      id: `${i}`,
      title: `${WORDS[i % 8]} ${WORDS[(i >> 3) % 8]}`,
    }));
    const tell = async (exposes: boolean): Promise<unknown> => {
      const clock = new TestClock();
      const store = memoryStore();
      const options = { sliders: [{ id: 'jazzy', text: 'jazz' }], now: clock.now, store: kept(store) };
      const attune = await open(options);
      const ranking = await attune.rank(items);
      for (let i = 0; i < 12; i++) {
        await attune.impression(ranking, `${i}`);
        if (i % 3 === 0) attune.track('save', items[i]!);
        clock.time += 2_000_000;
        if (i % 4 === 0) await attune.calibration();
        if (exposes) await attune.exposure(MANY[i]!);
      }
      await attune.close();
      clock.time += DAY;
      return (await open(options)).calibration();
    };
    const told = await tell(false);
    expect(told).toMatchObject([{ slider: 'jazzy', outcomes: 12 }]);
    expect(await tell(true)).toEqual(told);
  });

  test('goes with its experiment when that is forgotten', async () => {
    const attune = await open();
    await attune.exposure(spring);
    await attune.exposure(MANY[0]!);
    expect((await attune.data.forget({ item: 'experiment:spring' })).removed).toBe(1);
    expect(await exposures(attune)).toMatchObject([{ experiment: 'many-0' }]);
  });

  test('waits for no encoder, also where topics are off-limits and texts are not kept', async () => {
    const encoder = { modelVersion: 'never', dim: 8, encode: () => new Promise<never>(() => undefined), close() {} };
    const attune = await open({ encoder, keepText: 'none', offLimits: { topics: ['rock'] } });
    const log = attune.exposure(spring).then(() => exposures(attune));
    expect(await log).toHaveLength(1);
  });

  test('lies in the log of the user who met the arm', async () => {
    const [ada, bob] = [newUser(), newUser()];
    const attune = await openLasting(ada);
    const dealt = attune.exposure(spring);
    await attune.data.switchUser(bob);
    const arm = await dealt;
    const inBobs = await exposures(attune);
    await attune.data.switchUser(ada);
    const inAdas = await exposures(attune);
    expect([...inAdas, ...inBobs]).toHaveLength(1);
    expect(arm).toBe(assign(spring, inAdas.length === 1 ? ada : bob));
  });

  test('goes with an erase that comes while it is dealt', async () => {
    const { attune, dealing, release } = await held();
    const erasing = attune.data.erase();
    release();
    expect(spring.arms).toContain(await dealing);
    await erasing;
    expect(await exposures(attune)).toEqual([]);
  });

  test.each([
    ['a refusal', (attune: Attune<Song>) => attune.data.setConsent('withdrawn')],
    ['switching personalization off', (attune: Attune<Song>) => attune.data.setPrivacy('off')],
  ])('is nothing where %s comes while it is dealt', async (_, overtake) => {
    const { attune, dealing, release } = await held();
    const overtaking = overtake(attune);
    release();
    expect(await dealing).toBe(null);
    await overtaking;
    expect(await exposures(attune)).toEqual([]);
  });

  test('and what followed is one person’s part of a study', async () => {
    const clock = new TestClock();
    const attune = await open({ user: 'ada', now: clock.now });
    const study: Study = {
      experiment: spring,
      windowMs: 7 * DAY,
      people: 100,
      goal: { name: 'saved', value: didAny(['save']), range: [0, 1], wanted: 'more' },
    };
    const arm = (await attune.exposure(spring))!;
    clock.time += DAY;
    attune.track('save', song('jazz'));
    clock.time += 7 * DAY;
    const counts = countPerson(study, (await attune.data.export()).interactions, clock.time);
    expect(counts.arms[arm]).toEqual({ people: 1, sums: { saved: 1 }, squares: { saved: 1 } });
  });
});

test.each<[string, unknown[]]>([
  ['no experiment', []],
  ['an experiment without arms', [{ id: 'x', arms: [] }]],
  ['nested notes', [spring, { a: { b: 1 } }]],
  ['notes that are none', [spring, 'fast']],
])('%s is refused', async (_, given) => {
  const attune = await open();
  await expect(attune.exposure(...(given as [Experiment]))).rejects.toMatchObject({ code: 'input/invalid' });
  expect(await exposures(attune)).toEqual([]);
});

test('a closed Attune deals nobody', async () => {
  const attune = await open();
  await attune.close();
  await expect(attune.exposure(spring)).rejects.toMatchObject({ code: 'closed' });
});

test('an evaluation of the log passes exposures over, and their experiments are no items', async () => {
  const attune = await open();
  attune.track('save', song('jazz'));
  await attune.exposure(spring);
  const { rows, items } = await readOwnLog(attune, [], undefined);
  expect([rows.map(({ kind }) => kind), items]).toEqual([['save'], ['jazz']]);
});
