import { createAttune, type Encoder } from 'attune';
import { expect, test } from 'vitest';
import { nextTask, oneHotEncoder, song, type Song, START } from '../one-hot.js';

/** An encoder that keeps what each call asked for. */
function watched(): { encoder: Encoder; calls: string[][] } {
  const calls: string[][] = [];
  const inner = oneHotEncoder();
  return { calls, encoder: { ...inner, encode: (texts) => (calls.push([...texts]), inner.encode(texts)) } };
}

test('an action on a known text is in the profile, and in what is read of it, within the same task', async () => {
  const attune = await createAttune<Song>({ encoder: oneHotEncoder(), now: () => START });
  await attune.embed(song('jazz'));
  attune.track('save', song('jazz'));
  expect(attune.profile().interactionCount).toBe(1);
  expect(attune.profile().embedding[0]).toBe(1);
  await attune.close();
});

test('a stream nobody looks at is learned whole, and told once a task', async () => {
  const attune = await createAttune<Song>({ encoder: oneHotEncoder(), now: () => START });
  await attune.embed(song('jazz'));
  let told = 0;
  attune.on('profile', () => told++);
  for (let i = 0; i < 1000; i++) attune.track('view', song('jazz'));
  expect(told).toBe(0);
  await Promise.resolve();
  expect(told).toBe(1);
  expect(attune.profile().interactionCount).toBe(1000);
  await attune.close();
});

test('new texts acted on together are encoded together', async () => {
  const { encoder, calls } = watched();
  const attune = await createAttune<Song>({ encoder, now: () => START });
  for (const word of ['jazz', 'rock', 'sea']) attune.track('save', song(word));
  await attune.flush();
  expect(calls.map((texts) => texts.toSorted())).toEqual([['jazz.', 'rock.', 'sea.']]);
  expect(attune.profile().interactionCount).toBe(3);
  await attune.close();
});

test('a text that is ranked while it is still being learned from is encoded once', async () => {
  const { encoder, calls } = watched();
  const attune = await createAttune<Song>({ encoder, now: () => START, maxWaitMs: 10_000 });
  attune.track('save', song('jazz'));
  const ranking = await attune.rank([song('jazz'), song('rock')]);
  await attune.flush();
  expect(ranking.partial).toBe(false);
  expect(calls.flat().toSorted()).toEqual(['jazz.', 'rock.']);
  await attune.close();
});

test('once flushed, every text acted on before is learned, however many wait', async () => {
  const { encoder: atOnce, calls } = watched();
  const encoder: Encoder = { ...atOnce, encode: async (texts) => (await nextTask(), atOnce.encode(texts)) };
  const attune = await createAttune<Song>({ encoder, now: () => START });
  for (let i = 0; i < 400; i++) attune.track('view', song(`jazz ${i}`));
  while (calls.length === 0) await nextTask();
  await attune.flush();
  expect(attune.profile().interactionCount).toBe(400);
  await attune.close();
});
