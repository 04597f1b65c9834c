import { memoryStore } from 'attune/core';
import {
  type Attune,
  type AttuneOptions,
  createAttune,
  type Interaction,
  type SliderCalibration,
  type Store,
} from 'attune';
import { describe, expect, test, vi } from 'vitest';
import '../allclose.js';
import { addEmbedding, createEmbeddingTable, embeddingOf } from '../../src/domain/embedding-table.js';
import { makeSliders } from '../../src/domain/slider.js';
import { readRecord } from '../../src/domain/track-record.js';
import { createCalibrations } from '../../src/sdk/calibrate.js';
import { openLog } from '../../src/sdk/log.js';
import { resolveOptions } from '../../src/sdk/options.js';
import { createSliderReader } from '../../src/sdk/read-sliders.js';
import type { Standing } from '../../src/sdk/standing.js';
import { keepUp } from '../../src/sdk/upkeep.js';
import { pack, unpack } from '../../src/storage/pack.js';
import {
  DAY,
  HOUR,
  oneHot,
  oneHotEncoder,
  openSongs,
  song,
  SONGS,
  type Song,
  START,
  TestClock,
  watchWarnings,
  WORDS,
} from '../one-hot.js';
import { seeded } from '../seeded.js';

const MINUTE = 60_000;
const { rules } = resolveOptions<Song>({});
const noop = (): void => undefined;
const NO_EVENTS = {
  ...{ onStored: noop, onForeign: noop, onHide: noop, onWake: noop },
  ...{ onChanged: noop, onLost: noop, onDisk: noop, onWarning: noop },
};
const sliders = [
  { id: 'jazzy', text: 'jazz' },
  { id: 'pace', low: 'calm', high: 'wild' },
];

/** An Attune whose scores are plain cosines, and its clock. */
async function open(
  options: Partial<AttuneOptions<Song>> = {},
  clock = new TestClock(),
): Promise<{ attune: Attune<Song>; clock: TestClock }> {
  return { attune: await openSongs({ sliders, standardize: false, now: clock.now, ...options }), clock };
}

/** The same store for several Attunes, one after the other. */
function kept(store: Store): Store {
  return Object.create(store, { close: { value() {} } }) as Store;
}

/** The same store, and the keys of the records that are read from it. */
function watch(store: Store): { readonly store: Store; readonly read: number[] } {
  const read: number[] = [];
  const watched = Object.create(store, {
    readBatches: {
      async value(...given: Parameters<Store['readBatches']>) {
        const batches = await store.readBatches(...given);
        read.push(...batches.map(({ key }) => key));
        return batches;
      },
    },
  }) as Store;
  return { store: watched, read };
}

/** Shows items one by one, more than half an hour apart; jazz is saved four times of five, the others seldom. */
async function live(attune: Attune<Song>, clock: TestClock, count: number, seed = 1): Promise<void> {
  const random = seeded(seed);
  const ranking = await attune.rank(SONGS);
  for (let i = 0; i < count; i++) {
    const id = random() < 0.4 ? 'jazz' : WORDS[Math.floor(random() * WORDS.length)]!;
    await attune.impression(ranking, id);
    clock.time += MINUTE;
    if (random() < (id === 'jazz' ? 0.8 : 0.15)) attune.track('save', song(id));
    clock.time += 31 * MINUTE;
  }
  await attune.flush();
}

async function logged(attune: Attune<Song>): Promise<readonly Interaction[]> {
  return (await attune.data.export()).interactions;
}

/** What a calibration says, to ten digits. */
function numbers(calibrations: readonly SliderCalibration[]): number[] {
  return calibrations.flatMap(({ outcomes, judged, brier, logLoss, error, course, calibrator }) => [
    ...[outcomes, judged, brier ?? -1, logLoss ?? -1, error.squared, ...course.map((block) => block.brier)],
    ...Object.values(calibrator?.curve ?? {})
      .flat()
      .filter((x) => typeof x === 'number'),
  ]);
}

describe('an impression', () => {
  test('is kept with its place, score, propensity and the raw score of every slider, under their versions', async () => {
    const { attune } = await open();
    attune.track('save', song('jazz'));
    const ranking = await attune.rank(SONGS);
    const id = await attune.impression(ranking, 'jazz');
    const [jazzy, pace] = await attune.score(song('jazz'));
    const found = (await logged(attune)).find((each) => each.id === id)!;
    expect(found).toMatchObject({ kind: 'impression', itemId: 'jazz', at: START, weight: 0, position: 0 });
    expect(found.metadata).toEqual({
      score: Math.round(ranking[0]!.score * 1e6) / 1e6,
      propensity: 1,
      ...{ model: 'one-hot-1', statistics: 'plain' },
      ...{ 'raw:jazzy': Math.round(jazzy!.raw * 1e6) / 1e6, 'version:jazzy': jazzy!.versions.slider },
      ...{ 'raw:pace': Math.round(pace!.raw * 1e6) / 1e6, 'version:pace': pace!.versions.slider },
    });
    await attune.impression(ranking, 'jazz', { position: 3 }); // where a page shows it elsewhere
    expect((await logged(attune)).at(-1)).toMatchObject({ kind: 'impression', itemId: 'jazz', position: 3 });
    await attune.close();
  });

  test('is no action: nothing that counts, lists, learns from or explains by interactions sees it', async () => {
    const store = memoryStore();
    const [with_, without] = await Promise.all([open({ store: kept(store) }), open()]);
    const told: unknown[] = [];
    for (const { attune } of [with_, without]) {
      attune.track('save', song('jazz'));
      attune.track('hide', song('rock'));
      await attune.flush();
    }
    with_.attune.on('profile', (profile) => told.push(profile));
    for (const each of [with_, without]) each.clock.time += HOUR;
    const ranking = await with_.attune.rank(SONGS);
    await without.attune.rank(SONGS);
    for (const word of ['sea', 'jazz', 'snow']) await with_.attune.impression(ranking, word);
    await with_.attune.outcome(song('city'), 1);
    await with_.attune.flush();
    expect(told).toEqual([]);
    expect(with_.attune.profile()).toEqual(without.attune.profile());
    expect(await with_.attune.score(song('jazz'))).toEqual(await without.attune.score(song('jazz')));
    const listed = await with_.attune.data.recent();
    expect(listed.map(({ kind }) => kind)).toEqual(['hide', 'save']);
    const reasons = (await with_.attune.explain(ranking, 'jazz')).terms.flatMap(({ because }) => because);
    expect(new Set(reasons.map(({ interaction }) => interaction.kind))).toEqual(new Set(['save']));
    const { lastUpdated } = with_.attune.profile();
    await with_.attune.close();
    const again = await open({ store: kept(store) }, with_.clock);
    await again.attune.flush();
    expect(again.attune.profile()).toMatchObject({ interactionCount: 2, lastUpdated });
    expect((await logged(again.attune)).filter(({ kind }) => kind === 'impression')).toHaveLength(3);
    await Promise.all([again.attune.close(), without.attune.close()]);
  });

  test('that is all there is makes no profile, and many are not read again at each start', async () => {
    const store = memoryStore();
    const items = [{ id: 'jazz', text: 'jazz', title: 'jazz' }];
    const interactions = Array.from({ length: 300 }, (_, i) => ({
      id: `i${i}`,
      kind: 'impression',
      itemId: 'jazz',
      at: START,
    }));
    await store.append({ interactions, items });
    const first = await open({ store: kept(store) });
    await first.attune.flush();
    const { store: watched, read } = watch(kept(store));
    const { attune } = await open({ store: watched });
    await attune.flush();
    expect(attune.profile()).toMatchObject({ interactionCount: 0, lastUpdated: null });
    expect(read).toEqual([]);
    attune.track('save', song('jazz'));
    await attune.flush();
    expect(attune.profile().interactionCount).toBe(1);
    await Promise.all([attune.close(), first.attune.close()]);
  });

  test('is not read back by the page that noted it', async () => {
    const store = memoryStore();
    const { store: watched, read } = watch(store);
    const { attune } = await open({ store: watched });
    const ranking = await attune.rank(SONGS);
    await attune.impression(ranking, 'jazz');
    await attune.flush();
    attune.track('save', song('jazz'));
    await attune.flush();
    await attune.close();
    expect(read).toEqual([]);
  });

  test('is not tracked by hand, and no kind weighs under its name', async () => {
    const { attune } = await open();
    for (const kind of ['impression', 'outcome']) {
      expect(() => attune.track(kind, song('jazz'))).toThrow(expect.objectContaining({ code: 'input/invalid' }));
      await expect(openSongs({ kinds: { save: 1, [kind]: 2 } })).rejects.toMatchObject({ code: 'input/invalid' });
    }
    expect(await logged(attune)).toEqual([]);
    await attune.close();
  });

  test('with a weight, from a file, counts no more than one without', async () => {
    const { attune } = await open();
    const interactions = [{ id: 'x', kind: 'impression', itemId: 'jazz', at: START, weight: 9 }];
    const items = [{ id: 'jazz', text: 'jazz', title: 'jazz' }];
    const file = { format: 'attune-export', version: 1, exportedAt: START, interactions, items, sliders: {} } as const;
    expect(await attune.data.import(file)).toMatchObject({ interactions: 1, rejected: [] });
    expect(attune.profile()).toMatchObject({ interactionCount: 0, evidence: 0, lastUpdated: null });
    expect(await attune.data.export()).toMatchObject({ interactions });
    attune.track('save', song('jazz'));
    await attune.flush();
    const { terms } = await attune.explain(await attune.rank(SONGS), 'jazz');
    expect(new Set(terms.flatMap(({ because }) => because).map(({ interaction }) => interaction.kind))).toEqual(
      new Set(['save']),
    );
    await attune.close();
  });

  test('is not noted while privacy is off, nor of what is ignored or off-limits', async () => {
    const { attune } = await open({ offLimits: { items: ({ id }) => id === 'sea' } });
    const ranking = await attune.rank(SONGS);
    await attune.ignore(song('rock'));
    expect(await attune.impression(ranking, 'rock')).toBe('');
    expect(await attune.impression(ranking, 'sea')).toBe('');
    expect(await attune.outcome(song('sea'), 1)).toBe('');
    await attune.data.setPrivacy('off');
    expect(await attune.impression(ranking, 'jazz')).toBe('');
    expect(await attune.outcome(song('jazz'), 1)).toBe('');
    expect(await attune.calibration()).toMatchObject([{ outcomes: 0 }, { outcomes: 0 }]);
    await attune.data.setPrivacy('device');
    expect(await logged(attune)).toEqual([]);
    await attune.close();
  });

  test('is of an item of a ranking that this Attune returned, and of nothing else', async () => {
    const { attune } = await open();
    const ranking = await attune.rank(SONGS, { limit: 2 });
    const refused = { code: 'input/invalid' };
    await expect(attune.impression([...ranking] as never, 'jazz')).rejects.toMatchObject(refused);
    await expect(attune.impression(ranking, 'snow')).rejects.toMatchObject(refused);
    await expect(attune.impression(ranking, 'jazz', { position: -1 })).rejects.toMatchObject(refused);
    expect(() => attune.observe({} as Element, [] as never, 'jazz')).toThrow(expect.objectContaining(refused));
    await attune.close();
    await expect(attune.impression(ranking, 'jazz')).rejects.toMatchObject({ code: 'closed' });
  });

  test('can’t be looked for where there is no page, which is told', async () => {
    const { attune } = await open();
    const warnings = new Promise((resolve) => attune.on('warning', resolve));
    const end = attune.observe({} as Element, await attune.rank(SONGS), 'jazz');
    expect(await warnings).toMatchObject({ code: 'input/invalid', message: expect.stringContaining('impression') });
    end();
    await attune.close();
  });

  test('goes with its item and its time, and comes back with an undo', async () => {
    const { attune, clock } = await open();
    await live(attune, clock, 3);
    const before = await logged(attune);
    const { itemId } = before[0]!;
    const { removed, token } = await attune.data.forget({ item: itemId });
    expect(removed).toBe(before.filter((each) => each.itemId === itemId).length);
    expect((await attune.data.export()).items.some(({ id }) => id === itemId)).toBe(false);
    await attune.data.undo(token);
    expect(await logged(attune)).toEqual(before);
    await attune.data.forget({ from: 0, to: clock.time });
    expect(await logged(attune)).toEqual([]);
    await attune.close();
  });
});

describe('an outcome that the site supplies', () => {
  test('is of an item, or of one shown or acted on, by its id', async () => {
    const { attune } = await open();
    attune.track('view', song('rock'));
    const ids = [await attune.outcome(song('jazz'), 1), await attune.outcome('rock', 0)];
    const found = (await logged(attune)).filter(({ kind }) => kind === 'outcome');
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(found.map(({ itemId, metadata }) => [itemId, metadata!['y']])).toEqual([
      ['jazz', 1],
      ['rock', 0],
    ]);
    const items = (await attune.data.export()).items.map(({ id, text }) => `${id}: ${text}`);
    expect(items.sort()).toEqual(['jazz: jazz.', 'rock: rock.']);
    await attune.close();
  });

  test('is refused of an id nobody saw, and with an answer that is none', async () => {
    const { attune } = await open();
    await expect(attune.outcome('nobody', 1)).rejects.toMatchObject({ code: 'input/invalid' });
    await expect(attune.outcome(song('jazz'), 0.5 as 1)).rejects.toMatchObject({ code: 'input/invalid' });
    await attune.close();
  });

  test('answers an impression, and stands by itself without one', async () => {
    const { attune, clock } = await open();
    await attune.impression(await attune.rank(SONGS), 'jazz');
    clock.time += MINUTE;
    await attune.outcome('jazz', 1);
    clock.time += 2 * MINUTE;
    expect(await attune.calibration('pace')).toMatchObject([{ slider: 'pace', outcomes: 1 }]);
    await attune.outcome('jazz', 1);
    clock.time += HOUR;
    await attune.outcome('jazz', 0);
    clock.time += HOUR;
    expect(await attune.calibration()).toMatchObject([{ outcomes: 2 }, { outcomes: 2 }]);
    await attune.close();
  });
});

describe('probabilities', () => {
  test('are uncalibrated before 100 outcomes, and made of them from then on', async () => {
    const { attune, clock } = await open();
    await live(attune, clock, 99);
    expect(await attune.calibration()).toMatchObject([{ outcomes: 99, calibration: 'none' }, { outcomes: 99 }]);
    expect((await attune.score(song('jazz')))[0]).toMatchObject({ calibration: 'none' });
    await live(attune, clock, 31, 2);
    const [jazzy] = await attune.calibration('jazzy');
    expect(jazzy).toMatchObject({ outcomes: 130, judged: 30 });
    expect(jazzy!.trail.map(({ cause, decision, seen }) => [cause, decision, seen])).toEqual([
      ['first', 'adopted', 100],
    ]);
    const [score] = await attune.score(song('jazz'));
    expect(score!.calibration).toBe(jazzy!.calibrator!.curve.kind);
    const low = (await attune.score(song('sea')))[0]!.probability;
    expect(score!.probability).toBeGreaterThan(low + 0.1);
    await attune.close();
  });

  test('are by the calibrators of the call, where it has any, and by none where it says so', async () => {
    const { attune, clock } = await open();
    await live(attune, clock, 120);
    const [{ calibrator }] = (await attune.calibration('jazzy')) as [SliderCalibration];
    const curve = { kind: 'platt', slope: 0, centre: 0, intercept: 0 } as const;
    const [own] = await attune.score(song('jazz'), { calibrators: [{ ...calibrator!, curve }] });
    expect(own).toMatchObject({ probability: 0.5, calibration: 'platt' });
    expect((await attune.score(song('jazz'), { calibrators: [] }))[0]!.calibration).toBe('none');
    expect((await attune.score(song('jazz')))[0]!.probability).not.toBe(0.5);
    await attune.close();
  });

  test('are noted with impressions once they are calibrated', async () => {
    const { attune, clock } = await open();
    await live(attune, clock, 120);
    await attune.calibration();
    await live(attune, clock, 1, 5);
    const last = (await logged(attune)).filter(({ kind }) => kind === 'impression').at(-1)!;
    expect(last.metadata!['probability:jazzy']).toBeGreaterThan(0);
    await attune.data.erase();
    await live(attune, clock, 1, 6);
    const [first] = await logged(attune);
    expect(Object.keys(first!.metadata!)).toContain('raw:jazzy');
    expect(Object.keys(first!.metadata!)).not.toContain('probability:jazzy');
    await attune.close();
  });

  test('are there at the next visit, from what was stored', async () => {
    const store = memoryStore();
    const first = await open({ store: kept(store) });
    await live(first.attune, first.clock, 120);
    const before = await first.attune.calibration();
    const [score] = await first.attune.score(song('jazz'));
    await first.attune.close();
    const stored = await store.readValue('derived/calibration/one-hot-1/plain');
    expect(unpack(pack(stored))).toEqual(stored); // sealed, it is the same
    const { attune } = await open({ store: kept(store) }, first.clock);
    await attune.flush();
    expect((await attune.score(song('jazz')))[0]).toEqual(score);
    expect(numbers(await attune.calibration())).toEqual(numbers(before));
    await attune.close();
  });

  test('brought forward visit by visit are those of a replay from nothing', async () => {
    const store = memoryStore();
    const clock = new TestClock();
    for (let visit = 0; visit < 6; visit++) {
      const { attune } = await open({ store: kept(store) }, clock);
      await live(attune, clock, 30, visit);
      await attune.calibration();
      await attune.close();
    }
    const { attune } = await open({ store: kept(store) }, clock);
    const stepwise = await attune.calibration();
    await attune.close();
    await store.dropDerived();
    const fresh = await open({ store: kept(store) }, clock);
    const anew = await fresh.attune.calibration();
    expect(anew[0]!.outcomes).toBe(180);
    expect(numbers(stepwise)).toBeAllclose(numbers(anew), { rtol: 1e-9, atol: 1e-9 });
    await fresh.attune.close();
  });

  test('take in what another tab or a file brings late, as if it had been there in time', async () => {
    const source = await open();
    await live(source.attune, source.clock, 130);
    const whole = await source.attune.data.export();
    const expected = await source.attune.calibration();
    const { attune } = await open({}, source.clock);
    const late = whole.interactions.filter((_, i) => i % 5 === 0);
    const early = whole.interactions.filter((_, i) => i % 5 !== 0);
    await attune.data.import({ ...whole, interactions: early });
    expect(numbers(await attune.calibration())).not.toEqual(numbers(expected));
    await attune.data.import({ ...whole, interactions: late });
    expect(numbers(await attune.calibration())).toBeAllclose(numbers(expected), { rtol: 1e-9, atol: 1e-9 });
    await Promise.all([attune.close(), source.attune.close()]);
  });

  test('are brought forward soon after something was shown, unasked', async () => {
    vi.useFakeTimers();
    try {
      const store = memoryStore();
      const { attune, clock } = await open({ store });
      const ranking = await attune.rank(SONGS);
      await attune.impression(ranking, 'jazz');
      clock.time += HOUR;
      const stored = (): Promise<unknown> => store.readValue('derived/calibration/one-hot-1/plain');
      expect(await stored()).toBeUndefined();
      await vi.advanceTimersByTimeAsync(6000);
      expect(await stored()).toMatchObject({ records: { jazzy: { calibration: { seen: 1 } } } });
      const closing = attune.close();
      await vi.advanceTimersByTimeAsync(1000);
      await closing;
    } finally {
      vi.useRealTimers();
    }
  });

  test('forget what is forgotten, though a tab that slept writes its own down again', async () => {
    const store = memoryStore();
    const { attune, clock } = await open({ store });
    await live(attune, clock, 120);
    await attune.calibration();
    const [first] = await logged(attune);
    const name = 'derived/calibration/one-hot-1/plain';
    const before = await store.readValue(name);
    expect(before).toBeDefined();
    await attune.data.forget(first!.id);
    await store.writeValue(name, before);
    expect((await attune.score(song('jazz')))[0]!.calibration).toBe('none');
    expect(await attune.calibration()).toMatchObject([{ outcomes: 119 }, { outcomes: 119 }]);
    expect((await attune.score(song('jazz')))[0]!.calibration).not.toBe('none');
    await attune.data.erase();
    expect(await attune.calibration()).toMatchObject([{ outcomes: 0 }, { outcomes: 0 }]);
    expect((await attune.score(song('jazz')))[0]!.calibration).toBe('none');
    await attune.close();
  });

  test('of a slider with new texts are made of the same impressions, scored anew as they were then', async () => {
    const store = memoryStore();
    const before = await open({ store: kept(store) });
    await live(before.attune, before.clock, 120);
    const [old] = (await before.attune.calibration('pace')) as [SliderCalibration];
    await before.attune.close();
    const changed = [sliders[0]!, { id: 'pace', low: 'sea', high: 'wild' }];
    const { attune } = await open({ store: kept(store), sliders: changed }, before.clock);
    const [same, pace] = (await attune.calibration()) as [SliderCalibration, SliderCalibration];
    expect(pace.versions.slider).not.toBe(old.versions.slider);
    expect([same.outcomes, pace.outcomes]).toEqual([120, 120]);
    expect((await attune.score(song('jazz'))).map(({ calibration }) => calibration)).not.toContain('none');
    await attune.close();

    // had those been the slider's texts from the start, the scores noted would have been the same
    const twin = await open({ sliders: changed });
    await live(twin.attune, twin.clock, 120);
    expect(numbers(await twin.attune.calibration('pace'))).toBeAllclose(numbers([pace]), { rtol: 1e-3, atol: 1e-4 });
    await twin.attune.close();
  });

  test('of a model that is about to be used are made beforehand, of the same impressions and the profile of each', async () => {
    const store = memoryStore();
    const { attune, clock } = await open({ store: kept(store) });
    await live(attune, clock, 130);
    const [before] = (await attune.calibration('pace')) as [SliderCalibration];
    await attune.close();
    const events = { ...NO_EVENTS, now: clock.now };
    const log = await openLog('someone', 'memory', kept(store), false, () => 'id', events);
    const table = createEmbeddingTable(WORDS.length);
    for (const word of ['jazz', 'calm', 'wild']) addEmbedding(table, word, oneHot(word));
    const made = makeSliders(sliders);
    const embeddings = { modelVersion: 'big', table, get: (text: string) => embeddingOf(table, text) };
    const calibrations = createCalibrations({ standing: { log } as Standing, sliders: made, rules, now: clock.now });
    const records = await calibrations.forward({
      ...{ modelVersion: 'big', sliders: createSliderReader(made, embeddings), standardize: false },
      embed: async (items) => new Map(items.map(({ id, text }) => [id, oneHot(text)])),
      stands: () => true,
    });
    const after = readRecord('pace', records['pace']!);
    expect(after.versions).toEqual({ ...before.versions, model: 'big' });
    expect(numbers([after])).toBeAllclose(numbers([before]), { rtol: 1e-3, atol: 1e-4 });
    expect(calibrations.calibrators().map(({ versions }) => versions.model)).toEqual(['big', 'big']);
    expect(await log.value('derived/calibration/big/plain')).toBeDefined();
    await log.close();
  });

  test('of one person are nothing of the next one’s', async () => {
    const clock = new TestClock();
    const attune = await createAttune<Song>({
      ...{ encoder: oneHotEncoder(), sliders, standardize: false, maxWaitMs: 10_000 },
      now: clock.now,
    });
    const warnings = watchWarnings(attune);
    await live(attune, clock, 110);
    const [known] = await Promise.all([attune.calibration(), attune.data.switchUser('another')]);
    expect(known).toHaveLength(2);
    expect(await attune.calibration()).toMatchObject([{ outcomes: 0 }, { outcomes: 0 }]);
    expect((await attune.score(song('jazz')))[0]!.calibration).toBe('none');
    const ranking = await attune.rank(SONGS);
    const [, noted] = await Promise.all([attune.data.switchUser('a third'), attune.impression(ranking, 'jazz')]);
    expect(noted).toBe('');
    expect(await attune.data.export()).toMatchObject({ interactions: [], items: [] });
    expect(await warnings.seen()).toEqual([]);
    await attune.close();
  });

  test('wait for the last minute, in which another tab may still be writing', async () => {
    const { attune, clock } = await open();
    await attune.impression(await attune.rank(SONGS), 'jazz');
    attune.track('save', song('jazz'));
    clock.time += MINUTE - 1;
    expect(await attune.calibration()).toMatchObject([{ outcomes: 0 }, { outcomes: 0 }]);
    clock.time += 1;
    expect(await attune.calibration()).toMatchObject([{ outcomes: 1 }, { outcomes: 1 }]);
    await attune.close();
  });
});

test('impressions crowd out no action, and go after 90 days or beyond 20,000', async () => {
  const store = memoryStore();
  const make = (count: number, kind: string, at: (i: number) => number): Interaction[] =>
    Array.from({ length: count }, (_, i) => ({ id: `${kind}-${i}`, kind, itemId: 'jazz', at: at(i) }));
  const impressions = make(20_010, 'impression', (i) => START - i * 1000);
  const old = make(5, 'outcome', () => START - 91 * DAY);
  const actions = make(20, 'save', () => START - 200 * DAY);
  const items = [{ id: 'jazz', text: 'jazz', title: 'jazz' }];
  await store.append({ interactions: [...impressions, ...old, ...actions], items });
  expect(await keepUp(store, () => START)).toBe(15);
  const left = (await store.readBatches(0)).flatMap(({ interactions }) => interactions);
  expect(left.filter(({ kind }) => kind === 'save')).toHaveLength(20);
  expect(left.filter(({ kind }) => kind === 'impression')).toHaveLength(20_000);
});
