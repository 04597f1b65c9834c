import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { applyIsotonic, fitIsotonic } from '../../src/core/isotonic.js';
import { brier, logLoss } from '../../src/core/metrics.js';
import { applyPlatt, fitPlatt } from '../../src/core/platt.js';
import { type RankedScore, rankScores } from '../../src/core/ranks.js';
import { fitRising } from '../../src/core/rising.js';
import { fitSteps } from '../../src/core/staircases.js';
import { applyTemperature, fitTemperature } from '../../src/core/temperature.js';
import golden from '../golden/calibration.json';

type Case = readonly [
  scores: readonly number[],
  outcomes: readonly number[],
  weights: 0 | readonly number[],
  queries: readonly number[],
  probabilities: readonly number[],
];
type Fit<P> = (scores: readonly number[], outcomes: readonly number[], weights?: readonly number[]) => P;

const byRank =
  <P>(fit: (points: readonly RankedScore[]) => P): Fit<P> =>
  (...columns) =>
    fit(rankScores(...columns));

/** Probabilities of every case in one list, ours and theirs. */
function both<P>(
  cases: readonly Case[],
  fit: Fit<P>,
  apply: (fitted: P, score: number) => number,
): [number[], number[]] {
  const ours = cases.flatMap(([scores, outcomes, weights, queries]) => {
    const fitted = fit(scores, outcomes, weights === 0 ? undefined : weights);
    return queries.map((score) => apply(fitted, score));
  });
  return [ours, cases.flatMap(([, , , , probabilities]) => probabilities)];
}

describe('on 224 seeded cases with ties, one class, tiny, huge, far, equal and weighted ones,', () => {
  test.each([
    ['Platt scaling agrees with scikit-learn', both(golden.platt as never, fitPlatt, applyPlatt)],
    ['temperature scaling agrees with SciPy', both(golden.temperature as never, fitTemperature, applyTemperature)],
    ['isotonic regression agrees with scikit-learn', both(golden.isotonic as never, fitIsotonic, applyIsotonic)],
    ['a rising curve agrees with SciPy', both(golden.rising as never, byRank(fitRising), applyIsotonic)],
    [
      'the mean of all staircases agrees with each of them, by SciPy',
      both(golden.steps as never, byRank(fitSteps), applyIsotonic),
    ],
  ])('%s to 1e-6', (_, [ours, theirs]) => {
    expect(ours).toBeAllclose(theirs, { atol: 1e-6 });
  });

  test('there are that many, and their reference needed no help on nearly all', () => {
    const tables = [golden.platt, golden.temperature, golden.isotonic, golden.rising, golden.steps];
    expect(tables.map((rows) => rows.length)).toEqual([224, 224, 224, 224, 224]);
    expect(golden.plattBySklearnAlone).toBeGreaterThan(200);
    expect(golden.temperatureByMinimizeAlone).toBe(224);
  });
});

test('Brier score and log loss agree with scikit-learn, certain misses included', () => {
  for (const [probabilities, outcomes, brierScore, loss] of golden.metrics as unknown as [
    number[],
    number[],
    number,
    number,
  ][]) {
    expect(brier(probabilities, outcomes)).toBeAllclose(brierScore, { rtol: 1e-12 });
    expect(logLoss(probabilities, outcomes)).toBeAllclose(loss, { rtol: 1e-9 });
  }
});
