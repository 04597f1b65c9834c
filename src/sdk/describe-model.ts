import type { TextRole } from '../domain/ports.js';
import { type Device, type Dtype, type Gpu, probeGpu } from '../encoder/device.js';
import { defaultDtype, type Pin, pinOf, PRESETS, type PresetName } from '../encoder/presets.js';
import { queued } from '../encoder/queue.js';
import type { EncoderConfig, TransformerConfig } from '../encoder/protocol.js';
import { checkPrompts, PHRASES, type Prompts, promptsOf } from '../domain/prompts.js';
import { AttuneError, invalid } from '../errors.js';
import { baseUrl, objectOf, oneOf, type ResolvedOptions } from './options.js';
import type { EncoderChoice } from './model.js';
import { speechOf } from './prompted.js';
import type { Standing } from './standing.js';
import type { PresetModel, TransformerModel } from './types.js';
import type { UpgradeParts, Upgrading } from './upgrade.js';

/** A model as asked for, with every default filled in but those that depend on the device. */
type Described = Required<Omit<TransformerModel, 'dims' | 'prompts'>> &
  Pick<TransformerConfig, 'dims' | 'golden'> & {
    /** Its own, by kind; undefined for none. */
    readonly prompts: Prompts | undefined;
  };

/** How a model is run in a Worker. */
export type InWorker = (config: EncoderConfig & { readonly modelVersion: string }) => EncoderChoice;

/** What comes of the encoder that a site asked for. */
export interface Asked {
  /** To be tried before all others. */
  readonly first: readonly EncoderChoice[];
  /** To be gone over to from those that answer at once, and what does that. */
  readonly better?: {
    readonly choices: readonly EncoderChoice[];
    readonly upgrade: (parts: UpgradeParts) => Upgrading;
  };
  /** One of the built-in encoders with its prompts, if it is the one that was asked for: what stands in has none. */
  readonly speak: (name: 'lite' | 'lexical', choice: EncoderChoice) => EncoderChoice;
}

/**
 * Describes the encoder that a site asked for. Where texts are not kept there are no prompts, because there one row is
 * kept of an item.
 *
 * @throws AttuneError as `describeModel`
 */
export async function describeAsked<T>(
  options: ResolvedOptions<T>,
  standing: () => Standing,
  inWorker: InWorker,
  onWarning: (warning: AttuneError) => void,
): Promise<Asked> {
  const { model, encoder, worker, assetBase, prompts, keepText } = options;
  const described = model === 'lite' || model === 'lexical' ? undefined : fillIn(model === 'auto' ? 'minilm' : model);
  const configs = described ? await describeModel(described, assetBase, encoder !== undefined || worker !== false) : [];
  const tellsRoles = encoder !== undefined || hasInstruction(described?.prefix);
  const phrases = promptsOf(prompts, encoder === undefined ? described?.prompts : undefined);
  const { spoken, prompted } = speechOf(keepText === 'none' ? undefined : phrases, tellsRoles);
  /** A row that was kept costs less than its text; without the code for it, all is as if nothing was kept. */
  const cached = ({ modelVersion, open }: EncoderChoice): EncoderChoice => ({
    modelVersion,
    open: () =>
      import('./cached-encoder.js').then(
        ({ openCached }) => openCached(modelVersion, open, options, standing, onWarning),
        open,
      ),
  });
  const speak: Asked['speak'] = (name, choice) => (name === model ? prompted(spoken(choice)) : choice);
  if (encoder !== undefined) {
    const own = spoken({ modelVersion: encoder.modelVersion, open: async () => queued(encoder) });
    return { first: [prompted(encoder.cached ? cached(own) : own)], speak };
  }
  const ways = configs.map(inWorker).map(spoken).map(cached).map(prompted);
  const isAuto = model === 'auto' || described?.auto === true;
  if (!isAuto) return { first: ways, speak };
  const { createUpgrade } = await import('./upgrade.js');
  return { first: [], better: { choices: ways, upgrade: (parts) => createUpgrade(parts, ways) }, speak };
}

/** What of a description changes the answers to a text, so that a preset's golden rows hold no longer. */
const ANSWERS = ['prefix', 'pooling', 'layerNorm', 'dims'] as const;

/**
 * The ways to run a transformer here, best first: on the GPU where it is asked for or there is a real one, then on WASM.
 *
 * @throws AttuneError `input/invalid` for a description that makes no sense, `encoder/unavailable` without a Worker
 */
export async function describeModel(
  model: Described,
  assetBase: string,
  hasWorker: boolean,
): Promise<TransformerConfig[]> {
  const described = checked(model);
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
  if (asked.prompts !== undefined) checkPrompts('model.prompts', asked.prompts);
  const ofItsOwn = preset?.isInstructed ? PHRASES : hasInstruction(asked.prefix ?? preset?.prefix) ? {} : undefined;
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
    prompts: promptsOf(asked.prompts, ofItsOwn),
  };
}

/** Whether behaviour is read otherwise than content, whatever its kind. */
function hasInstruction(prefix: TransformerModel['prefix'] = ''): boolean {
  return typeof prefix === 'object' && (prefix?.behaviour ?? '') !== (prefix?.content ?? '');
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
