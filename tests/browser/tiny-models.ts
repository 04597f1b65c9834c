import type { TransformerConfig } from '../../src/encoder/protocol.js';

/** Where the small models of tests/fixtures/hub lie. */
export const HUB = `${location.origin}/tests/fixtures/hub`;

/** The encoder's Worker, from its source. */
export function newWorker(): Worker {
  return new Worker(new URL('../../src/encoder/worker.ts', import.meta.url), { type: 'module' });
}

/** The tiny BERT on WASM in fp32, with nothing known of it and nothing kept, but for `changes`. */
export function tinyModel(changes: Partial<TransformerConfig> = {}): TransformerConfig {
  return {
    kind: 'transformers',
    modelVersion: 'tiny',
    id: 'tiny-bert',
    folder: `${HUB}/tiny-bert/resolve/main/`,
    device: 'wasm',
    dtype: 'fp32',
    pooling: 'mean',
    layerNorm: false,
    dims: undefined,
    prefix: { content: '', behaviour: '' },
    sha256: {},
    golden: undefined,
    runtimeUrl: `${location.origin}/runtime/`,
    cache: false,
    ...changes,
  };
}
