import { proxy, type Remote, transfer, wrap } from 'comlink';
import { AttuneError } from '../errors.js';
import { type EncoderConfig, type EncoderWorkerApi, type OnProgress, unwrap } from './protocol.js';

/** A Worker with the model loaded, and a promise that rejects when it dies. */
export interface Running {
  readonly worker: Worker;
  readonly api: Remote<EncoderWorkerApi>;
  readonly died: Promise<never>;
  readonly modelVersion: string;
  readonly dim: number;
}

/**
 * While a model loads the Worker tells how far its files are. Past this silence it counts as dead; making a session of
 * a large model takes a slow device most of it. Judgement.
 */
const LOAD_SILENCE_MS = 120_000;

/**
 * Makes a Worker and loads the model in it. Its death is known from its `error` event, from the far end of a port that
 * it holds, which closes with it (where the browser tells), or from its silence.
 *
 * Rejects with AttuneError; the Worker is then ended.
 */
export async function startWorker(
  spawn: () => Worker,
  config: EncoderConfig,
  onProgress: OnProgress,
): Promise<Running> {
  let worker: Worker;
  try {
    worker = spawn();
  } catch (cause) {
    throw new AttuneError('encoder/unavailable', `The Worker could not be made: ${String(cause)}. See docs/csp.md.`, {
      cause,
    });
  }
  let loaded = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const { port1: ours, port2: theirs } = new MessageChannel();
  let listen = (): void => undefined;
  const died = new Promise<never>((_, reject) => {
    const fail = (reason: string): void => {
      worker.terminate();
      reject(
        loaded
          ? new AttuneError('encoder/crashed', `The encoder's Worker died (${reason}).`)
          : new AttuneError('encoder/unavailable', `The encoder's Worker did not start (${reason}).`),
      );
    };
    const onError = (event: Event): void => {
      event.preventDefault();
      fail(event instanceof ErrorEvent && event.message ? event.message : event.type);
    };
    worker.addEventListener('error', onError);
    worker.addEventListener('messageerror', onError);
    ours.addEventListener('close', () => fail('it was ended'));
    ours.start();
    listen = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => fail(`silent for ${LOAD_SILENCE_MS / 1000} s`), LOAD_SILENCE_MS);
    };
  });
  died.catch(() => undefined); // a Worker that dies while nobody waits is replaced at the next call
  listen();
  const api = wrap<EncoderWorkerApi>(worker);
  const onSign: OnProgress = (progress) => {
    listen();
    onProgress(progress);
  };
  try {
    const reply = await Promise.race([api.load(config, proxy(onSign), transfer(theirs, [theirs])), died]);
    const { modelVersion, dim } = unwrap(reply);
    loaded = true;
    return { worker, api, died, modelVersion, dim };
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    clearTimeout(silence);
  }
}
