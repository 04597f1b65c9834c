import { afterEach, expect, test } from 'vitest';
import { type Compute, createCompute } from '../../src/compute/client.js';
import { lessonsOf } from '../../src/domain/lesson.js';
import type { Trained } from '../../src/domain/training.js';
import { train } from '../../src/sdk/train.js';
import { drawLog, makePlace, TRUTHS } from '../adaptive-people.js';

const place = makePlace(3, 2, 24);
const { events } = drawLog(place, TRUTHS['device']!, 600, 3);
const lessons = lessonsOf(events, events.at(-1)!.at + 3_600_000, place.under);
const never = new AbortController().signal;
const refused: string[] = [];

const trained = (compute: Compute | undefined, signal = never): Promise<Trained> =>
  train(lessons, ['gate', 'adapter'], 1, compute, ({ code }) => refused.push(code), signal);

/** All but how long it took. */
const told = ({ gate, adapter }: Trained): object => ({ gate, adapter });

let compute: Compute | undefined;
afterEach(() => {
  compute?.close();
  refused.length = 0;
});

function spawned(onMessage: (times: number, worker: Worker) => void): () => Worker {
  let times = 0;
  return () => {
    const worker = new Worker(new URL('../../src/compute/worker.ts', import.meta.url), { type: 'module' });
    const { postMessage } = worker;
    worker.postMessage = (message: { path?: string[] }, more: never) => {
      postMessage.call(worker, message, more);
      if (message.path?.[0] === 'train') onMessage(++times, worker);
    };
    return worker;
  };
}

const wanted = told(await trained(undefined));

test('the Worker finds what the page finds, to the bit, in parts of some ms', async () => {
  let messages = 0;
  compute = createCompute(spawned((times) => (messages = times)));
  expect(told(await trained(compute))).toEqual(wanted);
  expect([messages > 4, refused]).toEqual([true, []]);
});

test('a Worker that dies over a training is replaced; where none starts the page trains', async () => {
  const kill = (worker: Worker): unknown =>
    worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
  compute = createCompute(spawned((times, worker) => void (times === 4 && kill(worker))));
  expect(told(await trained(compute))).toEqual(wanted);
  compute.close();
  compute = createCompute(() => {
    throw new Error('refused');
  });
  expect(told(await trained(compute))).toEqual(wanted);
  expect(refused).toEqual(['compute/unavailable']);
});

test.each(['in the Worker', 'on the page'])('a training %s that nobody wants any more ends', async (where) => {
  const abort = new AbortController();
  compute = where === 'on the page' ? undefined : createCompute(undefined);
  const training = trained(compute, abort.signal);
  setTimeout(() => abort.abort('enough'), 5);
  await expect(training).rejects.toBe('enough');
});
