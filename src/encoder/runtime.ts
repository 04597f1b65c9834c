import { env } from '@huggingface/transformers';
import type { Device } from './device.js';
import { openFile } from './kept-file.js';
import type { OnProgress } from './protocol.js';
import { RUNTIME } from './runtime-release.js';

/** More bring little to sentences, and take from the page. Judgement. */
const MAX_THREADS = 4;

/**
 * For WebAssembly or threads that don't get ready for a reason nobody foresaw, ms: then the start ends, and lite answers.
 * Less than the client waits for a silent Worker, so that the reason is told. Judgement: compiling takes some seconds at most.
 */
const PATIENCE = { initTimeout: 60_000 };

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
  const script = `${folder}${name}.mjs`;
  const numThreads = await threadsFor(script);
  Object.assign(env.backends.onnx.wasm!, { numThreads, wasmBinary, wasmPaths: { mjs: script }, ...PATIENCE });
}

/**
 * How many threads run a model: half the cores, at most `MAX_THREADS`. One where the page is not cross-origin isolated;
 * where the script is another origin's, since a thread could then only have it through a `blob:`, which policies forbid;
 * and where it comes without the header that lets an isolated page start it, for which ONNX Runtime would wait in vain.
 */
async function threadsFor(script: string): Promise<number> {
  const wanted = Math.min(MAX_THREADS, navigator.hardwareConcurrency >> 1);
  if (wanted < 2 || !crossOriginIsolated || new URL(script).origin !== location.origin) return 1;
  const { headers } = await fetch(script);
  return headers.has('cross-origin-embedder-policy') ? wanted : 1;
}

/** The smallest build that can use the device here. */
export function buildFor(device: Device): keyof typeof RUNTIME {
  if (device === 'wasm') return 'wasm';
  return 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
}
