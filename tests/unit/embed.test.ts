import 'fake-indexeddb/auto';
import { memoryStore } from 'attune/core';
import { expect, test } from 'vitest';
import '../allclose.js';
import { nextTask, oneHot, oneHotEncoder, openSongs, song, watchWarnings } from '../one-hot.js';

const WAIT_MS = 20;

test('a text, or an item, is answered with its embedding, the model’s version and how long it took', async () => {
  const plain = oneHotEncoder(undefined, 'own-7');
  const encode: typeof plain.encode = async (texts) => {
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    return plain.encode(texts);
  };
  const attune = await openSongs({ encoder: { ...plain, encode } });
  const began = performance.now();
  const { latencyMs, ...answer } = await attune.embed('jazz by the sea');
  expect(answer).toEqual({ embedding: oneHot('jazz sea'), modelVersion: 'own-7' });
  expect(latencyMs).toBeGreaterThan(WAIT_MS / 2);
  expect(latencyMs).toBeLessThanOrEqual(performance.now() - began);
  expect(await attune.embed(song('rock'))).toMatchObject({ embedding: oneHot('rock'), modelVersion: 'own-7' });
  await attune.close();
});

test('an embedding handed out is a copy: writing into it changes nothing', async () => {
  const attune = await openSongs();
  (await attune.embed('jazz')).embedding.fill(7);
  expect((await attune.embed('jazz')).embedding).toEqual(oneHot('jazz'));
  await attune.close();
});

test('of a text of which nothing is known the embedding is all zeros', async () => {
  const attune = await openSongs();
  expect((await attune.embed('xylophone')).embedding.every((x) => x === 0)).toBe(true);
  await attune.close();
});

test('texts longer than the encoder reads are told of, once', async () => {
  const plain = oneHotEncoder();
  const encode: typeof plain.encode = async (texts) => {
    const truncated = texts.filter(({ length }) => length > 20).length;
    return { ...(await plain.encode(texts)), truncated };
  };
  const attune = await openSongs({ encoder: { ...plain, encode } });
  const { seen } = watchWarnings(attune);
  await attune.rank([song('jazz')]);
  expect(await seen()).toEqual([]);
  const long = ['jazz and much more of it', 'rock and much more of it'].map(song);
  await attune.rank([...long, song('folk')]);
  await attune.rank([song('sea and yet more, and more')]);
  expect((await seen()).map(({ code, message }) => [code, message])).toEqual([
    ['input/invalid', expect.stringContaining('2 longer than one-hot-1 reads')],
  ]);
  await attune.close();
});

test('what is to be told while Attune starts is heard by who listens once it is there', async () => {
  const store = memoryStore();
  const slow: Partial<typeof store> = {
    async readValue(name) {
      for (let tasks = 0; tasks < 5; tasks++) await nextTask();
      return store.readValue(name);
    },
  };
  const attune = await openSongs({
    encoder: undefined as never,
    model: 'minilm',
    worker: false,
    store: { ...store, ...slow },
  });
  const { seen } = watchWarnings(attune);
  expect((await seen()).map(({ code }) => code)).toEqual(['encoder/unavailable']);
  await attune.close();
});
