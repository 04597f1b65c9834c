import { afterAll, expect, test } from 'vitest';
import { mixSeeds, seeded } from '../../src/core/random.js';
import { observeOutcome, startCalibration } from '../../src/domain/calibration.js';
import { probabilityAt } from '../../src/domain/calibrator.js';
import { SOAK } from '../soak.js';
import {
  always,
  type Family,
  drawOutcomes,
  flat,
  oneSlider,
  person,
  sigmoidal,
  stepped,
  wrongLogits,
} from '../truths.js';

/** What 300 outcomes make of a truth: each seed is another draw, and in the lab's world another person. */

const START = startCalibration({ model: 'm', slider: 's', statistics: 'plain' });
const SEEDS = SOAK === 1 ? 30 : 1000;
/** Draws a seed; 60,000 or more over the seeds. */
const FRESH = 2000;

const logistic = { kind: 'logistic', base: 0.2, slope: 1.5 } as const;
const steep = { kind: 'logistic', base: 0.3, slope: 6 } as const;
const saturated = { kind: 'saturated', low: 0.05, high: 0.6, slope: 4, centre: 0.3 } as const;
const stairs = { kind: 'staircase', levels: [0.05, 0.25, 0.6], edges: [-0.4, 0.6] } as const;
const manyStairs = { kind: 'staircase', levels: [0.1, 0.3, 0.6, 0.9], edges: [-0.7, 0, 0.7] } as const;

const QUICK: readonly Family[] = [
  person('logistic', logistic, 'skewed to the right'),
  oneSlider('saturated', saturated),
  person('saturated', saturated),
  always(stepped([0.1, 0.9], [0])),
  always(flat(0.3)),
];
const MORE: readonly Family[] = [
  person('logistic', logistic, 'with outliers'),
  person('logistic', logistic),
  person('logistic', logistic, 'far from 0'),
  person('logistic', logistic, 'skewed to the left'),
  person('logistic', logistic, 'bunched at both ends'),
  person('steep', steep),
  person('steep', steep, 'with outliers'),
  person('flat', { kind: 'flat', base: 0.2 }),
  oneSlider('logistic', logistic),
  oneSlider('four stairs', manyStairs),
  ...[
    sigmoidal(0.05),
    sigmoidal(0.2),
    sigmoidal(0.5),
    sigmoidal(0.35, 0.8),
    wrongLogits(3),
    wrongLogits(3, -1.5),
    wrongLogits(0.3),
    stepped([0.05, 0.45], [0.3]),
    stepped([0.2, 0.8], [0.5]),
    stepped([0.02, 0.1, 0.3], [-0.4, 0.4]),
  ].map(always),
  person('saturated', saturated, 'skewed to the right'),
  person('saturated', saturated, 'skewed to the left'),
];
/** Where 300 outcomes don't show enough, and what is reached: several levels (docs/calibration.md). */
const MISSED: readonly (Family & { readonly bar: number })[] = [
  { ...always(stepped([0.1, 0.5, 0.9], [-0.4, 0.4])), bar: 0.052 },
  { ...always(stepped([0.1, 0.3, 0.5, 0.7, 0.9], [-0.6, -0.2, 0.2, 0.6])), bar: 0.055 },
  { ...person('three stairs', stairs), bar: 0.052 },
  { ...person('three stairs', stairs, 'skewed to the right'), bar: 0.052 },
  { ...person('four stairs', manyStairs), bar: 0.064 },
];

const table: string[] = [];
afterAll(() => {
  if (SOAK > 1) console.log(`mean |p̂ − p| after 300 outcomes, ${SEEDS} seeds:\n${table.join('\n')}`);
});

/** Mean |p̂ − p| over fresh draws of all seeds; told with its standard error. */
function meanError(family: Family): number {
  const errors = Array.from({ length: SEEDS }, (_, seed) => {
    const truth = family.of(seed);
    const outcomes = drawOutcomes(truth, seeded(mixSeeds(300, seed)), 300);
    const { curve } = outcomes.reduce(observeOutcome, START).champion!;
    const random = seeded(mixSeeds(20_000, seed));
    let sum = 0;
    for (let i = 0; i < FRESH; i++) {
      const score = truth.score(random);
      sum += Math.abs(probabilityAt(curve, score) - truth.probability(score));
    }
    return sum / FRESH;
  });
  const mean = errors.reduce((sum, x) => sum + x, 0) / SEEDS;
  const error = Math.sqrt(errors.reduce((sum, x) => sum + (x - mean) ** 2, 0) / SEEDS / (SEEDS - 1));
  table.push(`${mean.toFixed(4)} ± ${error.toFixed(4)}  ${family.name}`);
  return mean;
}

test.each([...QUICK, ...(SOAK > 1 ? MORE : [])])(
  'after 300 outcomes probabilities are true to 0.04: $name',
  (family) => {
    expect(meanError(family)).toBeLessThanOrEqual(0.04);
  },
);

test.runIf(SOAK > 1).each(MISSED)('after 300 outcomes $name misses that, and keeps $bar', ({ bar, ...family }) => {
  expect(meanError(family)).toBeLessThanOrEqual(bar);
});
