import { sigmoid } from '../src/core/special.js';
import type { Outcome } from '../src/domain/outcome.js';

/** A world in which the probability of a positive outcome at each raw score is known. */
export interface Truth {
  readonly name: string;
  readonly score: (random: () => number) => number;
  readonly probability: (score: number) => number;
}

const normal = (random: () => number, sd: number): number =>
  sd * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const logit = (p: number): number => Math.log(p / (1 - p));
const even = (random: () => number): number => 2 * random() - 1;

/** Odds of `base` at score 0, multiplied by e^slope for each unit of score; scores spread like a slider's. */
export const sigmoidal = (base: number, slope = 4): Truth => ({
  name: `a sigmoid of slope ${slope} through ${base}`,
  score: (random) => normal(random, 0.4),
  probability: (x) => sigmoid(slope * x + logit(base)),
});

/** Scores that are log-odds, wrong by a factor and a shift. */
export const wrongLogits = (factor: number, shift = 0): Truth => ({
  name: `logits ${factor} times too large, moved by ${shift}`,
  score: (random) => normal(random, 2),
  probability: (x) => sigmoid(x / factor + shift),
});

/** Levels that change at the given scores, scores even in [-1, 1]. */
export const stepped = (levels: readonly number[], at: readonly number[]): Truth => ({
  name: `steps ${levels.join(', ')} at ${at.join(', ')}`,
  score: even,
  probability: (x) => levels[at.filter((edge) => x >= edge).length]!,
});

/** One level whatever the score. */
export const flat = (base: number): Truth => ({
  name: `${base} whatever the score`,
  score: even,
  probability: () => base,
});

/** `n` outcomes of a truth, dated 1, 2, 3 …, counted on from `after`. */
export function drawOutcomes(truth: Truth, random: () => number, n: number, after = 0): Outcome[] {
  return Array.from({ length: n }, (_, i) => {
    const score = truth.score(random);
    return { score, y: random() < truth.probability(score) ? 1 : 0, at: after + i + 1 };
  });
}
