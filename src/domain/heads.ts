import { adagradStep } from '../core/adagrad.js';
import { runLength } from '../core/bootstrap.js';
import { biasedChances, biasLoss } from '../core/heads.js';
import type { Steps } from '../core/steps.js';
import { contest, decisive, type HeldOut, trainedPart } from './contest.js';

/**
 * A small head on a sequence model, of one person: a bias on the kinds that it expects. Trained on the earlier part of what the log
 * says and judged on the later one, against the model as it is. A residual on the user embedding gained nothing (bench/heads).
 */

/** What the model expected before an action, and what the person did. */
export interface KindLesson {
  /** Natural logarithms of the model's probabilities. */
  readonly logs: Float64Array;
  /** Number of the true kind. */
  readonly kind: number;
}

/** What a head came to, and how it does beside the plain model. */
export interface HeadVerdict {
  readonly heldOut: HeldOut;
  /** Trained on all. */
  readonly head: Float64Array;
}

/** How strongly heads are pulled to the plain model. Chosen in bench/heads, seeds to choose by. */
const BIAS_PENALTY = 4;
const RATE = 0.1;
const STEPS = 150;

/** Puts a bias to the test. Undefined with too few lessons. */
export function* judgeBias(
  lessons: readonly KindLesson[],
  penalty: number = BIAS_PENALTY,
): Steps<HeadVerdict | undefined> {
  const own = decisive(lessons);
  const cut = trainedPart(own.length);
  if (cut === 0) return undefined;
  const head = yield* trainBias(own.slice(0, cut), penalty);
  const later = own.slice(cut);
  const plain = new Float64Array(head.length);
  const heldOut = yield* contest(kindLosses(plain, later), kindLosses(head, later), runLength(later.length));
  return heldOut && { heldOut, head: yield* trainBias(own, penalty) };
}

function* trainBias(lessons: readonly KindLesson[], penalty: number): Steps<Float64Array> {
  const size = lessons[0]!.logs.length;
  const logs = new Float64Array(lessons.length * size);
  lessons.forEach((lesson, i) => logs.set(lesson.logs, i * size));
  const kinds = Int32Array.from(lessons, ({ kind }) => kind);
  return yield* descended(size, (bias, gradient) => biasLoss(bias, logs, kinds, penalty, gradient));
}

/** By full gradients from 0. One step between two pauses. */
function* descended(
  size: number,
  loss: (parameters: Float64Array, gradient: Float64Array) => number,
): Steps<Float64Array> {
  const [parameters, gradient, squares] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (let step = 0; step < STEPS; step++) {
    loss(parameters, gradient);
    adagradStep(parameters, gradient, squares, RATE);
    yield;
  }
  return parameters;
}

function kindLosses(bias: Float64Array, lessons: readonly KindLesson[]): number[] {
  const chances = new Float64Array(bias.length);
  return lessons.map(({ logs, kind }) => {
    biasedChances(bias, logs, 0, chances);
    return -Math.log(chances[kind]!);
  });
}
