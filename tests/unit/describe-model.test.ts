import { expect, test } from 'vitest';
import { agreement } from '../../src/encoder/backend-check.js';
import { PRESETS, type PresetName } from '../../src/encoder/presets.js';
import type { TransformerConfig } from '../../src/encoder/protocol.js';
import { describeModel, fillIn } from '../../src/sdk/describe-model.js';
import type { PresetModel, TransformerModel } from '../../src/sdk/types.js';

const ASSETS = 'https://site.example/attune/';

async function wayOf(model: PresetName | PresetModel | TransformerModel): Promise<TransformerConfig> {
  return (await describeModel(fillIn(model), ASSETS, true)).at(-1)!;
}

test('a preset by its bare name lies below the site’s own assetBase', async () => {
  const { folder, pooling, prefix } = await wayOf('bge');
  expect(folder).toBe(`${ASSETS}models/Xenova/bge-small-en-v1.5/`);
  expect(pooling).toBe('cls');
  expect(prefix).toEqual(PRESETS.bge.prefix);
});

test('a preset or an id with a host lies where a hub has it', async () => {
  const host = 'https://hub.example/mirror';
  expect((await wayOf({ preset: 'gte', host })).folder).toBe(`${host}/Xenova/gte-small/resolve/main/`);
  const other = { id: 'me/model', host, revision: 'refs/pr/1' };
  expect((await wayOf(other)).folder).toBe(`${host}/me/model/resolve/refs%2Fpr%2F1/`);
  expect((await wayOf({ id: 'me/model' })).folder).toBe('https://huggingface.co/me/model/resolve/main/');
  expect((await wayOf({ id: 'me/model', host: 'self' })).folder).toBe(`${ASSETS}models/me/model/`);
});

test('the GPU is tried first where it is asked for, with numbers it is good at, and WASM after it', async () => {
  const ways = await describeModel(fillIn({ preset: 'minilm', device: 'webgpu' }), ASSETS, true);
  expect(ways.map(({ device, dtype }) => `${device} ${dtype}`)).toEqual(['webgpu fp32', 'wasm q8']);
  const same = await describeModel(fillIn({ preset: 'minilm', device: 'webgpu', dtype: 'fp32' }), ASSETS, true);
  expect(new Set(same.map(({ modelVersion }) => modelVersion)).size).toBe(1);
});

test('whatever changes the embeddings is in the version, and nothing else is', async () => {
  const versionOf = async (more: object): Promise<string> => (await wayOf({ id: 'me/model', ...more })).modelVersion;
  const plain = await versionOf({});
  const changes = [
    { id: 'me/other' },
    { revision: 'v2' },
    { dtype: 'fp32' },
    { dtype: { wasm: 'fp16' } },
    { pooling: 'cls' },
    { layerNorm: true },
    { dims: 256 },
    { layerNorm: true, dims: 256 },
    { prefix: 'query: ' },
    { prefix: { behaviour: 'query: ' } },
  ];
  const versions = await Promise.all(changes.map(versionOf));
  expect(new Set([plain, ...versions]).size).toBe(changes.length + 1);
  for (const same of [{ host: 'self' }, { device: 'wasm' }, { dtype: 'q8' }]) expect(await versionOf(same)).toBe(plain);
});

test('a pin gives the commit, the hashes and the golden rows, unless another revision is asked for', () => {
  const pin = { revision: 'c0ffee', sha256: { 'config.json': 'ab' }, golden: [[1, 0]] };
  const pinOf = (): typeof pin => pin;
  expect(fillIn('minilm', pinOf)).toMatchObject(pin);
  expect(fillIn({ preset: 'minilm', revision: 'c0ffee' }, pinOf)).toMatchObject(pin);
  expect(fillIn({ preset: 'minilm', revision: 'main' }, pinOf)).toMatchObject({ sha256: {}, golden: undefined });
  for (const change of [{ prefix: 'so: ' }, { pooling: 'cls' }, { layerNorm: true }, { dims: 1 }] as const) {
    expect(fillIn({ preset: 'minilm', ...change }, pinOf)).toMatchObject({ ...pin, golden: undefined });
  }
});

test.each([
  'mini',
  { preset: 'mini' },
  { id: '' },
  { id: 'a', host: 7 },
  { id: 'a', revision: '' },
  { id: 'a', device: 'gpu' },
  { id: 'a', dtype: 'int4' },
  { id: 'a', dtype: { wasm: 'int4' } },
  { id: 'a', dtype: null },
  { id: 'a', pooling: 'max' },
  { id: 'a', layerNorm: 1 },
  { id: 'a', dims: 0 },
  { id: 'a', dims: 1.5 },
  { id: 'a', dims: '256' },
  { id: 'a', prefix: 7 },
  { id: 'a', prefix: { content: 7 } },
  { id: 'a', sha256: { 'config.json': 'short' } },
])('%j is refused', async (model) => {
  await expect((async () => describeModel(fillIn(model as never), ASSETS, true))()).rejects.toMatchObject({
    code: 'input/invalid',
  });
});

test('a transformer without a Worker is unavailable', async () => {
  await expect(describeModel(fillIn('minilm'), ASSETS, false)).rejects.toMatchObject({ code: 'encoder/unavailable' });
});

test('agreement is the lowest cosine, and −1 where there are no numbers', () => {
  const rows = [
    [1, 0],
    [0.6, 0.8],
  ];
  expect(agreement(rows, rows)).toBeCloseTo(1, 6);
  expect(
    agreement(rows, [
      [1, 0],
      [0.8, 0.6],
    ]),
  ).toBeCloseTo(0.96, 6);
  for (const wrong of [
    [[1, 0]],
    [[1, 0], [1]],
    [
      [1, 0],
      [NaN, 1],
    ],
  ])
    expect(agreement(rows, wrong)).toBe(-1);
});
