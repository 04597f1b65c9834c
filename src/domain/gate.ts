import { adagradStep } from '../core/adagrad.js';
import { gatedScores, gateLoss, type GateRows, gateWeights } from '../core/gate.js';
import { runLength } from '../core/bootstrap.js';
import { logLossOf } from '../core/metrics.js';
import { applyPlatt, fitPlatt, type PlattParameters } from '../core/platt.js';
import type { Steps } from '../core/steps.js';
import { contest, type HeldOut, trainedPart } from './contest.js';
import { FEATURE_NAMES } from './context.js';
import type { FeatureName, FeatureWeights } from './features.js';
import { type GateContext, type GateNames, inputsOf, namesOf, widthOf } from './gate-context.js';
import type { Lesson } from './lesson.js';

/** A gate in use, as plain data. */
export interface Gate {
  readonly names: GateNames;
  /** W, a row for each of the four features. */
  readonly matrix: Float64Array;
  /** From scores under this gate to probabilities, one a slider. */
  readonly curves: readonly PlattParameters[];
}

/** How strongly weights are pulled to the plain ones: one over the variance that numbers of W have a priori. Measured in bench:adapt. */
export const GATE_PENALTY = 32;
/** Steps over all outcomes, and their rate. Measured in bench:adapt: more change no verdict. */
const STEPS = 60;
const RATE = 0.1;

/** Lessons between two pauses, wherever all are gone through. Judgement: a millisecond or two. */
const AT_ONCE = 128;

const PARTS = FEATURE_NAMES.length;

/** No factor is below e^−20 of the largest: a gate alone leaves no site whose rules keep one weight with none. */
const LEAST_LOG_FACTOR = -20;

/** Factors on the four weights in a context; all 1 for a gate of zeros. The largest is 1. */
export function gateFactors({ names, matrix }: Gate, context: GateContext): FeatureWeights {
  const inputs = inputsOf(context, names);
  const z = FEATURE_NAMES.map((_, k) => inputs.reduce((sum, x, j) => sum + matrix[k * inputs.length + j]! * x, 0));
  const most = Math.max(...z);
  const factor = (k: number): number => Math.exp(Math.max(LEAST_LOG_FACTOR, z[k]! - most));
  return Object.fromEntries(FEATURE_NAMES.map((name, k) => [name, factor(k)])) as Record<FeatureName, number>;
}

/** The rows of lessons under names of theirs or of others; each slider of an outcome is a row, and all of them together count 1. */
function* gateRows(lessons: readonly Lesson[], names: GateNames): Steps<GateRows> {
  const known = lessons.filter(({ features }) => features.length > 0);
  const width = widthOf(names);
  const count = known.reduce((sum, { features }) => sum + features.length, 0);
  const rows = {
    features: new Float64Array(count * PARTS),
    bases: new Float64Array(count * PARTS),
    inputs: new Float64Array(count * width),
    ys: new Float64Array(count),
    weights: new Float64Array(count),
    curves: new Int32Array(count),
  };
  let i = 0;
  for (const [n, { features, bases, context, y }] of known.entries()) {
    if (n % AT_ONCE === AT_ONCE - 1) yield;
    const inputs = inputsOf(context, names);
    for (const [curve, each] of features.entries()) {
      rows.features.set(each, i * PARTS);
      rows.bases.set(bases, i * PARTS);
      rows.inputs.set(inputs, i * width);
      rows.ys[i] = y;
      rows.weights[i] = 1 / features.length;
      rows.curves[i] = curve;
      i++;
    }
  }
  return { ...rows, parts: PARTS, width };
}

/** A curve a slider, through scores of those rows. One curve between two pauses. */
function* curvesOf(scores: Float64Array, { ys, curves }: GateRows): Steps<PlattParameters[]> {
  const own: { readonly scores: number[]; readonly ys: number[] }[] = [];
  for (let i = 0; i < scores.length; i++) {
    const mine = (own[curves[i]!] ??= { scores: [], ys: [] });
    mine.scores.push(scores[i]!);
    mine.ys.push(ys[i]!);
  }
  const fitted: PlattParameters[] = [];
  for (const each of own) {
    yield;
    fitted.push(fitPlatt(each.scores, each.ys));
  }
  return fitted;
}

/** A gate through lessons: of least log loss and pull to the plain weights, by full gradients. One step between two pauses. */
function* trainGate(lessons: readonly Lesson[], penalty: number = GATE_PENALTY): Steps<Gate> {
  const names = namesOf(lessons.map(({ context }) => context));
  const rows = yield* gateRows(lessons, names);
  const size = PARTS * rows.width;
  const plain = gatedScores(new Float64Array(size), rows);
  const first = yield* curvesOf(plain, rows);
  const scales = first.map(({ centre }, curve) => {
    const own = plain.filter((_, i) => rows.curves[i] === curve);
    return { centre, unit: Math.sqrt(own.reduce((sum, raw) => sum + (raw - centre) ** 2, 0) / own.length) || 1 };
  });
  const parameters = Float64Array.from([
    ...new Float64Array(size),
    ...first.flatMap(({ slope, intercept }, curve) => [slope * scales[curve]!.unit, intercept]),
  ]);
  const [gradient, squares] = [parameters.slice(), new Float64Array(parameters.length)];
  for (let step = 0; step < STEPS; step++) {
    gateLoss(parameters, rows, scales, penalty, gradient);
    adagradStep(parameters, gradient, squares, RATE);
    yield;
  }
  const matrix = parameters.slice(0, size);
  return { names, matrix, curves: yield* curvesOf(gatedScores(matrix, rows), rows) };
}

/** What the log says of a gate: one trained on the earlier part, judged on the later one, and one trained on all. */
export interface GateVerdict {
  readonly heldOut: HeldOut;
  readonly gate: Gate;
}

/**
 * Puts a gate to the test. Undefined where the outcomes of either part are all alike or too few.
 *
 * @param lessons in the order in which outcomes became known
 */
export function* judgeGate(lessons: readonly Lesson[], penalty: number = GATE_PENALTY): Steps<GateVerdict | undefined> {
  const known = lessons.filter(({ features }) => features.length > 0);
  const cut = trainedPart(known.length);
  const [earlier, later] = [known.slice(0, cut), known.slice(cut)];
  if (![earlier, later].every((part) => [0, 1].every((y) => part.some((lesson) => lesson.y === y)))) return undefined;
  const gate = yield* trainGate(earlier, penalty);
  const plain = yield* plainLike(gate, earlier);
  const losses = [yield* lossesUnder(plain, later), yield* lossesUnder(gate, later)] as const;
  // neighbours are of one visit and one mood
  const heldOut = yield* contest(...losses, runLength(later.length));
  return heldOut && { heldOut, gate: yield* trainGate(known, penalty) };
}

/** The plain weights with curves through the same lessons. */
export function* plainLike({ names, matrix }: Gate, lessons: readonly Lesson[]): Steps<Gate> {
  const rows = yield* gateRows(lessons, names);
  const zeros = new Float64Array(matrix.length);
  return { names, matrix: zeros, curves: yield* curvesOf(gatedScores(zeros, rows), rows) };
}

/** Log loss of each lesson's outcome, nats: the mean over sliders. */
export function* lossesUnder({ names, matrix, curves }: Gate, lessons: readonly Lesson[]): Steps<number[]> {
  const weights = new Float64Array(PARTS);
  const losses: number[] = [];
  for (const { features, bases, context, y } of lessons) {
    if (losses.length % AT_ONCE === AT_ONCE - 1) yield;
    const inputs = Float64Array.from(inputsOf(context, names));
    gateWeights(matrix, Float64Array.from(bases), 0, inputs, 0, inputs.length, weights);
    const sum = features.reduce((total, each, slider) => {
      const raw = each.reduce((score, feature, k) => score + weights[k]! * feature, 0);
      return total + logLossOf(applyPlatt(curves[slider]!, raw), y);
    }, 0);
    losses.push(sum / features.length);
  }
  return losses;
}
