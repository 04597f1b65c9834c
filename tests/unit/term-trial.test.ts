import { expect, test } from 'vitest';
import '../allclose.js';
import { logLoss } from '../../src/core/metrics.js';
import { applyPlatt, fitPlatt } from '../../src/core/platt.js';
import { gaussian, seeded } from '../../src/core/random.js';
import { type TermOutcome, tryTerm } from '../../src/domain/term-trial.js';

/** Outcomes by `−1 + 6·score + worth·term`: the term says the truth, nothing or the contrary. */
function drawn(worth: readonly number[], seed = 1): TermOutcome[] {
  const random = seeded(seed);
  return worth.flatMap((each, b) =>
    Array.from({ length: 50 }, (_, n) => {
      const [score, term] = [0.3 * gaussian(random), 0.3 * gaussian(random)];
      const chance = 1 / (1 + Math.exp(1 - 6 * score - each * term));
      return { score, term, y: random() < chance ? (1 as const) : (0 as const), at: 50 * b + n };
    }),
  );
}

test('a block is judged by curves of what came before it alone, with the paired difference and its error', () => {
  const outcomes = drawn([6, 6, 6]);
  const { blocks } = tryTerm(outcomes);
  expect(blocks.map(({ seen, at }) => [seen, at])).toEqual([
    [100, 99],
    [150, 149],
  ]);
  const [told, asked] = [outcomes.slice(0, 100), outcomes.slice(100)];
  const lossOf = (scoreOf: (outcome: TermOutcome) => number): number[] => {
    const curve = fitPlatt(
      told.map(scoreOf),
      told.map(({ y }) => y),
    );
    return asked.map((outcome) => logLoss([applyPlatt(curve, scoreOf(outcome))], [outcome.y]));
  };
  const [without, withTerm] = [lossOf(({ score }) => score), lossOf(({ score, term }) => score + term)];
  const gains = without.map((loss, i) => loss - withTerm[i]!);
  const gain = gains.reduce((sum, each) => sum + each, 0) / 50;
  const error = Math.sqrt(gains.reduce((sum, each) => sum + (each - gain) ** 2, 0) / 49 / 50);
  expect([blocks[1]!.gain, blocks[1]!.error]).toBeAllclose([gain, error], { rtol: 1e-9 });
  expect(blocks[1]!.without - blocks[1]!.with).toBeCloseTo(gain, 12);
  expect(tryTerm(outcomes.slice(0, 149)).blocks).toEqual(blocks.slice(0, 1)); // what came is not judged otherwise later
});

test('what harms goes with the first block, and comes back after two that it would have made better', () => {
  const { blocks, inForce, outcomes } = tryTerm(drawn([-6, -6, 9, 9, 9, 9, 9, 9]));
  expect(blocks.slice(0, 2).map((block) => block.inForce)).toEqual([false, false]);
  const better = blocks.map(({ gain }) => gain > 0);
  blocks.forEach((block, i) => {
    const before = blocks[i - 1]?.inForce ?? true;
    const stays = block.gain >= -block.error;
    expect(block.inForce).toBe(before ? stays : better[i]! && better[i - 1]!);
  });
  expect([inForce, outcomes]).toEqual([true, 400]);
});

test('what helps stays in force, and fewer than a hundred outcomes say nothing', () => {
  expect(tryTerm(drawn(Array(10).fill(6) as number[])).blocks.every(({ inForce }) => inForce)).toBe(true);
  expect(tryTerm(drawn([-6, -6]).slice(0, 99))).toEqual({ inForce: true, outcomes: 99, blocks: [] });
  expect(tryTerm([])).toEqual({ inForce: true, outcomes: 0, blocks: [] });
});

test('a score that stands upside down is worth no more than the share of good outcomes, though a falling curve could use it', () => {
  const upside = drawn([6, 6]).map((outcome) => ({ ...outcome, score: -outcome.score, term: -outcome.term }));
  const share = upside.slice(0, 50).reduce((sum, { y }) => sum + y, 0);
  const base = fitPlatt(
    Array(50).fill(0) as number[],
    upside.slice(0, 50).map(({ y }) => y),
  );
  const asked = upside.slice(50).map(({ y }) => y);
  const [block] = tryTerm(upside).blocks;
  const flat = logLoss(
    asked.map(() => applyPlatt(base, 0)),
    asked,
  );
  expect(share).toBeGreaterThan(0);
  expect([block!.with, block!.without]).toBeAllclose([flat, flat], { rtol: 1e-9 });
});
