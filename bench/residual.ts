import { adagradStep } from '../src/core/adagrad.js';
import { runLength } from '../src/core/bootstrap.js';
import { logLossOf } from '../src/core/metrics.js';
import { applyPlatt, fitPlatt, type PlattParameters } from '../src/core/platt.js';
import { sigmoid } from '../src/core/special.js';
import { finish } from '../src/core/steps.js';
import { contest, decisive, trainedPart } from '../src/domain/contest.js';

/** A head that was tried and left: a residual d of one person, by which their user embedding u is `(1 + d)∘u`. */

/** What came of showing an item. */
export interface ScoreLesson {
  /** Of the user embedding then and the item's projection, number by number: their sum is its score. */
  readonly products: Float32Array;
  readonly y: 0 | 1;
}

const RATE = 0.1;
const STEPS = 150;

/** `Σⱼ (1 + dⱼ)·fⱼ` */
export function residualScore(residual: Float64Array, products: Float32Array): number {
  return residual.reduce((sum, d, j) => sum + (1 + d) * products[j]!, 0);
}

/** Of least log loss under the plain score's curve and `½·penalty·|d|²`: `∂/∂dⱼ = Σᵢ (pᵢ − yᵢ)·slope·fᵢⱼ + penalty·dⱼ`. */
export function trainResidual(lessons: readonly ScoreLesson[], penalty: number): Float64Array {
  const size = lessons[0]!.products.length;
  const curve = residualCurve(new Float64Array(size), lessons);
  const [residual, squares] = [new Float64Array(size), new Float64Array(size)];
  for (let step = 0; step < STEPS; step++) {
    const gradient = residual.map((d) => penalty * d);
    for (const { products, y } of lessons) {
      const g =
        (sigmoid(curve.slope * (residualScore(residual, products) - curve.centre) + curve.intercept) - y) * curve.slope;
      for (let j = 0; j < size; j++) gradient[j]! += g * products[j]!;
    }
    adagradStep(residual, gradient, squares, RATE);
  }
  return residual;
}

export function residualCurve(residual: Float64Array, lessons: readonly ScoreLesson[]): PlattParameters {
  return fitPlatt(
    lessons.map(({ products }) => residualScore(residual, products)),
    lessons.map(({ y }) => y),
  );
}

/** Whether the product's contest would take it up. */
export function isTakenUp(lessons: readonly ScoreLesson[], penalty: number): boolean {
  const own = decisive(lessons);
  const cut = trainedPart(own.length);
  const [earlier, later] = [own.slice(0, cut), own.slice(cut)];
  if (earlier.length === 0) return false;
  const trained = trainResidual(earlier, penalty);
  const [plain, learned] = [new Float64Array(trained.length), trained].map((each) => {
    const curve = residualCurve(each, earlier);
    return later.map(({ products, y }) => logLossOf(applyPlatt(curve, residualScore(each, products)), y));
  });
  return (finish(contest(plain!, learned!, runLength(later.length)))?.interval.low ?? 0) > 0;
}
