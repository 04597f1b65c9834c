import { transfer } from 'comlink';
import { AttuneError } from '../errors.js';
import type { ReadyRows } from '../core/row-table.js';
import type { Scanned } from '../core/search.js';
import { againAfterSleep } from '../workers/sleep.js';
import type { RowsSource, SlotQuery } from './held-rows.js';
import { spawnCompute } from './spawn.js';
import { type Running, startWorker } from './start-worker.js';

/** How the Worker lives. Times in ms. */
export interface ComputeLife {
  /** Without work for so long it is ended, and started and filled again when it is needed. */
  readonly idleMs: number;
  /** A Worker that was killed says nothing: past this silence over one message it counts as dead. */
  readonly silenceMs: number;
}

/** Judgement: idle as the encoder's; a message is some ms of work, and a person waits for it. */
const LIFE: ComputeLife = { idleMs: 120_000, silenceMs: 10_000 };

/** Rows that lie in the Worker, or will when they are scanned next. */
export interface RemoteRows {
  /** Brings them there. Rejects like `scan`. */
  ready(): Promise<void>;
  /** Tells that a row was written, which the source now knows as well. */
  write(slot: number, row: Float32Array): void;
  /**
   * What a scan of them leaves; undefined when rows were written meanwhile, or the signal aborted.
   *
   * Rejects with AttuneError `compute/unavailable` or `compute/crashed` when no Worker does it, with `closed`, or as the source does.
   */
  scan(query: SlotQuery, signal: AbortSignal | undefined): Promise<Scanned | undefined>;
  /** Forgets them. */
  drop(): void;
}

/** The compute Worker: one for an Attune, started when it is needed and ended when it is idle. */
export interface Compute {
  rows(source: RowsSource): RemoteRows;
  /** Runs a task with a Worker, from its beginning with another where that one died or the page slept. Rejects as `scan` does. */
  call<T>(task: (worker: Running) => Promise<T>): Promise<T>;
  close(): void;
}

/**
 * This file alone owns the Worker's life: a call whose Worker died is asked once more of a fresh one, what a page slept
 * through is asked anew, a closed call rejects at once, and where no Worker starts or two died over one call it is left
 * alone for good.
 *
 * @param spawn makes the Worker; ours when undefined
 */
export function createCompute(spawn: (() => Worker) | undefined, life: Partial<ComputeLife> = {}): Compute {
  const { idleMs, silenceMs } = { ...LIFE, ...life };
  let running: Running | undefined;
  let lost: AttuneError | undefined;
  let calls = 0;
  let lastRows = 0;
  let lastScan = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let refuse = (): void => undefined;
  const closing = new Promise<never>((_, reject) => {
    refuse = () => {
      lost = new AttuneError('closed', 'This Attune was closed.');
      reject(lost);
    };
  });
  closing.catch(() => undefined);

  function end(): void {
    running?.end();
    running = undefined;
  }

  function start(): Running {
    if (lost !== undefined) throw lost;
    try {
      return startWorker(spawn ?? spawnCompute, silenceMs);
    } catch (error) {
      throw (lost = error as AttuneError); // at once: others may be about to try as well
    }
  }

  async function call<T>(task: (running: Running) => Promise<T>): Promise<T> {
    calls++;
    clearTimeout(idle);
    try {
      return await askTwice(task);
    } finally {
      calls--;
      if (calls === 0 && running !== undefined) idle = setTimeout(end, idleMs);
    }
  }

  async function askTwice<T>(task: (running: Running) => Promise<T>, isSecond = false): Promise<T> {
    if (lost !== undefined) throw lost;
    let current: Running | undefined;
    const ask = async (): Promise<T> => task((current = running ??= start()));
    try {
      return await Promise.race([againAfterSleep(ask, end), closing]);
    } catch (error) {
      const isDead = error instanceof AttuneError && error.code.startsWith('compute/');
      if (!isDead || lost !== undefined) throw error;
      if (running === current) end(); // whatever failed in it, the next call finds a fresh one
      if (!isSecond && error.code === 'compute/crashed') return askTwice(task, true);
      throw (lost = error);
    }
  }

  return {
    call,
    rows(source) {
      const id = ++lastRows;

      async function fill(worker: Running): Promise<void> {
        const isCoded = await worker.ask((api) => api.hold(id, source.shape));
        await source.fill(!isCoded, (piece, sum) => worker.ask((api) => api.add(id, sent(piece), sum)));
        for (const [slot, row] of source.written()) worker.tell((api) => api.write(id, slot, row));
        worker.filled.add(id); // in the same task: what is written from now on is told
      }

      function filled(worker: Running): Promise<void> {
        const before = worker.filling.get(id);
        if (before !== undefined) return before;
        const filling = fill(worker);
        worker.filling.set(id, filling);
        filling.catch(() => worker.filling.delete(id));
        return filling;
      }

      return {
        ready: () => call(filled),
        write(slot, row) {
          if (running?.filled.has(id)) running.tell((api) => api.write(id, slot, row));
        },
        scan: (query, signal) =>
          call(async (worker) => {
            await filled(worker);
            if (signal?.aborted) return undefined;
            const scan = ++lastScan;
            const cancel = (): void => worker.tell((api) => api.cancel(scan));
            signal?.addEventListener('abort', cancel, { once: true });
            try {
              return await worker.ask((api) => api.scan(id, scan, query));
            } finally {
              signal?.removeEventListener('abort', cancel);
            }
          }),
        drop() {
          running?.filling.delete(id);
          if (running?.filled.delete(id)) running.tell((api) => api.drop(id));
        },
      };
    },
    close() {
      refuse();
      clearTimeout(idle);
      end();
    },
  };
}

/** A piece whose memory goes over, so that the page keeps no copy. */
function sent(piece: ReadyRows): ReadyRows {
  const { codes, facts, rows } = piece;
  return transfer(piece, [...new Set([codes, facts, rows].flatMap((part) => (part === null ? [] : [part.buffer])))]);
}
