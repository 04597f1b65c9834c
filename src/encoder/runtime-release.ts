/** ONNX Runtime's builds that this version of Attune runs with: a `.mjs` and a `.wasm` of each name, with the latter's SHA-256. */
export const RUNTIME = {
  /** WASM alone. */
  wasm: {
    name: 'ort-wasm-simd-threaded',
    sha256: '06ba057753da3847e4c24f02d91ab133455b0817c69a44993a9a53a2146df9e3',
  },
  /** WASM and WebGPU, where a browser can suspend WebAssembly. */
  jspi: {
    name: 'ort-wasm-simd-threaded.jspi',
    sha256: '173146c55eb8c7e01f8be3f7b7376fbde14118d91607583ab7caf4feac98e59c',
  },
  /** WASM and WebGPU, anywhere. */
  asyncify: {
    name: 'ort-wasm-simd-threaded.asyncify',
    sha256: '49871f5a4409519797e127440868a6d1923339d9185907f301a5b2a1d90af082',
  },
} as const;
