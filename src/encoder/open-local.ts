import type { Encoder } from '../domain/ports.js';
import { loadLocal } from './local.js';
import type { LocalConfig, OnProgress } from './protocol.js';
import { queued } from './queue.js';

/** An encoder on the page's own thread, where no Worker can be had. Rejects as `loadLocal` does. */
export async function openLocal(config: LocalConfig, onProgress: OnProgress): Promise<Encoder> {
  const { modelVersion, dim, encode } = await loadLocal(config, onProgress);
  return queued({ modelVersion, dim, encode: async (texts) => encode(texts), close() {} });
}
