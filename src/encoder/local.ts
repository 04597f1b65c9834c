import type { LoadedModel, LocalConfig, OnProgress } from './protocol.js';

/** Loads a model on this thread: the way without a Worker, and what the Worker itself does. Transformers are the Worker's alone. */
export async function loadLocal(config: LocalConfig, onProgress: OnProgress): Promise<LoadedModel> {
  if (config.kind === 'lexical') return (await import('./lexical.js')).openLexical();
  const [{ openFile, openModelCache }, { openLite }] = await Promise.all([
    import('./kept-file.js'),
    import('./lite.js'),
  ]);
  const { url, sha256, modelVersion } = config;
  const wayOut = 'Serve dist/models there, unchanged, or set `assetBase`.';
  const cache = config.cache ? await openModelCache() : undefined;
  return openLite(await openFile({ url, sha256, wayOut }, cache, onProgress), modelVersion);
}
