import { proxy, type Remote, wrap } from 'comlink';
import { AttuneError } from '../errors.js';
import type { EmbeddingMatrix, Encoder } from '../domain/ports.js';
import { raceAbort } from './abort.js';
import { type EncoderConfig, type EncoderWorkerApi, type OnProgress, type Reply, unwrap } from './protocol.js';
import { spawnWorker } from './spawn.js';

/** Texts in one message to the Worker, so that what a person waits for can go between: some ms of lite; a transformer takes up to ½ s for one. */
const TEXTS_PER_CALL = { lite: 128, lexical: 128, transformers: 8 } as const;

/** A Worker that was killed says nothing: past this silence over one message it counts as dead. Judgement. */
const SILENCE_MS = 60_000;

/** A Worker with the model loaded, and a promise that rejects when it dies. */
interface Running {
  readonly worker: Worker;
  readonly api: Remote<EncoderWorkerApi>;
  readonly crashed: Promise<never>;
  readonly modelVersion: string;
  readonly dim: number;
}

/**
 * Opens an encoder in a Worker. This file alone owns the Worker's life: a call whose Worker died rejects instead of
 * hanging, errors keep their code, an aborted call rejects at once, and a crashed Worker is replaced once a call.
 *
 * Rejects with AttuneError `encoder/unavailable` when the Worker or the model can't start, `model/corrupt` for a
 * damaged file; `encode` rejects with `encoder/crashed` when a second Worker died over the same texts.
 *
 * @param spawn makes the Worker; ours when undefined
 */
export async function openEncoderWorker(
  spawn: (() => Worker) | undefined,
  config: EncoderConfig,
  onProgress: OnProgress,
): Promise<Encoder> {
  let running: Promise<Running> | undefined = start(spawn ?? spawnWorker, config, onProgress);
  const { modelVersion, dim } = await running;
  let closed = false;

  async function encodeOnce(texts: readonly string[], signal: AbortSignal | undefined): Promise<EmbeddingMatrix> {
    running ??= start(spawn ?? spawnWorker, config, onProgress);
    const current = running;
    try {
      const { api, crashed } = await current;
      const call = api.encode(texts) as Promise<Reply<EmbeddingMatrix>>;
      return unwrap(await raceAbort(beforeSilence(Promise.race([call, crashed])), signal));
    } catch (error) {
      if (error instanceof AttuneError && error.code === 'encoder/crashed' && running === current) {
        running = undefined;
        void current.then(({ worker }) => worker.terminate(), ignore);
      }
      throw error;
    }
  }

  async function encodeTwice(texts: readonly string[], signal: AbortSignal | undefined): Promise<EmbeddingMatrix> {
    try {
      return await encodeOnce(texts, signal);
    } catch (error) {
      const crashed = error instanceof AttuneError && error.code === 'encoder/crashed';
      if (!crashed || closed) throw error;
      return encodeOnce(texts, signal);
    }
  }

  return {
    modelVersion,
    dim,
    async encode(texts, { signal } = {}) {
      const data = new Float32Array(texts.length * dim);
      let truncated = 0;
      const step = TEXTS_PER_CALL[config.kind];
      for (let from = 0; from < texts.length; from += step) {
        signal?.throwIfAborted();
        if (closed) throw new AttuneError('closed', 'This encoder was closed.');
        const part = await encodeTwice(texts.slice(from, from + step), signal);
        data.set(part.data, from * dim);
        truncated += part.truncated;
      }
      return { data, rows: texts.length, dim, truncated };
    },
    close() {
      closed = true;
      void running?.then(({ worker }) => worker.terminate(), ignore);
      running = undefined;
    },
  };
}

async function start(spawn: () => Worker, config: EncoderConfig, onProgress: OnProgress): Promise<Running> {
  let worker: Worker;
  try {
    worker = spawn();
  } catch (cause) {
    throw new AttuneError('encoder/unavailable', `The Worker could not be made: ${String(cause)}. See docs/csp.md.`, {
      cause,
    });
  }
  let loaded = false;
  const crashed = new Promise<never>((_, reject) => {
    const fail = (event: Event): void => {
      const reason = event instanceof ErrorEvent && event.message ? event.message : event.type;
      event.preventDefault();
      worker.terminate();
      reject(
        loaded
          ? new AttuneError('encoder/crashed', `The encoder's Worker died (${reason}).`)
          : new AttuneError('encoder/unavailable', `The encoder's Worker did not start (${reason}).`),
      );
    };
    worker.addEventListener('error', fail);
    worker.addEventListener('messageerror', fail);
  });
  crashed.catch(ignore); // a Worker that dies while nobody waits is replaced at the next call
  const api = wrap<EncoderWorkerApi>(worker);
  try {
    const reply = await Promise.race([api.load(config, proxy(onProgress)), crashed]);
    const { modelVersion, dim } = unwrap(reply);
    loaded = true;
    return { worker, api, crashed, modelVersion, dim };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

function beforeSilence<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const error = new AttuneError('encoder/crashed', `The encoder's Worker was silent for ${SILENCE_MS / 1000} s.`);
    timer = setTimeout(() => reject(error), SILENCE_MS);
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}

function ignore(): void {}
