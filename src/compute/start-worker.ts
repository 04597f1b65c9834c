import { releaseProxy, wrap } from 'comlink';
import { AttuneError } from '../errors.js';
import { type Reply, unwrap } from '../workers/reply.js';
import { beforeSilence } from '../workers/silence.js';
import type { ComputeWorkerApi } from './protocol.js';

/** A Worker that was started, maybe in vain: that is known from its first answer. */
export interface Running {
  /** Sends a message by `send` and waits for the answer. Rejects with AttuneError once the Worker is known to be dead. */
  ask<T>(send: (api: ComputeWorkerApi) => Promise<Reply<T>>): Promise<T>;
  /** Sends one that nobody answers. */
  tell(send: (api: ComputeWorkerApi) => void): void;
  /** Ends it in this task; what it was asked stays unanswered. */
  end(): void;
  /** Rows that are being brought, or were, by number. */
  readonly filling: Map<number, Promise<void>>;
  /** Rows that are there. */
  readonly filled: Set<number>;
}

/**
 * Makes a Worker. Its death is known from its `error` event, or from its silence.
 *
 * Comlink's proxies are made once and released with it: one that the garbage collector finds costs a frozen page its place
 * in the back/forward cache (encoder/start-worker.ts).
 *
 * @throws AttuneError `compute/unavailable` when the browser refuses it
 */
export function startWorker(spawn: () => Worker, silenceMs: number): Running {
  let worker: Worker;
  try {
    worker = spawn();
  } catch (cause) {
    const message = `The compute Worker could not be made: ${String(cause)}. See docs/csp.md.`;
    throw new AttuneError('compute/unavailable', message, { cause });
  }
  const remote = wrap<ComputeWorkerApi>(worker);
  const { hold, add, write, scan, cancel, drop, evaluate, train, sequence } = remote;
  const parts = { hold, add, write, scan, cancel, drop, evaluate, train, sequence };
  const api = parts as unknown as ComputeWorkerApi;
  let hasAnswered = false;
  let isEnded = false;
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    for (const each of [...Object.values(parts), remote]) each[releaseProxy]();
    worker.terminate();
  };
  const deadError = (reason: string): AttuneError =>
    hasAnswered
      ? new AttuneError('compute/crashed', `The compute Worker died (${reason}).`)
      : new AttuneError('compute/unavailable', `The compute Worker did not start (${reason}).`);
  let fail = deadError;
  const died = new Promise<never>((_, reject) => {
    fail = (reason) => {
      const error = deadError(reason);
      end();
      reject(error); // so that whoever else waits hears of it
      return error;
    };
  });
  died.catch(() => undefined); // one that dies while nobody waits is replaced at the next call
  const onError = (event: Event): void => {
    event.preventDefault();
    fail(event instanceof ErrorEvent && event.message ? event.message : event.type);
  };
  worker.addEventListener('error', onError);
  worker.addEventListener('messageerror', onError);
  return {
    async ask(send) {
      if (isEnded) throw deadError('it was ended');
      const answer = Promise.race([died, send(api)]);
      const reply = await beforeSilence(answer, silenceMs, () => fail(`silent for ${silenceMs / 1000} s`));
      hasAnswered = true;
      return unwrap(reply);
    },
    tell(send) {
      if (!isEnded) send(api);
    },
    end,
    filling: new Map(),
    filled: new Set(),
  };
}
