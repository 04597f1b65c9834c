import type { TextRole } from '../domain/ports.js';
import { type Device, type Dtype, type Gpu, probeGpu } from '../encoder/device.js';
import { defaultDtype, type Pin, pinOf, PRESETS, type PresetName } from '../encoder/presets.js';
import type { TransformerConfig } from '../encoder/protocol.js';
import { AttuneError, invalid } from '../errors.js';
import { baseUrl, objectOf, oneOf } from './options.js';
import type { PresetModel, TransformerModel } from './types.js';

/** A model as asked for, with every default filled in but those that depend on the device. */
type Described = Required<Omit<TransformerModel, 'dims'>> & Pick<TransformerConfig, 'dims' | 'golden'>;

/** What of a description changes the answers to a text, so that a preset's golden rows hold no longer. */
const ANSWERS = ['prefix', 'pooling', 'layerNorm', 'dims'] as const;

/**
 * The ways to run a transformer here, best first: on the GPU where it is asked for or there is a real one, then on WASM.
 *
 * @throws AttuneError `input/invalid` for a description that makes no sense, `encoder/unavailable` without a Worker
 */
export async function describeModel(
  model: PresetName | PresetModel | TransformerModel,
  assetBase: string,
  hasWorker: boolean,
): Promise<TransformerConfig[]> {
  const described = checked(fillIn(model));
  const { id, device } = described;
  if (!hasWorker) throw new AttuneError('encoder/unavailable', `${id} runs in a Worker only, and \`worker\` is false.`);
  if (device === 'wasm') return [configFor('wasm', described, assetBase, undefined)];
  const gpu = await probeGpu();
  const wasm = configFor('wasm', described, assetBase, undefined);
  const worthIt = device === 'webgpu' || (gpu !== undefined && !gpu.isSoftware);
  return worthIt ? [configFor('webgpu', described, assetBase, gpu), wasm] : [wasm];
}

/** A preset by its bare name comes from the site itself: nothing is fetched from anywhere the site didn't name. */
export function fillIn(
  model: PresetName | PresetModel | TransformerModel,
  pinned: (name: PresetName) => Pin | undefined = pinOf,
): Described {
  const names = Object.keys(PRESETS) as PresetName[];
  if (typeof model === 'string') oneOf<string>('model', model, ['lite', 'lexical', 'auto', ...names]);
  const asked = typeof model === 'string' ? ({ preset: model, host: 'self' } as const) : objectOf('model', model);
  const named = 'preset' in asked ? oneOf('model.preset', asked.preset, names) : undefined;
  const preset = named && PRESETS[named];
  const pin = named && pinned(named);
  const isPinned = pin !== undefined && (asked.revision ?? pin.revision) === pin.revision && asked.sha256 === undefined;
  return {
    host: 'https://huggingface.co',
    revision: pin?.revision ?? 'main',
    device: 'auto',
    dtype: {},
    pooling: 'mean',
    layerNorm: false,
    dims: undefined,
    auto: false,
    prefix: '',
    sha256: isPinned ? pin.sha256 : {},
    golden: isPinned && ANSWERS.every((name) => asked[name] === undefined) ? pin.golden : undefined,
    ...(preset && { id: preset.id, pooling: preset.pooling, prefix: preset.prefix }),
    ...(asked as TransformerModel),
  };
}

function checked(described: Described): Described {
  const { id, host, revision, device, dtype, pooling, layerNorm, dims, auto, prefix, sha256 } = described;
  for (const [name, value] of Object.entries({ id, host, revision })) {
    if (typeof value !== 'string' || value === '')
      throw invalid(`model.${name}`, value, "Pass a text; an id is one like 'Xenova/all-MiniLM-L6-v2'.");
  }
  oneOf('model.device', device, ['auto', 'wasm', 'webgpu']);
  oneOf('model.pooling', pooling, ['mean', 'cls']);
  oneOf('model.layerNorm', layerNorm, [true, false]);
  oneOf('model.auto', auto, [true, false]);
  if (dims !== undefined && !(Number.isInteger(dims) && dims > 0)) {
    throw invalid('model.dims', dims, 'Pass a whole number from 1, or leave it out.');
  }
  for (const each of typeof dtype === 'string' ? [dtype] : Object.values(objectOf('model.dtype', dtype))) {
    oneOf('model.dtype', each, ['q8', 'fp16', 'fp32']);
  }
  for (const each of typeof prefix === 'string' ? [prefix] : Object.values(objectOf('model.prefix', prefix))) {
    if (typeof each !== 'string') throw invalid('model.prefix', each, 'Prefixes are texts.');
  }
  for (const [path, hash] of Object.entries(objectOf('model.sha256', sha256))) {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw invalid(`model.sha256['${path}']`, hash, 'Pass 64 hexadecimal digits.');
  }
  return described;
}

function configFor(
  device: Device,
  { id, host, revision, dtype, pooling, layerNorm, dims, prefix, sha256, golden }: Described,
  assetBase: string,
  gpu: Gpu | undefined,
): TransformerConfig {
  const numbers: Dtype =
    (typeof dtype === 'string' ? dtype : dtype[device]) ?? defaultDtype(device, gpu?.hasFp16 === true);
  const prefixes: Record<TextRole, string> =
    typeof prefix === 'string' ? { content: prefix, behaviour: prefix } : { content: '', behaviour: '', ...prefix };
  const { content, behaviour } = prefixes;
  const said = content === behaviour ? [content] : [content, behaviour];
  const shape = `${pooling}${layerNorm ? '+layernorm' : ''}${dims === undefined ? '' : `+${dims}`}`;
  return {
    kind: 'transformers',
    modelVersion: ['transformers', id, revision, numbers, shape, ...said].join('|'),
    id,
    folder:
      host === 'self' ? `${assetBase}models/${id}/` : `${baseUrl(host)}${id}/resolve/${encodeURIComponent(revision)}/`,
    device,
    dtype: numbers,
    pooling,
    layerNorm,
    dims,
    prefix: prefixes,
    sha256,
    golden: numbers === 'q8' ? undefined : golden, // whose rounding may differ by more than a wrong GPU
    runtimeUrl: `${assetBase}runtime/`,
    cache: true,
  };
}
