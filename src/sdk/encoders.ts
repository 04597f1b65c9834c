import { type AttuneError, asAttuneError } from '../errors.js';
import type { Encoder } from '../domain/ports.js';
import { LEXICAL_VERSION, LITE } from '../encoder/lite-release.js';
import type { LocalConfig, OnProgress } from '../encoder/protocol.js';
import type { Asked, InWorker } from './describe-model.js';
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
): Promise<{ readonly choices: readonly EncoderChoice[] } & Pick<Asked, 'better'>> {
  const { encoder, model, worker, assetBase, prompts } = options;
  const mayKeep = (): boolean => standing().lies === 'disk';
  /** The client comes with the first text, not with the page. */
  const inWorker: InWorker = (config) => ({
    modelVersion: config.modelVersion,
    open: async () =>
      (await import('../encoder/client.js')).openEncoderWorker(worker || undefined, config, onProgress, { mayKeep }),
  });
  const isPlain = !encoder && !prompts && (model === 'lite' || model === 'lexical');
  const given: Asked = isPlain
    ? PLAIN
    : await import('./describe-model.js')
        .then(({ describeAsked }) => describeAsked(options, standing, inWorker, onWarning))
        .catch((error: unknown) => {
          const said = asAttuneError(error, 'encoder/unavailable', 'The model could not be described');
          if (said.code === 'input/invalid') throw said;
          onWarning(said);
          return PLAIN;
        });
  const { first, speak } = given;
  if (encoder) {
    const own = { modelVersion: encoder.modelVersion, open: async () => encoder };
    return { ...given, choices: [first[0] ?? own] };
  }
  const openLocal = async (config: LocalConfig): Promise<Encoder> =>
    (await import('../encoder/open-local.js')).openLocal(config, onProgress);
  const { path, ...known } = LITE;
  const lite = { kind: 'lite', url: assetBase + path, ...known, cache: true } as const;
  const lexical = speak('lexical', { modelVersion: LEXICAL_VERSION, open: () => openLocal({ kind: 'lexical' }) });
  const choices = [lexical];
  if (model !== 'lexical') {
    const open = () => openLocal({ ...lite, cache: mayKeep() });
    choices.unshift(speak('lite', { modelVersion: LITE.modelVersion, open }));
    if (worker !== false) choices.unshift(speak('lite', inWorker(lite)));
  }
  return { ...given, choices: [...first, ...choices] };
}

/** With nothing to describe, what stands in is all there is, as it is. */
const PLAIN: Asked = { first: [], speak: (_, choice) => choice };
