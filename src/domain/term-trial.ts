import { logLossOf } from '../core/metrics.js';
import { applyPlatt, fitPlatt, type PlattParameters } from '../core/platt.js';
import { finish, type Steps } from '../core/steps.js';

/** What came of showing an item, with its score without a term and what the term adds, or would add. */
export interface TermOutcome {
  readonly score: number;
  readonly term: number;
  readonly y: 0 | 1;
  /** When that was known, epoch ms. */
  readonly at: number;
}

/** How a term did over 50 outcomes, by curves fitted on those before them. */
export interface TermBlock {
  /** `at` of the last of them, epoch ms, and how many outcomes there had been. */
  readonly at: number;
  readonly seen: number;
  /** Mean log loss, nats: lower is better. */
  readonly without: number;
  readonly with: number;
  /** `without − with`, and its standard error over the pairs. */
  readonly gain: number;
  readonly error: number;
  /** Whether the term is in force after it. */
  readonly inForce: boolean;
}

/** How a term stands. */
export interface TermTrial {
  readonly inForce: boolean;
  /** Outcomes that tell of the term, ever. */
  readonly outcomes: number;
  /** Oldest first. */
  readonly blocks: readonly TermBlock[];
}

/** Outcomes a block (SPEC §8). */
const BLOCK = 50;
/** Outcomes that curves are fitted on, the newest before a block. Judgement: as in calibration. */
const FITTED = 1000;
/** Standard errors by which a block has to be worse for the term to go. Measured in bench/term-trial. */
const WORSE_BY = 1;
/** Blocks in a row, each better with the term, after which it comes back. */
const BETTER_BLOCKS = 2;

/**
 * Whether a term of rankings stays in force on this device: it goes when the last 50 outcomes were foretold worse with it than without,
 * and comes back when two such blocks in a row were foretold better with what it would have added. A pure function of the outcomes in
 * their order.
 *
 * Each block of 50 is foretold twice, by Platt's curve of the score without the term and by that of the score with it, both rising and
 * fitted on the newest 1,000 outcomes before the block; the first 50 are only fitted on. "Worse" is a mean paired difference of log losses below
 * 0 by its standard error.
 */
export function tryTerm(outcomes: readonly TermOutcome[]): TermTrial {
  return finish(tryingTerm(outcomes));
}

/** {@link tryTerm} in parts. */
export function* tryingTerm(outcomes: readonly TermOutcome[]): Steps<TermTrial> {
  const blocks: TermBlock[] = [];
  let inForce = true;
  let better = 0;
  for (let seen = 2 * BLOCK; seen <= outcomes.length; seen += BLOCK) {
    const told = outcomes.slice(Math.max(0, seen - BLOCK - FITTED), seen - BLOCK);
    const asked = outcomes.slice(seen - BLOCK, seen);
    const without = lossesOf(told, asked, ({ score }) => score);
    yield;
    const found = pairOf(
      without,
      lossesOf(told, asked, ({ score, term }) => score + term),
    );
    better = found.gain > 0 ? better + 1 : 0;
    inForce = inForce ? found.gain >= -WORSE_BY * found.error : better >= BETTER_BLOCKS;
    blocks.push({ at: asked.at(-1)!.at, seen, ...found, inForce });
    yield;
  }
  return { inForce, outcomes: outcomes.length, blocks };
}

/** A curve that falls would have the lowest score be the best: a ranking can't, so it knows the share of positive outcomes alone. */
function risingCurve(scores: readonly number[], ys: readonly number[]): PlattParameters {
  const curve = fitPlatt(scores, ys);
  return curve.slope >= 0
    ? curve
    : fitPlatt(
        ys.map(() => 0),
        ys,
      );
}

/** Log loss of each outcome asked for, by the curve of those told. */
function lossesOf(
  told: readonly TermOutcome[],
  asked: readonly TermOutcome[],
  scoreOf: (outcome: TermOutcome) => number,
): number[] {
  const curve = risingCurve(
    told.map(scoreOf),
    told.map(({ y }) => y),
  );
  return asked.map((outcome) => logLossOf(applyPlatt(curve, scoreOf(outcome)), outcome.y));
}

function pairOf(without: readonly number[], withTerm: readonly number[]): Omit<TermBlock, 'at' | 'seen' | 'inForce'> {
  const n = without.length;
  const mean = (losses: readonly number[]): number => losses.reduce((sum, loss) => sum + loss, 0) / n;
  const gains = without.map((loss, i) => loss - withTerm[i]!);
  const gain = mean(gains);
  const variance = gains.reduce((sum, each) => sum + (each - gain) ** 2, 0) / (n - 1);
  return { without: mean(without), with: mean(withTerm), gain, error: Math.sqrt(variance / n) };
}
