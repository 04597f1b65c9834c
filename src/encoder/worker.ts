import { expose, releaseProxy, type Remote, transfer } from 'comlink';
import { AttuneError } from '../errors.js';
import { loadLocal } from './local.js';
import { type Reply, replyTo } from '../workers/reply.js';
import type { EncoderWorkerApi, LoadedModel } from './protocol.js';

/** The encoder Worker: a model in memory and nothing else, so that it can be ended or crash without loss. */
let model: LoadedModel | undefined;

const reply = <T>(task: () => Promise<T>): Promise<Reply<T>> =>
  replyTo(task, 'encoder/unavailable', 'The encoder failed');

const api: EncoderWorkerApi = {
  load: (config, onProgress) =>
    reply(async () => {
      const loaded =
        config.kind === 'transformers'
          ? await (await import('./transformers.js')).openTransformer(config, onProgress)
          : await loadLocal(config, onProgress);
      model = loaded;
      return { modelVersion: loaded.modelVersion, dim: loaded.dim };
    }).finally(() => {
      // Left to the garbage collector, its release could reach a page that sleeps, which then loses its place in the
      // back/forward cache.
      (onProgress as Remote<typeof onProgress>)[releaseProxy]();
    }),
  encode: async (texts, role) => {
    const made = await reply(async () => {
      if (model === undefined) throw new AttuneError('encoder/unavailable', 'No model is loaded in this Worker.');
      return model.encode(texts, role);
    });
    return made.ok ? transfer(made, [made.value.data.buffer]) : made;
  },
};

// WebKit runs this file once more when a part loaded later imports it, as bundlers arrange: only the first run answers.
const scope = globalThis as { attuneEncoder?: EncoderWorkerApi };
if (scope.attuneEncoder === undefined) expose((scope.attuneEncoder = api));
