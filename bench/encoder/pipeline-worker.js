import { env, pipeline } from '@huggingface/transformers';

/** transformers.js as its own documentation uses it, one thread: answers `{ texts }` with a row each, in one batch. */
let extractor;
let turn = Promise.resolve();
onmessage = ({ data: { id, texts } }) => {
  turn = turn
    .then(async () => {
      extractor ??= await open();
      const { data } = await extractor(texts, { pooling: 'mean', normalize: true });
      postMessage({ id, answer: data });
    })
    .catch((error) => postMessage({ id, error: String(error) }));
};

function open() {
  const at = new URL('/runtime/ort-wasm-simd-threaded', location.href).href;
  const { origin } = location;
  Object.assign(env, { allowLocalModels: false, remoteHost: origin, remotePathTemplate: 'models/{model}' });
  Object.assign(env, { useBrowserCache: false, useWasmCache: false });
  Object.assign(env.backends.onnx.wasm, { numThreads: 1, wasmPaths: { mjs: `${at}.mjs`, wasm: `${at}.wasm` } });
  return pipeline('feature-extraction', 'Xenova/all-MiniLM-L6-v2', { dtype: 'q8', device: 'wasm' });
}
