import { type AttuneError, asAttuneError } from '../errors.js';
import type { Encoder } from '../domain/ports.js';
import { LEXICAL_VERSION, LITE } from '../encoder/lite-release.js';
import type { EncoderConfig, LocalConfig, OnProgress } from '../encoder/protocol.js';
import type { EncoderChoice } from './model.js';
import type { ResolvedOptions } from './options.js';
import type { Standing } from './standing.js';

/**
 * The encoders to try, best first: the one asked for on each device that it may run on, lite, lexical; lite in its
 * Worker, then on the page's thread. With 'auto' the one asked for is apart, as `better`.
 *
 * @param standing how things are: model files are kept while the log lies on disk
 * @throws AttuneError `input/invalid` for a model whose description makes no sense
 */
export async function encoderChoices<T>(
  options: ResolvedOptions<T>,
  standing: () => Standing,
  onProgress: OnProgress,
  onWarning: (warning: AttuneError) => void,
): Promise<{ readonly choices: readonly EncoderChoice[]; readonly better: readonly EncoderChoice[] }> {
  const { encoder, model, worker, assetBase } = options;
  const mayKeep = (): boolean => standing().lies === 'disk';
  const isAuto = model === 'auto' || (typeof model === 'object' && model?.auto === true);
  const described =
    model === 'lite' || model === 'lexical'
      ? []
      : await import('./describe-model.js')
          .then(({ describeModel }) => {
            const named = model === 'auto' ? 'minilm' : model;
            return describeModel(named, assetBase, encoder !== undefined || worker !== false);
          })
          .catch((error: unknown) => {
            const said = asAttuneError(error, 'encoder/unavailable', 'The model could not be described');
            if (said.code === 'input/invalid') throw said;
            onWarning(said);
            return [];
          });
  /** A row that was kept costs less than its text; without the code for it, all is as if nothing was kept. */
  const cached = ({ modelVersion, open }: EncoderChoice): EncoderChoice => ({
    modelVersion,
    open: () =>
      import('./cached-encoder.js').then(
        ({ openCached }) => openCached(modelVersion, open, options, standing, onWarning),
        open,
      ),
  });
  if (encoder !== undefined) {
    const { modelVersion } = encoder;
    const open = (): Promise<Encoder> =>
      import('../encoder/queue.js').then(
        ({ queued }) => queued(encoder),
        () => encoder, // without it texts may be asked for twice, and that is all
      );
    return { choices: [encoder.cached ? cached({ modelVersion, open }) : { modelVersion, open }], better: [] };
  }

  /** The client comes with the first text, not with the page. */
  const inWorker = (config: EncoderConfig & { modelVersion: string }): EncoderChoice => ({
    modelVersion: config.modelVersion,
    open: async () =>
      (await import('../encoder/client.js')).openEncoderWorker(worker || undefined, config, onProgress, { mayKeep }),
  });
  const openLocal = async (config: LocalConfig): Promise<Encoder> =>
    (await import('../encoder/open-local.js')).openLocal(config, onProgress);
  const { path, ...known } = LITE;
  const lite = { kind: 'lite', url: assetBase + path, ...known, cache: true } as const;
  const choices: EncoderChoice[] = [{ modelVersion: LEXICAL_VERSION, open: () => openLocal({ kind: 'lexical' }) }];
  if (model === 'lexical') return { choices, better: [] };
  choices.unshift({
    modelVersion: LITE.modelVersion,
    open: () => openLocal({ ...lite, cache: mayKeep() }),
  });
  if (worker !== false) choices.unshift(inWorker(lite));
  const better = described.map(inWorker).map(cached);
  return isAuto ? { choices, better } : { choices: [...better, ...choices], better: [] };
}
