import { seeded } from '../src/core/random.js';
import { sigmoid } from '../src/core/special.js';
import type { Outcome } from '../src/domain/outcome.js';
import { actProbability, logit, type OutcomeCurve } from '../src/lab/curve.js';
import { SOAK } from './soak.js';
import { createWorld, matchOf, periodAt, trueProbability, type World } from '../src/lab/world.js';

/** A world in which the probability of a positive outcome at each raw score is known. */
export interface Truth {
  readonly name: string;
  readonly score: (random: () => number) => number;
  readonly probability: (score: number) => number;
}

const normal = (random: () => number, sd: number): number =>
  sd * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
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

/** How raw scores follow from matches: rising, so that a score tells as much. */
const LAWS = {
  centred: (match: number): number => match / 3,
  'far from 0': (match: number): number => 40 + match / 3,
  'skewed to the right': (match: number): number => Math.exp(match),
  'skewed to the left': (match: number): number => -Math.exp(-match),
  'with outliers': (match: number): number => Math.sinh(2 * match),
  'bunched at both ends': (match: number): number => Math.tanh(2 * match),
} as const;
type Law = keyof typeof LAWS;

/** Truths of one family, one a seed: every seed is another person. */
export interface Family {
  readonly name: string;
  readonly of: (seed: number) => Truth;
}

/** One truth, the same for every seed. */
export const always = (truth: Truth): Family => ({ name: truth.name, of: () => truth });

/** As many as there are seeds. */
const PEOPLE = SOAK === 1 ? 50 : 1000;

/** People of the lab's world on 1,000 items of five sliders: raw scores made of true matches, by a law that nobody told. */
export function person(name: string, curve: OutcomeCurve, law: Law = 'centred', rate?: number): Family {
  let world: World | undefined;
  return {
    name: `${name}, scores ${law}`,
    of(seed) {
      world ??= createWorld({ seed: 1, items: 1000, people: PEOPLE, curve, ...(rate !== undefined && { rate }) });
      const someone = world.people[seed]!;
      const { positions } = periodAt(someone, world.startAt);
      const scores = world.items.map((item) => LAWS[law](matchOf(positions, item.positions)));
      const known = new Map(world.items.map((item, i) => [scores[i]!, trueProbability(world!, someone, item)]));
      return {
        name,
        score: (random) => scores[Math.floor(random() * scores.length)]!,
        probability: (score) => known.get(score)!,
      };
    },
  };
}

/** Places between which the probability at one slider's score is drawn straight. */
const GRID = 100;

/** A person judged by one slider of five, whose score tells a part: the truth is the mean over what it doesn't. */
export const oneSlider = (name: string, curve: OutcomeCurve): Family => ({
  name: `${name}, by one slider of five`,
  of(seed) {
    const random = seeded(seed);
    const taste = Array.from({ length: 5 }, () => even(random));
    const others = Array.from({ length: 400 }, () => [0, ...Array.from({ length: 4 }, () => even(random))]);
    const known = Array.from({ length: GRID + 1 }, (_, i) => {
      const first = (2 * i) / GRID - 1;
      const chances = others.map((rest) => actProbability(curve, matchOf(taste, [first, ...rest.slice(1)])));
      return chances.reduce((sum, p) => sum + p, 0) / others.length;
    });
    const rising = Math.sign(taste[0]!); // the raw score has the person's own sign on the slider
    return {
      name,
      score: even,
      probability(score) {
        const place = ((rising * score + 1) / 2) * GRID;
        const i = Math.min(GRID - 1, Math.floor(place));
        return known[i]! + (place - i) * (known[i + 1]! - known[i]!);
      },
    };
  },
});

/** `n` outcomes of a truth, dated 1, 2, 3 …, counted on from `after`. */
export function drawOutcomes(truth: Truth, random: () => number, n: number, after = 0): Outcome[] {
  return Array.from({ length: n }, (_, i) => {
    const score = truth.score(random);
    return { score, y: random() < truth.probability(score) ? 1 : 0, at: after + i + 1 };
  });
}
