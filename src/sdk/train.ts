import { type Compute } from '../compute/client.js';
import { trainingMessages } from '../compute/training.js';
import type { Lesson } from '../domain/lesson.js';
import { createTraining, type LearnedPart, type Trained } from '../domain/training.js';
import { AttuneError } from '../errors.js';
import { whenIdle } from './idle.js';

/** ms of the page's thread taken in a row where no Worker trains. */
const TAKEN_MS = 8;

/**
 * Trains and judges what learns from outcomes: in the compute Worker, or without one on the page, some ms in each idle moment. Both
 * give the same answer.
 *
 * Rejects with `signal.reason`, or as the Worker does where it was closed.
 *
 * @param compute   undefined where there is to be no Worker
 * @param onRefused told that the Worker does not do it, before the page does
 */
export async function train(
  lessons: readonly Lesson[],
  parts: readonly LearnedPart[],
  seed: number,
  compute: Compute | undefined,
  onRefused: (error: AttuneError) => void,
  signal: AbortSignal,
): Promise<Trained> {
  if (compute !== undefined) {
    try {
      return await inWorker(lessons, parts, seed, compute, signal);
    } catch (error) {
      if (!(error instanceof AttuneError) || !error.code.startsWith('compute/')) throw error;
      onRefused(error);
    }
  }
  const training = createTraining(lessons, parts, seed, () => performance.now());
  for (;;) {
    await new Promise<void>((resolve) => whenIdle(resolve));
    signal.throwIfAborted();
    const until = performance.now() + TAKEN_MS;
    const done = training.advance(() => performance.now() >= until);
    if (done !== undefined) return done;
  }
}

/** What no longer matters is left where it is: it goes on only when asked. */
async function inWorker(
  lessons: readonly Lesson[],
  parts: readonly LearnedPart[],
  seed: number,
  { call }: Compute,
  signal: AbortSignal,
): Promise<Trained> {
  return call(async (worker) => {
    for (const message of trainingMessages(lessons, parts, seed)) {
      signal.throwIfAborted();
      await worker.ask((api) => api.train(message));
    }
    for (;;) {
      const done = await worker.ask((api) => api.train({ type: 'advance' }));
      signal.throwIfAborted();
      if (done !== undefined) return done;
    }
  });
}
