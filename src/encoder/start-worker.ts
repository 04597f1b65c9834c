import { proxy, releaseProxy, wrap } from 'comlink';
import { AttuneError } from '../errors.js';
import type { EmbeddingMatrix, TextRole } from '../domain/ports.js';
import { type Reply, unwrap } from '../workers/reply.js';
import type { EncoderConfig, EncoderWorkerApi, OnProgress } from './protocol.js';

/** A Worker with the model loaded, and a promise that rejects when it dies. */
export interface Running {
  readonly encode: (texts: readonly string[], role: TextRole) => Promise<Reply<EmbeddingMatrix>>;
  readonly died: Promise<never>;
  readonly modelVersion: string;
  readonly dim: number;
}

/**
 * Makes a Worker and loads the model in it. Its death is known from its `error` event, or from its silence: no browser
 * tells of a Worker that was ended.
 *
 * Rejects with AttuneError; the Worker is then ended. `onEnd` is given, before this returns, what ends it at any time.
 * Comlink's proxies are made once and released with it: one that the garbage collector finds runs a finalizer, and
 * Chromium, which collects garbage when it freezes a page, drops a page that then runs a script from the
 * back/forward cache.
 *
 * @param silenceMs past this without a word of its files' progress it counts as dead
 */
export async function startWorker(
  spawn: () => Worker,
  config: EncoderConfig,
  onProgress: OnProgress,
  silenceMs: number,
  onEnd: (end: () => void) => void,
): Promise<Running> {
  let worker: Worker;
  try {
    worker = spawn();
  } catch (cause) {
    throw new AttuneError('encoder/unavailable', `The Worker could not be made: ${String(cause)}. See docs/csp.md.`, {
      cause,
    });
  }
  const api = wrap<EncoderWorkerApi>(worker);
  const { load, encode: ask } = api;
  let isLoaded = false;
  let isEnded = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(silence);
    for (const each of [load, ask, api]) each[releaseProxy]();
    worker.terminate();
  };
  onEnd(end);
  const encode: Running['encode'] = async (texts, role) => {
    if (isEnded) throw new AttuneError('encoder/crashed', 'The encoder’s Worker was ended.');
    return ask(texts, role);
  };
  let listen = (): void => undefined;
  const died = new Promise<never>((_, reject) => {
    const fail = (reason: string): void => {
      end();
      reject(
        isLoaded
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
    listen = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => fail(`silent for ${silenceMs / 1000} s`), silenceMs);
    };
  });
  died.catch(() => undefined); // a Worker that dies while nobody waits is replaced at the next call
  listen();
  const onSign: OnProgress = (progress) => {
    if (!isLoaded && !isEnded) listen(); // it comes by another port, so maybe after the end
    onProgress(progress);
  };
  try {
    const reply = await Promise.race([load(config, proxy(onSign)), died]);
    const { modelVersion, dim } = unwrap(reply);
    isLoaded = true;
    return { encode, died, modelVersion, dim };
  } catch (error) {
    end();
    throw error;
  } finally {
    clearTimeout(silence);
  }
}
