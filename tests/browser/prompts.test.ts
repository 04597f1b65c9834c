import { type Attune, type AttuneOptions, createAttune } from 'attune';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import '../allclose.js';
import type { Encoder } from '../../src/domain/ports.js';
import { PHRASES } from '../../src/domain/prompts.js';
import { openEncoderWorker } from '../../src/encoder/client.js';
import { MODEL_CACHE } from '../../src/encoder/lite-release.js';
import { speechOf } from '../../src/sdk/prompted.js';
import { START } from '../one-hot.js';
import { deleteRaw, readRaw } from '../raw-database.js';
import { HUB, newWorker, tinyModel } from './tiny-models.js';

/** Prompts through the real Worker, a transformer and IndexedDB. */
const PREFIX = { content: 'a lake: ', behaviour: 'find: ' };
const MODEL = { id: 'tiny-bert', host: HUB, device: 'wasm', dtype: 'fp32', prefix: PREFIX, prompts: true } as const;
const COAT = { id: 'coat', title: 'warm coat' };

let workers = 0;
let opened: Attune<typeof COAT>[] = [];
afterEach(async () => {
  await Promise.all(opened.map((attune) => attune.close()));
  opened = [];
  await caches.delete(MODEL_CACHE);
});

async function visit(user: string, options: Partial<AttuneOptions<typeof COAT>> = {}): Promise<Attune<typeof COAT>> {
  await Promise.all(opened.map((attune) => attune.close()));
  workers = 0;
  const worker = (): Worker => {
    workers++;
    return newWorker();
  };
  const assetBase = `${location.origin}/`;
  const attune = await createAttune<typeof COAT>({
    consent: 'granted',
    user,
    worker,
    assetBase,
    model: MODEL,
    now: () => START,
    ...options,
  });
  opened = [attune];
  return attune;
}

/** The bare encoder. */
let bare: Encoder;
beforeAll(async () => {
  bare = await openEncoderWorker(newWorker, tinyModel({ prefix: PREFIX }), () => {});
}, 60_000);
afterAll(() => bare.close());

test('a transformer reads what was done with its instruction and phrase, and an item with its own', async () => {
  const user = `prompts-${Date.now()}`;
  const attune = await visit(user);
  attune.track('save', COAT);
  await attune.flush();
  const saved = await bare.encode(['User saved: warm coat.'], { role: 'behaviour' });
  const content = await bare.encode(['warm coat.']);
  expect(attune.profile().embedding).toBeAllclose(saved.data, { atol: 1e-5 });
  expect((await attune.embed(COAT)).embedding).toBeAllclose(content.data, { atol: 1e-5 });
  await expect.poll(async () => (await readRaw(user, 'embeddings')).length).toBe(2);
  const known = attune.profile();

  const again = await visit(user);
  await again.data.import({ ...(await again.data.export()), interactions: [] }); // a replay
  expect(again.profile()).toEqual(known);
  expect(workers).toBe(0);
  await again.data.forget({ item: 'coat' });
  expect(await readRaw(user, 'embeddings')).toEqual([]);
  await again.close();
  await deleteRaw(user);
}, 60_000);

test('a text with nothing to see is unknown, whatever was done with it', async () => {
  const { spoken, prompted } = speechOf(PHRASES, true);
  const choice = prompted(spoken({ modelVersion: bare.modelVersion, open: async () => bare }));
  const encoder = await choice.open();
  const { data, dim } = await encoder.encode(
    ['\u200b\u200d', 'warm coat', '\u00ad'].map((text, i) => choice.said!(i === 2 ? 'hide' : 'write', text)),
  );
  const isUnknown = [0, 1, 2].map((i) => data.subarray(i * dim, (i + 1) * dim).every((x) => x === 0));
  expect(isUnknown).toEqual([true, false, true]);
});
