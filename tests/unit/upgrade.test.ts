import { memoryStore } from 'attune/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { entryOf } from '../../src/core/build-catalogue.js';
import { normalize } from '../../src/core/vector.js';
import type { EmbeddingCache, Encoder, Store } from '../../src/domain/ports.js';
import { createEmbeddingTable } from '../../src/domain/embedding-table.js';
import { type Prompts, readAs } from '../../src/domain/prompts.js';
import { AttuneError } from '../../src/errors.js';
import type { ProfileVectors } from '../../src/domain/profile.js';
import type { Refit } from '../../src/sdk/calibrate.js';
import { createCatalogueRows } from '../../src/sdk/catalogue-rows.js';
import { createLearner, type Learner } from '../../src/sdk/learn.js';
import { type Log, openLog } from '../../src/sdk/log.js';
import { createModel, type Model } from '../../src/sdk/model.js';
import { speechOf } from '../../src/sdk/prompted.js';
import { createRanker, type Ranker } from '../../src/sdk/rank.js';
import { createSliderReader } from '../../src/sdk/read-sliders.js';
import { resolveOptions } from '../../src/sdk/options.js';
import { shelve } from '../../src/sdk/shipped-rows.js';
import type { Standing } from '../../src/sdk/standing.js';
import { createTexts } from '../../src/sdk/texts.js';
import type { Upgrade } from '../../src/sdk/types.js';
import { createUpgrade } from '../../src/sdk/upgrade.js';
import '../allclose.js';
import { DAY, oneHot, song, type Song, START, WORDS } from '../one-hot.js';
import { seeded } from '../seeded.js';
import { RULES } from '../tab-world.js';

const dim = WORDS.length;

/** The one-hot encoder with its axes turned: small and big agree on no axis of a word, so that any mixture shows. */
function turned(modelVersion: string, by: number, gate: () => Promise<void> = async () => {}): Encoder {
  return {
    modelVersion,
    dim,
    async encode(texts) {
      await gate();
      const data = new Float32Array(texts.length * dim);
      texts.forEach((text, i) => oneHot(text).forEach((x, j) => (data[i * dim + ((j + by) % dim)] = x)));
      return { data, rows: texts.length, dim, truncated: 0 };
    },
    close() {},
  };
}

/** A store in memory that takes its time to read, as a disk does. */
function slowStore(wait: () => Promise<void>): Store {
  const store = memoryStore();
  return Object.create(store, {
    readBatches: {
      async value(...given: Parameters<Store['readBatches']>) {
        await wait();
        return store.readBatches(...given);
      },
    },
  }) as Store;
}

/** Axes that the words in use have under each version. */
const AXES: Record<string, readonly number[]> = { small: [0, 1, 2], big: [4, 5, 6] };
const IN_USE = WORDS.slice(0, 3);

interface Page {
  readonly standing: Standing;
  readonly model: Model;
  readonly learner: Learner;
  readonly ranker: Ranker<Song>;
  readonly log: Log;
  readonly told: Upgrade[];
  readonly warnings: string[];
  /** Models whose calibrators were made, and which was in use then. */
  readonly refits: string[];
  readonly failures: unknown[];
  readonly asked: { count: number };
  /** Notes as a failure what is known by another model than the one in use. */
  check(): void;
  track(word: string): void;
  /** What another tab tracks, and this one hears of. */
  hear(word: string): Promise<void>;
  upgrade(): Promise<void>;
}

async function open(
  store = memoryStore(),
  gate: () => Promise<void> = async () => {},
  smallGate: () => Promise<void> = async () => {},
  prompts?: Prompts,
): Promise<Page> {
  const failures: unknown[] = [];
  const told: Upgrade[] = [];
  const warnings: string[] = [];
  const refits: string[] = [];
  const asked = { count: 0 };
  const fail = (error: unknown): void => void failures.push(error);
  const noop = (): void => undefined;
  let made = 0;
  const now = (): number => START;
  const events = {
    ...{ onForeign: noop, onHide: noop, onWake: noop, onChanged: noop, onLost: noop, onDisk: noop },
    onStored: (...given: Parameters<Learner['stored']>) => learner.stored(...given),
    onWarning: fail,
    now,
  };
  const log = await openLog('someone', 'disk', store, false, () => `id-${++made}`, events);
  const standing = {
    ...{
      user: 'someone',
      answer: 'granted',
      answeredAt: START,
      consent: 'granted',
      privacy: 'device',
      log,
      lies: 'disk',
    },
    ...{ hadSession: false, opened: Promise.resolve(), forgotten: new Map(), passing: new Set<string>() },
  } as Standing;
  const small = { modelVersion: 'small', open: async () => turned('small', 0, smallGate) };
  const { spoken, prompted } = speechOf(prompts, true);
  const big = prompted(
    spoken({
      modelVersion: 'big',
      open: async () =>
        turned('big', 4, async () => {
          asked.count++;
          await gate();
        }),
    }),
  );
  const model = createModel(
    [small, big],
    (warning) => warnings.push(warning.code),
    (before, prepared) => {
      ranker.swapped(learner.vectors(before.modelVersion));
      if (!prepared) learner.replay().catch(fail);
    },
  );
  const learner = createLearner(
    RULES,
    now,
    model,
    createTexts(model),
    () => log,
    () => check(),
    fail,
  );
  const sliders = createSliderReader([], model);
  const options = resolveOptions<Song>({});
  const ranker = createRanker<Song>(
    options,
    model,
    sliders,
    learner,
    () => new Map(),
    () => false,
  );
  const parts = {
    ...{ standing, model, learner, texts: [], options, now },
    tell: (each: Upgrade) => told.push(each),
    refit: async ({ modelVersion }: Refit) => void refits.push(`${modelVersion} while ${model.modelVersion} is in use`),
  };
  const upgrading = createUpgrade(parts, [big]);
  await upgrading.prefer();
  await learner.open();

  function check(): void {
    const { modelVersion } = model;
    const vectors: ProfileVectors | undefined = learner.vectors();
    const axes = [...(vectors?.long.direction ?? [])].flatMap((x, j) => (x === 0 ? [] : [j]));
    const foreign = axes.filter((j) => !AXES[modelVersion.split('|')[0]!]!.includes(j));
    if (foreign.length > 0) failures.push(`axes ${foreign.join()} under ${modelVersion}`);
  }

  return {
    ...{ standing, model, learner, ranker, log, told, warnings, refits, failures, asked },
    check,
    track(word) {
      const record = { id: word, text: word, title: word };
      const interaction = { id: `act-${++made}`, kind: 'save', itemId: word, at: START };
      log.add(interaction, record);
      learner.learn(interaction, record);
      check();
    },
    async hear(word) {
      const interaction = { id: `other-${++made}`, kind: 'save', itemId: word, at: START };
      await store.append({ interactions: [interaction], items: [{ id: word, text: word, title: word }] });
      await learner.sync().catch(fail);
    },
    upgrade: () => upgrading.run(),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Runs a task of timers to its end. */
async function through<R>(task: Promise<R>): Promise<R> {
  const state = { isDone: false };
  const end = (): void => void (state.isDone = true);
  task.then(end, end);
  while (!state.isDone) await vi.advanceTimersByTimeAsync(50);
  return task;
}

/** Two hundred different texts. */
const MANY = Array.from({ length: 200 }, (_, i) => `jazz ${i}`);

/** The direction of what these texts add up to under the big one. */
function turnedSum(texts: readonly string[]): Float32Array {
  const sum = new Float32Array(dim);
  for (const text of texts) oneHot(text).forEach((x, j) => (sum[(j + 4) % dim]! += x));
  return normalize(sum);
}

const candidates = IN_USE.map(song);
const records = IN_USE.map((word) => ({ id: word, text: word, title: word }));

async function learned(page: Page, words: readonly string[]): Promise<void> {
  for (const word of words) page.track(word);
  await through(page.learner.settled());
  await through(page.log.flush());
}

describe('a model that takes over', () => {
  test('has the same taste under its own embeddings, and rankings made before stay what they were', async () => {
    const page = await open();
    await page.model.ensure(IN_USE);
    await learned(page, ['jazz', 'jazz', 'rock']);
    const before = page.ranker.rank(candidates, records, {}, false);
    await through(page.upgrade());
    expect(page.told).toEqual([
      { state: 'embedding', modelVersion: 'big', done: 0, total: 3 },
      { state: 'done', modelVersion: 'big' },
    ]);
    expect(page.model.modelVersion).toBe('big');
    expect(page.refits).toEqual(['big while small is in use']);
    expect(page.learner.vectors()!.interactionCount).toBe(3);
    const again = page.ranker.rerank(before, {});
    expect(again).toEqual(before);
    expect(again.modelVersion).toBe('small');
    const after = page.ranker.rank(candidates, records, {}, false);
    expect(after.modelVersion).toBe('big');
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(page.ranker.rerank(before, { refresh: true })).toEqual(after);
    expect(page.failures).toEqual([]);
  });

  test('that has prompts reads by them what was done under one that has none', async () => {
    const page = await open(memoryStore(), undefined, undefined, { save: 'folk ' });
    await learned(page, ['jazz', 'rock']);
    await through(page.upgrade());
    expect(page.told).toMatchObject([{ state: 'embedding', done: 0, total: 4 }, { state: 'done' }]);
    const sum = turnedSum(['folk jazz', 'folk rock']);
    expect(page.learner.vectors()!.long.direction).toBeAllclose(sum, { atol: 1e-6 });
    await learned(page, ['jazz']);
    await through(page.learner.replay());
    const later = turnedSum(['folk jazz', 'folk jazz', 'folk rock']);
    expect(page.learner.vectors()!.long.direction).toBeAllclose(later, { atol: 1e-6 });
    expect(page.failures).toEqual([]);
  });

  test('that has prompts while a text is being encoded learns from it by them', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const page = await open(memoryStore(), undefined, () => gate);
    page.track('jazz');
    await vi.advanceTimersByTimeAsync(50);
    const { spoken, prompted } = speechOf({ save: 'folk ' }, true);
    const big = prompted(spoken({ modelVersion: 'big', open: async () => turned('big', 4) }));
    page.model.swapTo(await big.open(), createEmbeddingTable(dim));
    release();
    await through(page.learner.settled());
    expect(page.learner.vectors()!.long.direction).toBeAllclose(turnedSum(['folk jazz']), { atol: 1e-6 });
    expect(page.failures).toEqual([]);
  });

  test('that has prompts takes what was kept by them, and asks for nothing', async () => {
    const store = memoryStore();
    const before = await open(store, undefined, undefined, { save: 'folk ' });
    await learned(before, ['jazz', 'rock']);
    const { modelVersion } = await through(before.upgrade().then(() => before.model));
    const how = {
      content: readAs({ role: 'content', prompt: '' }),
      save: readAs({ role: 'behaviour', prompt: 'folk ' }),
    };
    const kept = new Map(
      ['jazz', 'rock'].flatMap((word): [string, Float32Array][] => [
        [`${modelVersion}/${how.content}/${word}`, turnedSum([word])],
        [`${modelVersion}/${how.save}/${word}`, turnedSum([`folk ${word}`])],
      ]),
    );
    const embeddings: Pick<EmbeddingCache, 'read'> = {
      read: async (version, texts, _, as = 'content') =>
        new Map(
          texts.flatMap((text) => [[text, kept.get(`${version}/${as}/${text}`)!] as const]).filter(([, row]) => row),
        ),
    };
    await store.writeValue('upgrade', undefined); // as if it had not come to its end
    const again = await open(Object.create(store, { embeddings: { value: embeddings } }), undefined, undefined, {
      save: 'folk ',
    });
    await through(again.upgrade());
    expect(again.told).toMatchObject([{ state: 'done' }]);
    expect(again.asked.count).toBe(1); // whether it works
    expect(again.learner.vectors()!.long.direction).toBeAllclose(before.learner.vectors()!.long.direction, {
      atol: 1e-6,
    });
  });

  test('never meets the other, whatever is tracked and ranked meanwhile', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = seeded(seed);
      const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, random() * 300));
      const page = await through(open(slowStore(slow), slow));
      await page.model.ensure(IN_USE);
      await learned(page, ['jazz', 'rock']);
      let count = 2;
      const state = { isDone: false };
      const upgrading = page.upgrade().finally(() => (state.isDone = true));
      for (let step = 0; !state.isDone; step++) {
        await vi.advanceTimersByTimeAsync(random() * 200);
        if (random() < 0.3) {
          page.track(IN_USE[Math.floor(random() * 3)]!);
          count++;
        }
        if (random() < 0.2) {
          void page.hear(IN_USE[Math.floor(random() * 3)]!);
          count++;
        }
        const ranking = page.ranker.rank(candidates, records, {}, false);
        if (ranking.neutral) page.failures.push(`nothing known at step ${step}`);
      }
      await upgrading;
      await through(page.learner.settled());
      expect(page.failures, `seed ${seed}`).toEqual([]);
      expect(page.learner.vectors()!.interactionCount, `seed ${seed}`).toBe(count);
      expect(page.model.modelVersion).toBe('big');
    }
  });

  test('never meets one that it stands in for, whenever that crashes', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = seeded(seed);
      const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, random() * 200));
      let left = 2 + Math.floor(random() * 3);
      const crashing = async (): Promise<void> => {
        await slow();
        if (left-- <= 0) throw new AttuneError('encoder/crashed', 'gone');
      };
      const page = await through(open(slowStore(slow), slow, crashing));
      const words = [...IN_USE];
      for (let step = 0; step < 40; step++) {
        const word = words[Math.floor(random() * 3)]!;
        if (random() < 0.4) page.track(word);
        if (random() < 0.3) void page.model.ensure([word, `${word} ${step}`]);
        if (random() < 0.3) void page.hear(word);
        await vi.advanceTimersByTimeAsync(random() * 150);
        const { modelVersion } = page.ranker.rank(candidates, records, {}, false);
        if (modelVersion !== page.model.modelVersion) page.failures.push(modelVersion);
        page.check();
      }
      await through(page.model.ensure(['jazz ten', 'rock ten', 'folk ten']));
      await through(page.learner.settled());
      page.check();
      expect(page.failures, `seed ${seed}`).toEqual([]);
      expect(page.warnings, `seed ${seed}`).toEqual(['encoder/crashed']);
    }
  });

  test('is there from the next start on', async () => {
    const store = memoryStore();
    const first = await open(store);
    await learned(first, ['jazz', 'folk']);
    await through(first.upgrade());
    const next = await open(store);
    expect(next.model.modelVersion).toBe('big');
    expect(next.learner.vectors()!.interactionCount).toBe(2);
    expect(next.asked.count).toBe(0); // its snapshot was saved
  });

  test('is left alone for a month when it would cost more than a minute', async () => {
    const page = await open(memoryStore(), () => new Promise((resolve) => setTimeout(resolve, 10_000)));
    await learned(page, MANY);
    await through(page.upgrade());
    expect(page.told).toEqual([{ state: 'refused', modelVersion: 'big', reason: '200 texts would take 125 s here' }]);
    const { count } = page.asked;
    await through(page.upgrade());
    expect(page.told.at(-1)).toMatchObject({ state: 'refused', reason: expect.stringMatching(/the last time/) });
    expect(page.asked.count).toBe(count);
    expect(page.model.modelVersion).toBe('small');
  });

  test('takes the rows that the site ships for it, and only what is left has to be cheap', async () => {
    const store = memoryStore();
    const kept = new Map<string, Float32Array>();
    const embeddings: Pick<EmbeddingCache, 'read' | 'write'> = {
      read: async () => new Map(),
      write: async (version, rows) => rows.forEach((row, text) => kept.set(`${version}/${text}`, row)),
    };
    const gate = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10_000));
    const page = await open(Object.create(store, { embeddings: { value: embeddings } }), gate);
    const wrong = oneHot('sea');
    const shelf = { rows: createCatalogueRows<unknown>(undefined, dim), modelVersion: 'big' };
    for (const text of MANY.slice(3)) shelf.rows.put(text, entryOf(text, '{}'), turnedSum([text]));
    shelf.rows.put(MANY[0]!, entryOf('another text', '{}'), wrong);
    const other = { rows: createCatalogueRows<unknown>(undefined, dim), modelVersion: 'other' };
    for (const text of MANY) other.rows.put(text, entryOf(text, '{}'), wrong);
    for (const each of [other, shelf]) shelve(page.standing, each as never);
    await learned(page, MANY);
    await through(page.upgrade());
    expect(page.told).toEqual([
      { state: 'embedding', modelVersion: 'big', done: 197, total: 200 },
      { state: 'done', modelVersion: 'big' },
    ]);
    expect(page.asked.count).toBe(2); // the probe, and three texts
    expect(page.learner.vectors()!.long.direction).toBeAllclose(turnedSum(['jazz']), { atol: 1e-6 });
    expect(kept.size).toBe(197);
    expect(kept.get(`big/${MANY[3]}`)).toEqual(turnedSum(['jazz']));
    expect(page.failures).toEqual([]);
  });

  test('stops for the day when a minute was spent', async () => {
    const store = memoryStore();
    const day = Math.floor(START / DAY);
    await store.writeValue('upgrade', { modelVersion: 'another', day, spentMs: 55_000 });
    const page = await open(store, () => new Promise((resolve) => setTimeout(resolve, 2000)));
    await learned(page, MANY);
    await through(page.upgrade());
    expect(page.told.at(-1)).toMatchObject({ state: 'paused', reason: expect.stringMatching(/today/) });
    expect(page.asked.count).toBe(4); // the probe, and three slices of 2 s
    expect(await store.readValue('upgrade')).toEqual({ modelVersion: 'big', day, spentMs: 61_000 });
    expect(page.model.modelVersion).toBe('small');
  });

  test('that fails in the middle leaves everything as it was, and is left alone for a day', async () => {
    let calls = 0;
    const page = await open(memoryStore(), async () => {
      if (++calls > 1) throw new TypeError('broken');
    });
    await learned(page, ['jazz', 'rock']);
    const failing = page.upgrade();
    failing.catch(() => undefined);
    await expect(through(failing)).rejects.toThrow('broken');
    expect(page.model.modelVersion).toBe('small');
    expect(page.learner.vectors()!.interactionCount).toBe(2);
    await through(page.upgrade());
    expect(page.told.at(-1)).toMatchObject({ state: 'refused', reason: expect.stringMatching(/failed/) });
  });
});
