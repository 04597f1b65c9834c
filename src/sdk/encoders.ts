import type { Encoder } from '../domain/ports.js';
import { LEXICAL_VERSION, LITE } from '../encoder/lite-release.js';
import type { EncoderConfig, OnProgress } from '../encoder/protocol.js';
import type { EncoderChoice } from './model.js';
import { baseUrl, type ResolvedOptions } from './options.js';
import type { TransformerModel } from './types.js';

/** The encoders to try, best first: the one asked for, lite, lexical; lite in its Worker, then on the page's thread. */
export function encoderChoices<T>(
  { encoder, model, worker, assetBase }: ResolvedOptions<T>,
  cache: boolean,
  onProgress: OnProgress,
): EncoderChoice[] {
  if (encoder !== undefined) {
    return [{ modelVersion: encoder.modelVersion, open: () => Promise.resolve(encoder) }];
  }
  const lite = {
    kind: 'lite',
    url: assetBase + LITE.path,
    sha256: LITE.sha256,
    modelVersion: LITE.modelVersion,
    cache,
  } as const;
  const lexical = { modelVersion: LEXICAL_VERSION, open: () => openLocal({ kind: 'lexical' }, onProgress) };
  const choices = [lexical];
  if (model !== 'lexical') {
    choices.unshift({ modelVersion: LITE.modelVersion, open: () => openLocal(lite, onProgress) });
    if (worker !== false) {
      choices.unshift({ modelVersion: LITE.modelVersion, open: () => openWorker(worker, lite, onProgress) });
    }
  }
  if (typeof model === 'object' && worker !== false) {
    const config = transformerConfig(model, assetBase, cache);
    choices.unshift({
      modelVersion: config.modelVersion,
      open: () => openWorker(worker, config, onProgress),
    });
  }
  return choices;
}

/** The client comes with the first text, not with the page. */
async function openWorker(
  spawn: (() => Worker) | undefined,
  config: EncoderConfig,
  onProgress: OnProgress,
): Promise<Encoder> {
  return (await import('../encoder/client.js')).openEncoderWorker(spawn, config, onProgress);
}

async function openLocal(
  config: Exclude<EncoderConfig, { kind: 'transformers' }>,
  onProgress: OnProgress,
): Promise<Encoder> {
  const { loadLocal } = await import('../encoder/local.js');
  const { modelVersion, dim, encode } = await loadLocal(config, onProgress);
  return {
    modelVersion,
    dim,
    async encode(texts, { signal } = {}) {
      signal?.throwIfAborted();
      return encode(texts);
    },
    close() {},
  };
}

function transformerConfig(
  model: TransformerModel,
  assetBase: string,
  cache: boolean,
): Extract<EncoderConfig, { kind: 'transformers' }> {
  const { id, host = 'https://huggingface.co', revision = 'main', dtype = 'q8', pooling = 'mean', prefix = '' } = model;
  const modelVersion = ['transformers', id, revision, dtype, pooling, prefix].join('|');
  return {
    kind: 'transformers',
    modelVersion,
    id,
    host: baseUrl(host),
    revision,
    dtype,
    pooling,
    prefix,
    runtimeUrl: `${assetBase}runtime/`,
    cache,
  };
}
