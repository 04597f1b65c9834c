import 'fake-indexeddb/auto';
import { memoryStore } from 'attune/core';
import { type Attune, AttuneError, type AttuneOptions, createAttune, type Encoder } from 'attune';
import { afterEach, describe, expect, test } from 'vitest';
import type { EmbeddingCache } from '../../src/domain/ports.js';
import { openCached } from '../../src/sdk/cached-encoder.js';
import { createModel } from '../../src/sdk/model.js';
import { resolveOptions } from '../../src/sdk/options.js';
import type { Standing } from '../../src/sdk/standing.js';
import { openOnDisk } from '../../src/storage/on-disk.js';
import { closeAll, isStored, newUser, openLasting } from '../lasting.js';
import { oneHotEncoder, song, type Song, SONGS, START, told, watchWarnings } from '../one-hot.js';
import { changeRaw, deleteRaw, readRaw } from '../raw-database.js';

/** Embeddings kept between visits, for an encoder that asks for it. */
afterEach(closeAll);

/** The one-hot encoder with a memory of what it was asked for; its rows are kept. */
function costly(modelVersion?: string, gate?: Promise<void>): Encoder & { readonly asked: string[] } {
  const inner = oneHotEncoder(gate, modelVersion);
  const asked: string[] = [];
  return {
    ...inner,
    cached: true,
    asked,
    encode(texts, options) {
      asked.push(...texts);
      return inner.encode(texts, options);
    },
  };
}

/** A visit: a page with this encoder, to be closed by the next. */
async function visit(
  user: string,
  encoder: Encoder = costly(),
  options: Partial<AttuneOptions<Song>> = {},
): Promise<Attune<Song>> {
  await closeAll();
  return openLasting(user, { encoder, ...options });
}

/** Rows on disk once what is on its way has arrived: it is hashed, and then queues where this reads. */
async function rowsOnDisk(user: string): Promise<number> {
  if (!(await isStored(user))) return 0;
  for (let rounds = 0; rounds < 10; rounds++) {
    await crypto.subtle.digest('SHA-256', new Uint8Array(64));
    await count(user);
  }
  return count(user);
}
const count = async (user: string): Promise<number> => (await readRaw(user, 'embeddings')).length;

const TEXTS = [...SONGS.map(({ title }) => `${title}.`), 'calm', 'wild'];

describe('a second visit', () => {
  test('asks for no text that was embedded before, and ranks and knows the same', async () => {
    const user = newUser();
    const encoder = costly();
    const first = await visit(user, encoder);
    first.track('save', song('jazz'));
    await first.flush(); // learned, whichever of the two asks for its text first
    const before = [told(await first.rank(SONGS)), first.profile()];
    expect(encoder.asked.sort()).toEqual([...TEXTS].sort());
    expect(await rowsOnDisk(user)).toBe(TEXTS.length);
    const again = costly();
    const second = await visit(user, again);
    expect([told(await second.rank(SONGS)), second.profile()]).toEqual(before);
    expect(again.asked).toEqual([]);
  });

  test('asks for what is new alone, and has it in its place', async () => {
    const user = newUser();
    await (await visit(user)).rank(SONGS.slice(2, 4));
    await rowsOnDisk(user);
    const encoder = costly();
    const attune = await visit(user, encoder);
    const ranking = told(await attune.rank(SONGS));
    expect(encoder.asked).toHaveLength(SONGS.length - 2);
    expect(ranking).toEqual(told(await (await visit(newUser())).rank(SONGS)));
  });

  test('of an encoder that does not ask for it asks for everything again', async () => {
    const user = newUser();
    for (let visits = 0; visits < 2; visits++) {
      const encoder = costly();
      await (await visit(user, { ...encoder, cached: false })).rank(SONGS);
      expect(encoder.asked).toHaveLength(TEXTS.length);
    }
    expect(await rowsOnDisk(user)).toBe(0);
  });

  test('with another model asks for everything again, and both are kept', async () => {
    const user = newUser();
    await (await visit(user)).rank(SONGS);
    await rowsOnDisk(user);
    const other = costly('one-hot-2');
    await (await visit(user, other)).rank(SONGS);
    expect(other.asked).toHaveLength(TEXTS.length);
    expect(await rowsOnDisk(user)).toBe(2 * TEXTS.length);
  });

  test('by another user asks for everything again', async () => {
    const [user, other] = [newUser(), newUser()];
    await (await visit(user)).rank(SONGS);
    const encoder = costly();
    await (await visit(other, encoder)).rank(SONGS);
    expect(encoder.asked).toHaveLength(TEXTS.length);
    await deleteRaw(other);
  });
});

describe('nothing is kept', () => {
  const cases: readonly (readonly [string, Partial<AttuneOptions<Song>>])[] = [
    ['before consent', { consent: 'unknown' }],
    ['after a refusal', { consent: 'denied' }],
    ['in a session', { privacy: 'session' }],
    ['while privacy is off', { privacy: 'off' }],
    ['of texts that may not be kept', { keepText: 'none' }],
    ['where topics are off-limits', { offLimits: { topics: ['snow'] } }],
    ['where items are off-limits', { offLimits: { items: () => false } }],
    ['in a store without a place for it', { store: memoryStore() }],
  ];
  test.each(cases)('%s', async (_, options) => {
    const user = newUser();
    const encoder = costly();
    const attune = await visit(user, encoder, options);
    const { seen } = watchWarnings(attune);
    await attune.rank(SONGS);
    await attune.embed(song('jazz'));
    await attune.flush();
    expect(encoder.asked.length).toBeGreaterThan(0);
    expect(await rowsOnDisk(user)).toBe(0);
    expect(await seen()).toEqual([]);
  });

  test('once privacy is turned off, though the log stays on disk', async () => {
    const user = newUser();
    const attune = await visit(user);
    attune.track('save', song('jazz'));
    await attune.flush();
    await attune.data.setPrivacy('off');
    await attune.embed(song('rock'));
    expect(await rowsOnDisk(user)).toBe(1);
    await attune.data.setPrivacy('device');
    await attune.embed(song('folk'));
    expect(await rowsOnDisk(user)).toBe(2);
  });

  test('of a text that is embedded for itself, unless it is an item’s', async () => {
    const user = newUser();
    const attune = await visit(user);
    await attune.embed('a question about jazz');
    expect(await rowsOnDisk(user)).toBe(0);
    await attune.embed(song('jazz'));
    expect(await rowsOnDisk(user)).toBe(1);
  });
});

describe('what was kept goes', () => {
  /** A page that kept rows of all songs, two of which were acted on. */
  async function kept(): Promise<[Attune<Song>, string]> {
    const user = newUser();
    const attune = await visit(user);
    await attune.rank(SONGS);
    for (const word of ['jazz', 'sea']) attune.track('save', song(word));
    await attune.flush();
    expect(await rowsOnDisk(user)).toBe(TEXTS.length);
    return [attune, user];
  }

  test('with the last interaction on its item, and stays gone when that is undone', async () => {
    const [attune, user] = await kept();
    const { token } = await attune.data.forget({ item: 'jazz' });
    expect(await rowsOnDisk(user)).toBe(TEXTS.length - 1);
    await attune.data.undo(token);
    await attune.rank(SONGS);
    expect(await rowsOnDisk(user)).toBe(TEXTS.length - 1);
    const encoder = costly();
    await (await visit(user, encoder)).rank(SONGS);
    expect(encoder.asked).toEqual(['jazz.']);
  });

  test('with an item that is ignored, acted on or not, on disk also in a session', async () => {
    const [attune, user] = await kept();
    await attune.ignore(song('jazz'));
    await attune.ignore(song('rock'));
    expect(await rowsOnDisk(user)).toBe(TEXTS.length - 2);
    const session = await visit(user, costly(), { privacy: 'session' });
    await session.ignore(song('folk'));
    expect(await rowsOnDisk(user)).toBe(TEXTS.length - 3);
  });

  test('of an item ignored before it was ever embedded, too', async () => {
    const user = newUser();
    const attune = await visit(user);
    await attune.ignore(song('jazz'));
    await attune.rank(SONGS);
    expect(await rowsOnDisk(user)).toBe(TEXTS.length - 1);
  });

  test('with an erase, and is kept again only once something is stored', async () => {
    const [attune, user] = await kept();
    await attune.data.erase();
    expect(await isStored(user)).toBe(false);
    await attune.rank([...SONGS, song('jazz rock')]);
    await attune.embed(song('jazz folk'));
    expect(await isStored(user)).toBe(false);
    attune.track('save', song('jazz'));
    await attune.flush();
    await attune.embed(song('rock folk'));
    await expect.poll(() => rowsOnDisk(user)).toBe(1);
  });

  test('with an erase while texts are being embedded', async () => {
    const user = newUser();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const attune = await visit(user, costly('one-hot-1', gate), { maxWaitMs: 1 });
    await attune.rank(SONGS);
    await attune.data.erase();
    attune.track('save', song('jazz'));
    await expect.poll(() => isStored(user)).toBe(true); // there is a log again, and it is another
    await attune.data.recent();
    open();
    await attune.flush();
    expect(await rowsOnDisk(user)).toBe(0);
  });

  test.each(['denied', 'withdrawn'] as const)('when consent is %s', async (answer) => {
    const [attune, user] = await kept();
    await attune.data.setConsent(answer);
    expect(await isStored(user)).toBe(false);
    await attune.rank([...SONGS, song('jazz rock')]);
    expect(await isStored(user)).toBe(false);
  });

  test('when texts may not be kept any more', async () => {
    const [, user] = await kept();
    await (await visit(user, costly(), { keepText: 'none' })).flush();
    expect(await rowsOnDisk(user)).toBe(0);
  });
});

describe('a disk that fails', () => {
  /** Runs a task while every request of this kind on kept embeddings fails as `error` says. */
  async function failing(request: 'get' | 'put', error: string, task: () => Promise<void>): Promise<void> {
    const real = IDBObjectStore.prototype[request];
    IDBObjectStore.prototype[request] = function (this: IDBObjectStore, ...given: never[]) {
      if (this.name === 'embeddings') throw new DOMException('no', error);
      return (real as (...given: never[]) => IDBRequest).apply(this, given);
    };
    try {
      await task();
    } finally {
      IDBObjectStore.prototype[request] = real as never;
    }
  }

  test.each([
    ['put', 'QuotaExceededError', 'storage/quota'],
    ['put', 'DataCloneError', 'storage/unavailable'],
    ['get', 'ConstraintError', 'storage/unavailable'],
  ] as const)('costs one warning (%s: %s), and the log stays where it is', async (request, error, code) => {
    const user = newUser();
    await failing(request, error, async () => {
      const attune = await visit(user);
      const { seen } = watchWarnings(attune);
      const ranking = await attune.rank(SONGS);
      expect(ranking.partial).toBe(false);
      for (const word of ['jazz rock', 'jazz folk', 'jazz sea']) attune.track('save', song(word));
      await attune.flush();
      await rowsOnDisk(user);
      await attune.embed(song('rock folk'));
      expect((await seen()).map((warning) => warning.code)).toEqual([code]);
      expect(attune.data.storage).toBe('indexed-db');
    });
    await (await visit(user)).rank(SONGS);
    expect(await rowsOnDisk(user)).toBe(TEXTS.length);
  });
});

describe('models never meet', () => {
  /** A first model whose rows of `known` are kept and which fails at its first word, and a second one. */
  async function failingModel(known: readonly string[], slow: Promise<void> = Promise.resolve()) {
    const user = newUser();
    const store = await openOnDisk(user, newUser, false, () => undefined);
    await store.embeddings!.write('A', new Map(known.map((text) => [text, Float32Array.of(1, 0)])), START);
    const options = resolveOptions({ now: () => START });
    const read: EmbeddingCache['read'] = async (version, texts, now) => {
      const found = await store.embeddings!.read(version, texts, now);
      if (texts.includes('slow')) await slow;
      return found;
    };
    const log = { embeddings: Object.create(store.embeddings!, { read: { value: read } }) as EmbeddingCache };
    const standing = { consent: 'granted', privacy: 'device', log, passing: new Set() } as unknown as Standing;
    const warnings: string[] = [];
    const onWarning = ({ code }: AttuneError): void => void warnings.push(code);
    let opened = 0;
    const openA = async (): Promise<Encoder> => {
      opened++;
      throw new AttuneError('encoder/crashed', 'It fails.');
    };
    const B: Encoder = {
      modelVersion: 'B',
      dim: 3,
      async encode(texts) {
        return { data: new Float32Array(3 * texts.length).fill(0.5), rows: texts.length, dim: 3, truncated: 0 };
      },
      close() {},
    };
    const choices = [
      { modelVersion: 'A', open: async () => openCached('A', openA, options, () => standing, onWarning) },
      { modelVersion: 'B', open: async () => B },
    ];
    let swaps = 0;
    const model = createModel(choices, onWarning, () => swaps++);
    return { model, store, warnings, opened: () => opened, swaps: () => swaps };
  }

  test('while all texts are known the model is not opened, and its rows are those that were kept', async () => {
    const { model, store, warnings, opened } = await failingModel(['a', 'b']);
    await model.ensure(['a', 'b']);
    expect([model.modelVersion, [...model.get('b')!], model.table!.dim]).toEqual(['A', [1, 0], 2]);
    expect([opened(), warnings]).toEqual([0, []]);
    await store.erase();
  });

  test('a row that was kept never gets into the table of the model that takes over in the middle', async () => {
    const { model, store, warnings, swaps } = await failingModel(['a', 'b']);
    await model.ensure(['a']);
    await Promise.all([model.ensure(['a', 'b']), model.ensure(['b', 'new']), model.ensure(['a', 'new'])]);
    await model.ensure(['a', 'b', 'new']);
    expect(model.modelVersion).toBe('B');
    for (const text of ['a', 'b', 'new']) expect([...model.get(text)!]).toEqual([0.5, 0.5, 0.5]);
    expect([warnings, swaps()]).toEqual([['encoder/crashed'], 1]);
    expect((await store.embeddings!.read('B', ['a', 'b', 'new'], START)).size).toBe(0);
    await store.erase();
  });

  test('a row that is found after its model has given way is not believed', async () => {
    let open = (): void => undefined;
    const { model, store } = await failingModel(['slow'], new Promise((resolve) => (open = resolve)));
    const ensured = model.ensure(['slow']);
    await model.ensure(['new']);
    open();
    await ensured;
    expect([...model.get('slow')!]).toEqual([0.5, 0.5, 0.5]);
    await store.erase();
  });

  test('a model that is closed while it looks for rows is not opened for the rest', async () => {
    const { model, store, opened } = await failingModel(['a']);
    const ensured = model.ensure(['a', 'new']);
    await Promise.resolve();
    model.close();
    await expect(ensured).rejects.toMatchObject({ code: 'closed' });
    expect(opened()).toBe(0);
    await store.erase();
  });

  test('rows that are not as long as the model’s are made anew, and replaced', async () => {
    const user = newUser();
    await (await visit(user)).rank(SONGS);
    await rowsOnDisk(user);
    await changeRaw(user, (transaction) => {
      const rows = transaction.objectStore('embeddings');
      rows.openCursor().onsuccess = ({ target }) => {
        const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
        if (cursor === null) return;
        cursor.update({ ...cursor.value, row: Float32Array.of(1, 0) });
      };
    });
    const expected = told(await (await visit(newUser())).rank(SONGS));
    for (const asked of [TEXTS.length, 0]) {
      const encoder = costly();
      expect(told(await (await visit(user, encoder)).rank(SONGS))).toEqual(expected);
      expect(encoder.asked).toHaveLength(asked);
      await rowsOnDisk(user);
    }
  });
});

test('a page that is left in the middle of many texts has kept what was done', async () => {
  const user = newUser();
  let open = (): void => undefined;
  const inner = costly();
  let calls = 0;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const encoder: Encoder = {
    ...inner,
    async encode(texts, options) {
      if (++calls > 2) await gate;
      return inner.encode(texts, options);
    },
  };
  const attune = await visit(user, encoder, { maxWaitMs: 1, sliders: [] });
  const many = Array.from({ length: 700 }, (_, i) => song(`jazz ${i}`));
  await attune.rank(many);
  try {
    await expect.poll(() => rowsOnDisk(user), { timeout: 10_000 }).toBe(512);
  } finally {
    open();
  }
});

test('a page that closes while rows are on their way rejects nothing', async () => {
  const user = newUser();
  const attune = await visit(user);
  const ranked = attune.rank(SONGS);
  await attune.close();
  await expect(ranked).rejects.toMatchObject({ code: 'closed' });
  const other = await createAttune<Song>({ consent: 'granted', user, encoder: costly(), maxWaitMs: 10_000 });
  await other.rank(SONGS);
  await other.close();
  await rowsOnDisk(user);
});
