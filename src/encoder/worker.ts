import { expose, transfer } from 'comlink';
import { AttuneError } from '../errors.js';
import { loadLocal } from './local.js';
import { type EncoderWorkerApi, type LoadedModel, replyTo } from './protocol.js';

/** The encoder Worker: a model in memory and nothing else, so that it can be ended or crash without loss. */
let model: LoadedModel | undefined;

/** Held, because a port that nothing refers to may be closed: see `client.ts`. */
const lifelines: MessagePort[] = [];

const api: EncoderWorkerApi = {
  load: (config, onProgress, lifeline) =>
    replyTo(async () => {
      lifelines.push(lifeline);
      const loaded =
        config.kind === 'transformers'
          ? await (await import('./transformers.js')).openTransformer(config, onProgress)
          : await loadLocal(config, onProgress);
      model = loaded;
      return { modelVersion: loaded.modelVersion, dim: loaded.dim };
    }),
  encode: async (texts, role) => {
    const reply = await replyTo(async () => {
      if (model === undefined) throw new AttuneError('encoder/unavailable', 'No model is loaded in this Worker.');
      return model.encode(texts, role);
    });
    return reply.ok ? transfer(reply, [reply.value.data.buffer]) : reply;
  },
};

expose(api);
