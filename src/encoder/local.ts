import type { EncoderConfig, LoadedModel, OnProgress } from './protocol.js';

/** Loads a model on this thread: the way without a Worker, and what the Worker itself does. Transformers are the Worker's alone. */
export async function loadLocal(
  config: Exclude<EncoderConfig, { kind: 'transformers' }>,
  onProgress: OnProgress,
): Promise<LoadedModel> {
  if (config.kind === 'lexical') return (await import('./lexical.js')).openLexical();
  const [{ downloadModel }, { openLite }] = await Promise.all([import('./download.js'), import('./lite.js')]);
  return openLite(await downloadModel(config.url, config.sha256, config.cache, onProgress), config.modelVersion);
}
