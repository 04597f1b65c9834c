import { fitIsotonic } from '../core/isotonic.js';
import { logLossOf } from '../core/metrics.js';
import { fitPlatt } from '../core/platt.js';
import { fitRanked } from '../core/ranked.js';
import { cornersOf, type RankedScore, rankScores, risingThrough } from '../core/ranks.js';
import { fitRising } from '../core/rising.js';
import { fitSteps } from '../core/staircases.js';
import { fitTemperature } from '../core/temperature.js';
import { type Curve, type CurveKind, probabilityAt } from './calibrator.js';
import type { Outcome } from './outcome.js';

/** How a curve is fitted: 'ranked', 'rising' and 'steps' give isotonic ones too. */
export type CurveFit = CurveKind | 'ranked' | 'rising' | 'steps';

/** What a curve is made of: one fit, or the mean of several, each with its share, > 0; shares sum to 1. */
export type Mixture = readonly { readonly fit: CurveFit; readonly share: number }[];

/**
 * Fewest outcomes for each fit, in order of preference: the first is taken unless a later one is better. One number and two stand
 * on little; ramps and levels need outcomes on every step. Judgement, with the losses as the judge from there on.
 */
const MIN_OUTCOMES: Readonly<Record<CurveFit, number>> = {
  platt: 50,
  temperature: 50,
  ranked: 50,
  rising: 200,
  steps: 200,
  isotonic: 200,
};

/** Smaller shares are left out: they would move no probability by as much. Judgement. */
const LEAST_SHARE = 0.001;

/** Parts in which held-out losses are found: each is predicted from the other four. */
const FOLDS = 5;

/** 1/φ, whose multiples are spread evenly between 0 and 1 and repeat with no period. */
const GOLDEN = 0.6180339887498949;

/** Outcomes as the fits take them, sorted once for all. */
interface Sample {
  readonly scores: readonly number[];
  readonly ys: readonly number[];
  readonly weights: readonly number[];
  readonly points: readonly RankedScore[];
}

function sampleOf(outcomes: readonly Outcome[]): Sample {
  const scores = outcomes.map(({ score }) => score);
  const ys = outcomes.map(({ y }) => y);
  const weights = outcomes.map(weightOf);
  return { scores, ys, weights, points: rankScores(scores, ys, weights) };
}

/**
 * The curve of a fit through outcomes. An isotonic one keeps only levels that the outcomes tell apart (see
 * {@link fitIsotonic}, penalty `ln Σw`) and stays within `[1/(Σw + 2), 1 − 1/(Σw + 2)]`: no count of outcomes makes certain.
 */
function fitCurve(fit: CurveFit, { scores, ys, weights, points }: Sample): Curve {
  if (fit === 'platt') return { kind: fit, ...fitPlatt(scores, ys, weights) };
  if (fit === 'temperature') return { kind: fit, ...fitTemperature(scores, ys, weights) };
  if (fit === 'ranked') return { kind: 'isotonic', ...fitRanked(points) };
  if (fit === 'rising') return { kind: 'isotonic', ...fitRising(points) };
  if (fit === 'steps') return { kind: 'isotonic', ...fitSteps(points) };
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const fitted = fitIsotonic(scores, ys, weights, Math.log(Math.max(1, total)));
  const least = 1 / (total + 2);
  const probabilities = fitted.probabilities.map((p) => Math.min(1 - least, Math.max(least, p)));
  return { kind: fit, scores: fitted.scores, probabilities };
}

/**
 * The curve of a mixture: of one fit that fit's own; of several the mean of their probabilities by share, as an isotonic curve
 * with corners at up to 64 scores and at the ends of isotonic levels.
 */
export function fitMixture(mixture: Mixture, outcomes: readonly Outcome[]): Curve {
  return mixed(mixture, sampleOf(outcomes));
}

function mixed(mixture: Mixture, sample: Sample): Curve {
  const parts = mixture.map(({ fit, share }) => ({ fit, share, curve: fitCurve(fit, sample) }));
  if (parts.length === 1) return parts[0]!.curve;
  const points = cornersOf(sample.points).map(({ score }) => score);
  const ends = parts.flatMap(({ fit, curve }) => (fit === 'isotonic' && curve.kind === fit ? curve.scores : []));
  const corners = [...new Set([...points, ...ends])].sort((a, b) => a - b).map((score) => ({ score }));
  const mean = ({ score }: { readonly score: number }): number =>
    parts.reduce((sum, { curve, share }) => sum + share * probabilityAt(curve, score), 0);
  return { kind: 'isotonic', ...risingThrough(corners, mean) };
}

/** Log losses, in nats, of each outcome from `from` on under a curve of this mixture made without it. */
export function heldOutLosses(mixture: Mixture, outcomes: readonly Outcome[], from = 0): number[] {
  return lossesOf((sample) => [mixed(mixture, sample)], outcomes, from)[0]!;
}

/**
 * Held-out losses of several curves: outcomes from `from` on are dealt to five parts, and each part is predicted from all outcomes
 * that are not in it, earlier ones always among them.
 *
 * Outcome i goes to part `⌊5 · frac(i/φ)⌋`: even, and in step with no page. Dealt in turn, five places of which one is clicked
 * would be parts of their own; dealt class by class, curves that repeat the base rate would look better than they are.
 */
function lossesOf(
  curvesOf: (sample: Sample) => readonly Curve[],
  outcomes: readonly Outcome[],
  from: number,
): number[][] {
  const partOf = (i: number): number => (i < from ? -1 : Math.floor(FOLDS * (((i - from) * GOLDEN) % 1)));
  const losses: number[][] = [];
  for (let part = 0; part < FOLDS; part++) {
    const curves = curvesOf(sampleOf(outcomes.filter((_, i) => partOf(i) !== part)));
    curves.forEach((curve, k) => {
      losses[k] ??= Array.from({ length: outcomes.length - from }, () => 0);
      for (let i = from; i < outcomes.length; i++) {
        if (partOf(i) === part) losses[k][i - from] = lossUnder(curve, outcomes[i]!);
      }
    });
  }
  return losses;
}

/** Log loss of an outcome under a curve, nats. */
export function lossUnder(curve: Curve, { score, y }: Outcome): number {
  return logLossOf(probabilityAt(curve, score), y);
}

/** Mean of losses, one an outcome, by the outcomes' weights. */
export function meanLoss(losses: readonly number[], outcomes: readonly Outcome[]): number {
  return totalLoss(losses, outcomes) / outcomes.reduce((sum, outcome) => sum + weightOf(outcome), 0);
}

/**
 * The fit of least held-out log loss among those with outcomes enough; undefined while there is none. Where an isotonic curve
 * has it, all fits are mixed by the likelihood of what they were not fitted on, `share ∝ e^−loss`: which of them is right is
 * seldom known, and their mean is closer than the one that was luckiest.
 *
 * @see Yao, Vehtari, Simpson & Gelman (2018), "Using stacking to average Bayesian predictive distributions", §2, pseudo-BMA
 */
export function chooseMixture(outcomes: readonly Outcome[]): Mixture | undefined {
  const fits = (Object.keys(MIN_OUTCOMES) as CurveFit[]).filter((fit) => outcomes.length >= MIN_OUTCOMES[fit]);
  if (fits.length === 0) return undefined;
  const heldOut = lossesOf((sample) => fits.map((fit) => fitCurve(fit, sample)), outcomes, 0);
  const losses = heldOut.map((each) => totalLoss(each, outcomes));
  const least = Math.min(...losses);
  const best = fits[losses.indexOf(least)]!;
  if (best === 'platt' || best === 'temperature') return [{ fit: best, share: 1 }];
  const likelihoods = losses.map((loss) => Math.exp(least - loss));
  const kept = likelihoods.map((each) => (each < LEAST_SHARE ? 0 : each));
  const total = kept.reduce((sum, each) => sum + each, 0);
  return fits.flatMap((fit, i) => (kept[i]! > 0 ? [{ fit, share: kept[i]! / total }] : []));
}

/** What kind of curve a mixture makes. */
export function kindOf(mixture: Mixture): CurveKind {
  const [{ fit }] = mixture as [Mixture[number]];
  return mixture.length === 1 && (fit === 'platt' || fit === 'temperature') ? fit : 'isotonic';
}

function totalLoss(losses: readonly number[], outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, outcome, i) => sum + weightOf(outcome) * losses[i]!, 0);
}

function weightOf({ weight }: Outcome): number {
  return weight ?? 1;
}
