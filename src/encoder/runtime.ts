import { env } from '@huggingface/transformers';
import type { Device } from './device.js';
import { openFile } from './kept-file.js';
import type { OnProgress } from './protocol.js';
import { RUNTIME } from './runtime-release.js';

/**
 * Readies ONNX Runtime for a device: its WebAssembly from our cache or from `folder`, checked, and the script that goes
 * with it by its own URL, as code is loaded under a strict policy.
 *
 * @throws AttuneError `encoder/unavailable`, `model/corrupt`
 */
export async function readyRuntime(
  device: Device,
  folder: string,
  cache: Cache | undefined,
  onProgress: OnProgress,
): Promise<void> {
  const { name, sha256 } = RUNTIME[buildFor(device)];
  const wayOut = `Serve dist/runtime, of this version of Attune, below ${folder}.`;
  const wasmBinary = await openFile({ url: `${folder}${name}.wasm`, sha256, wayOut }, cache, onProgress);
  // Threads would need a cross-origin isolated page, and blob: in its policy.
  Object.assign(env.backends.onnx.wasm!, { numThreads: 1, wasmBinary, wasmPaths: { mjs: `${folder}${name}.mjs` } });
}

/** The smallest build that can use the device here. */
export function buildFor(device: Device): keyof typeof RUNTIME {
  if (device === 'wasm') return 'wasm';
  return 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
}
