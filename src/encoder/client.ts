import { AttuneError } from '../errors.js';
import type { EmbeddingMatrix, Encoder, TextRole } from '../domain/ports.js';
import { unwrap } from '../workers/reply.js';
import { beforeSilence } from '../workers/silence.js';
import { againAfterSleep } from '../workers/sleep.js';
import type { EncoderConfig, OnProgress } from './protocol.js';
import { createQueue, type MessageLimits } from './queue.js';
import { spawnWorker } from './spawn.js';
import { startWorker, type Running } from './start-worker.js';

/**
 * One message to the Worker, so that what a person waits for can go between: some ms of lite, 50 to 100 ms of MiniLM in
 * WASM, where one word takes 5 ms and 20 words 16 ms; on a GPU more, because its buckets win by their size. Judgement.
 */
const LIMITS = {
  words: { texts: 128, characters: 16_384, atOnce: 1 },
  wasm: { texts: 8, characters: 512, atOnce: 1 },
  webgpu: { texts: 32, characters: 4096, atOnce: 1 },
} as const satisfies Readonly<Record<string, MessageLimits>>;

/** How a Worker lives. Times in ms. */
export interface WorkerLife {
  /** Whether files may be kept now: asked at every start, because consent may have gone since. */
  readonly mayKeep: () => boolean;
  /** Without work for so long it is ended, and started again when a text comes; not where its files would have to be fetched again. */
  readonly idleMs: number;
  /** A Worker that was killed says nothing: past this silence over one message it counts as dead. */
  readonly silenceMs: number;
  /** The same while it loads, between signs of progress: making a session of a large model is one long silence. */
  readonly loadSilenceMs: number;
}

/** Judgement: a pause in reading ends nothing; a page left open gives the memory back. */
const LIFE: WorkerLife = { mayKeep: () => true, idleMs: 120_000, silenceMs: 60_000, loadSilenceMs: 120_000 };

/** Deaths after which a page starts an encoder no more: two texts, each tried twice. Judgement. */
const MOST_DEATHS = 4;

/** Deaths of Workers on this page, by what they ran. */
const deaths = new Map<string, number>();

/**
 * Opens an encoder in a Worker. This file alone owns the Worker's life: a call whose Worker died rejects instead of
 * hanging, errors keep their code, a closed call rejects at once, what a page slept through is asked anew, a crashed
 * Worker is replaced once a message, one that is idle is ended, and one that dies again and again is left alone for as
 * long as the page lives. What goes to it when is the queue's (queue.ts).
 *
 * Rejects with AttuneError `encoder/unavailable` when the Worker or the model can't start, `model/corrupt` for a
 * damaged file; `encode` rejects with `encoder/crashed` when a second Worker died over the same message, or too many did.
 *
 * @param spawn makes the Worker; ours when undefined
 */
export async function openEncoderWorker(
  spawn: (() => Worker) | undefined,
  config: EncoderConfig,
  onProgress: OnProgress,
  life: Partial<WorkerLife> = {},
): Promise<Encoder> {
  const { mayKeep, idleMs, silenceMs, loadSilenceMs } = { ...LIFE, ...life };
  const name = nameOf(config);
  let endWorker = (): void => undefined;
  let running: Promise<Running> | undefined;
  const { modelVersion, dim } = await againAfterSleep(() => (running ??= start()), end);
  let closed = false;
  let refuse = (): void => undefined;
  const closing = new Promise<never>((_, reject) => {
    refuse = () => reject(new AttuneError('closed', 'This encoder was closed.'));
  });
  closing.catch(ignore);
  let calls = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;
  rest();

  async function start(): Promise<Running> {
    const died = deaths.get(name) ?? 0;
    if (died >= MOST_DEATHS) {
      throw new AttuneError('encoder/crashed', `${name} crashed ${died} times on this page; it is not started again.`);
    }
    const kept = config.kind === 'lexical' ? config : { ...config, cache: config.cache && mayKeep() };
    return startWorker(spawn ?? spawnWorker, kept, onProgress, loadSilenceMs, (end) => (endWorker = end));
  }

  /** Ends the Worker, in this task. */
  function end(): void {
    endWorker();
    running = undefined;
  }

  function rest(): void {
    clearTimeout(idle);
    if (calls === 0 && !closed) idle = setTimeout(() => (mayKeep() ? end() : rest()), idleMs);
  }

  function silent(): AttuneError {
    return new AttuneError('encoder/crashed', `The encoder's Worker was silent for ${silenceMs / 1000} s.`);
  }

  async function encodeOnce(texts: readonly string[], role: TextRole): Promise<EmbeddingMatrix> {
    let current: typeof running;
    async function ask(): Promise<EmbeddingMatrix> {
      running ??= start();
      current = running;
      const { encode, died } = await current;
      return unwrap(await beforeSilence(Promise.race([died, encode(texts, role)]), silenceMs, silent));
    }
    try {
      return await Promise.race([againAfterSleep(ask, end), closing]);
    } catch (error) {
      if (error instanceof AttuneError && running === current) {
        if (error.code === 'encoder/crashed') deaths.set(name, (deaths.get(name) ?? 0) + 1);
        end(); // whatever failed in it, the next text finds a fresh one
      }
      throw error;
    }
  }

  async function encodeTwice(texts: readonly string[], role: TextRole): Promise<EmbeddingMatrix> {
    calls++;
    clearTimeout(idle);
    try {
      return await encodeOnce(texts, role);
    } catch (error) {
      const crashed = error instanceof AttuneError && error.code === 'encoder/crashed';
      if (!crashed || closed) throw error;
      return await encodeOnce(texts, role);
    } finally {
      calls--;
      rest();
    }
  }

  const queue = createQueue(dim, encodeTwice, LIMITS[config.kind === 'transformers' ? config.device : 'words']);
  return {
    modelVersion,
    dim,
    encode: queue.encode,
    close() {
      closed = true;
      queue.close();
      refuse();
      clearTimeout(idle);
      end();
    },
  };
}

function nameOf(config: EncoderConfig): string {
  if (config.kind === 'lexical') return config.kind;
  return config.kind === 'lite' ? config.modelVersion : `${config.modelVersion} on ${config.device}`;
}

function ignore(): void {}
