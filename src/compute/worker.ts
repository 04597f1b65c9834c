import { expose, transfer } from 'comlink';
import { AttuneError } from '../errors.js';
import { type Reply, replyTo } from '../workers/reply.js';
import { createHeldRows, type HeldRows } from './held-rows.js';
import type { ComputeWorkerApi } from './protocol.js';
import type { SequenceHost } from './sequence/host.js';

/**
 * The compute Worker: rows of large catalogues, and evaluations, trainings and the sequence model by code that comes with the first
 * of each. It holds nothing that whoever asks could not bring again, so that it can be ended or crash without loss.
 */
const held = new Map<number, HeldRows>();

/** The sequence model, once there is one. */
let sequence: SequenceHost | undefined;

/** Scans under way that nobody cancelled. */
const wanted = new Set<number>();

const reply = <T>(task: () => T | Promise<T>): Promise<Reply<T>> =>
  replyTo(task, 'compute/crashed', 'The compute Worker failed');

function rowsOf(id: number): HeldRows {
  const rows = held.get(id);
  if (rows === undefined) throw new AttuneError('compute/crashed', `No rows ${id} are in this Worker.`);
  return rows;
}

/** Lets messages in: a timer would wait 4 ms each time. */
const { port1, port2 } = new MessageChannel();
const paused: (() => void)[] = [];
port1.addEventListener('message', () => paused.shift()?.());
port1.start();

function pause(): Promise<void> {
  return new Promise((resolve) => {
    paused.push(resolve);
    port2.postMessage(null);
  });
}

const CANCELLED = Symbol('cancelled');

/** ms of an evaluation between two answers: ten a second are enough for who watches, and a hundredth goes into sending. Judgement. */
const EVALUATED_MS = 100;

/** ms of a training between two answers: what is scanned meanwhile waits no longer, and who left has it stopped. */
const TRAINED_MS = 8;

const api: ComputeWorkerApi = {
  hold: (id, shape) =>
    reply(() => {
      const rows = createHeldRows(shape);
      held.set(id, rows);
      return rows.isCoded;
    }),
  async add(id, piece, sum) {
    const made = await reply(() => rowsOf(id).add(piece, sum));
    return made.ok ? transfer(made, [made.value.room]) : made;
  },
  write(id, slot, row) {
    try {
      held.get(id)?.write(slot, row);
    } catch {
      held.delete(id);
    }
  },
  async scan(id, call, query) {
    wanted.add(call);
    const made = await reply(async () => {
      try {
        return await rowsOf(id).scan(query, async () => {
          await pause();
          if (!wanted.has(call)) throw CANCELLED;
        });
      } catch (error) {
        if (error === CANCELLED) return undefined;
        throw error;
      } finally {
        wanted.delete(call);
      }
    });
    if (!made.ok || made.value === undefined) return made;
    const { rows, upper, lower } = made.value;
    return transfer(made, [rows.buffer, upper.buffer, lower.buffer]);
  },
  cancel: (call) => void wanted.delete(call),
  drop: (id) => void held.delete(id),
  evaluate: (message) =>
    reply(async () => {
      const { hosted } = await import('../lab/evaluation/hosted.js');
      const until = performance.now() + EVALUATED_MS;
      return hosted(message as Parameters<typeof hosted>[0], () => performance.now() >= until);
    }),
  train: (message) =>
    reply(async () => {
      const { hostedTraining } = await import('./training.js');
      const until = performance.now() + TRAINED_MS;
      return hostedTraining(message, () => performance.now() >= until);
    }),
  sequence: (message) =>
    reply(async () => {
      const { createSequenceHost } = await import('./sequence/host.js');
      return (sequence ??= createSequenceHost())(message);
    }),
};

expose(api);
