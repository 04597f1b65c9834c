import type { Lesson } from '../domain/lesson.js';
import { createTraining, type LearnedPart, type Trained, type Training } from '../domain/training.js';

/** What is said to a Worker that trains: the lessons in pieces, so that no message is long in the making, then to go on. */
export type TrainingMessage =
  | { readonly type: 'lessons'; readonly lessons: readonly Lesson[]; readonly isFirst: boolean }
  | { readonly type: 'begin'; readonly parts: readonly LearnedPart[]; readonly seed: number }
  | { readonly type: 'advance' };

/** Lessons of one message. Judgement: some ms to send. */
const PIECE = 256;

/** All that is said before the Worker can go on. */
export function* trainingMessages(
  lessons: readonly Lesson[],
  parts: readonly LearnedPart[],
  seed: number,
): Generator<TrainingMessage> {
  for (let from = 0; from === 0 || from < lessons.length; from += PIECE) {
    yield { type: 'lessons', lessons: lessons.slice(from, from + PIECE), isFirst: from === 0 };
  }
  yield { type: 'begin', parts, seed };
}

/** What has come of the lessons that are on their way, and the one training that this Worker has in hand. */
let pieces: Lesson[] = [];
let training: Training | undefined;

/**
 * Takes in a message of a training; answers each 'advance' once it is done. One that nobody asks about any more stops by itself.
 *
 * @param isEnough whether the answer should be given
 */
export function hostedTraining(message: TrainingMessage, isEnough: () => boolean): Trained | undefined {
  if (message.type === 'advance') return training?.advance(isEnough);
  if (message.type === 'lessons') {
    if (message.isFirst) pieces = [];
    pieces.push(...message.lessons);
    return undefined;
  }
  training = createTraining(pieces, message.parts, message.seed, () => performance.now());
  pieces = [];
  return undefined;
}
