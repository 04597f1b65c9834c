import type { Interval } from '../../core/bootstrap.js';
import { weightsOf } from '../../domain/experiment.js';
import { invalid } from '../../errors.js';
import type { ArmCounts, StudyCounts } from './counts.js';
import { betaMixture, coinVariance, edgeOf, normalMixture, softness } from './mixtures.js';
import { checkStudy, deviationOf, type Metric, metricsOf, type Study } from './study.js';

/** What is known of one arm against the control. */
export interface Verdict {
  readonly arm: string;
  /**
   * `stop`: a guardrail got worse, or people are not dealt as they should be. Else `better` or `worse` by the goal, or
   * `continue`. The first that is not `continue` is the decision: looking on afterwards promises nothing.
   */
  readonly decision: 'continue' | 'better' | 'worse' | 'stop';
  /** Why, in sentences; empty while it continues. */
  readonly because: readonly string[];
  /** In the control and in the arm. */
  readonly people: readonly [number, number];
  /** The goal, then the guardrails. */
  readonly effects: readonly Effect[];
  /** How well the split of people goes with the weights: below 0.001 something but chance deals them. */
  readonly evenness: number;
}

/** A metric in the arm against the control. */
export interface Effect {
  readonly metric: string;
  /** Means of a person, in the control and in the arm; NaN of nobody. */
  readonly means: readonly [number, number];
  /**
   * The arm's mean less the control's, with the differences that are not ruled out: of all looks together, a share of at most
   * `alpha` ever rules out the true one.
   */
  readonly difference: Interval;
  /** Probability, at most, of ever seeing as much by the deal alone, however often one looks. */
  readonly pValue: number;
}

/** A split that chance gives less often than this is a fault in the site's code. Judgement: usual among those who run many. */
const UNEVEN = 0.001;

/** How closely around the weights uneven splits are looked for: the mixture is sharpest at eight times as many people. Judgement. */
const UNEVEN_KAPPA = 100;

/**
 * Each arm against the control, by what is known so far. May be asked at any time and as often as one likes: the promise is over
 * all looks together, and rests on the deal alone. For the goal, and again for all guardrails together, an arm that does
 * nothing to anybody is decided on with a probability of at most `alpha`, which arms and guardrails share evenly.
 *
 * With `a` 1 in the arm and 0 in the control, and `z = y − δa` less its mean, people are terms `(a − π)·z` of a sum that the deal
 * alone keeps near 0 if the arm adds δ; Robbins' normal mixture says which δ are ruled out. `z²/4` (for an even deal) bounds each
 * term's variance whatever the numbers are, so that none has to be estimated; taking the mean away is what makes it hold for
 * many people rather than for each number of them. tests/unit/study has it hold from the first person on.
 *
 * @see Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), "Time-uniform central limit theory and asymptotic confidence
 *   sequences", theorem 2.2, with that bound in place of the estimated variance
 * @throws AttuneError `input/invalid` for a study that makes no sense, or counts of another
 */
export function judge(study: Study, counts: StudyCounts): readonly Verdict[] {
  checkStudy(study);
  const { experiment, alpha = 0.05, people } = study;
  if (counts?.experiment !== experiment.id) {
    throw invalid('counts', counts?.experiment, `They are of the experiment ${experiment.id}.`);
  }
  const [goal, ...guardrails] = metricsOf(study);
  const weights = weightsOf(experiment);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const control = armOf(study, counts, experiment.arms[0]!);
  return experiment.arms.slice(1).map((name, i) => {
    const pair = weights[0]! + weights[i + 1]!;
    const share = weights[i + 1]! / pair;
    const arm = armOf(study, counts, name);
    const arms = experiment.arms.length - 1;
    const effect = (metric: Metric, of: number): Effect =>
      effectOf(metric, control, arm, share, alpha / arms / of, (people * pair) / total);
    const evenness = Math.min(1, Math.exp(-betaMixture(arm.people, control.people, share, UNEVEN_KAPPA)));
    const main = effect(goal!, 1);
    const guarded = guardrails.map((metric) => effect(metric, guardrails.length));
    const reasons = [
      ...(evenness < UNEVEN ? [unevenReason(control.people, arm.people, share)] : []),
      ...guardrails.flatMap((metric, g) => harmOf(metric, guarded[g]!)),
    ];
    return {
      arm: name,
      ...(reasons.length > 0 ? { decision: 'stop', because: reasons } : decided(goal!, main)),
      people: [control.people, arm.people],
      effects: [main, ...guarded],
      evenness,
    };
  });
}

function armOf(study: Study, { arms }: StudyCounts, name: string): ArmCounts {
  const none = Object.fromEntries(metricsOf(study).map((metric) => [metric.name, 0]));
  const counts = Object.hasOwn(arms, name) ? arms[name]! : { people: 0, sums: none, squares: none };
  for (const { name: metric } of metricsOf(study)) {
    const numbers = [counts.people, counts.sums?.[metric], counts.squares?.[metric]];
    if (!numbers.every(Number.isSafeInteger)) throw invalid(`${name}.${metric}`, numbers, 'Counts are whole numbers.');
  }
  return counts;
}

function effectOf(
  metric: Metric,
  control: ArmCounts,
  arm: ArmCounts,
  share: number,
  alpha: number,
  planned: number,
): Effect {
  const { name, range } = metric;
  const people = control.people + arm.people;
  const spread = coinVariance(share);
  const rho = softness(planned * spread * deviationOf(metric) ** 2, alpha);
  const weight = people === 0 ? 0 : (control.people * arm.people) / people;
  const within = spreadIn(control, name) + spreadIn(arm, name);
  /** Logarithm of the evidence against a difference that lies `off` the one seen. */
  const against = (off: number): number => normalMixture(weight * off, spread * (within + weight * off * off), rho);
  const means = [control.sums[name]! / control.people, arm.sums[name]! / arm.people] as const;
  const value = means[1] - means[0];
  const most = range[1] - range[0];
  const margin = edgeOf(0, 2 * most, (off) => against(off) < -Math.log(alpha));
  return {
    metric: name,
    means,
    difference: { value, low: Math.max(-most, (value || 0) - margin), high: Math.min(most, (value || 0) + margin) },
    pValue: Math.min(1, Math.exp(-against(value || 0))),
  };
}

/** `Σ (y − ȳ)²` of an arm. */
function spreadIn({ people, sums, squares }: ArmCounts, name: string): number {
  return people === 0 ? 0 : Math.max(0, squares[name]! - sums[name]! ** 2 / people);
}

/** In the direction that is wanted: above 0 is better. */
function gainOf({ wanted }: Metric, { difference: { low, high } }: Effect): { least: number; most: number } {
  return wanted === 'more' ? { least: low, most: high } : { least: -high, most: -low };
}

function decided(goal: Metric, effect: Effect): Pick<Verdict, 'decision' | 'because'> {
  const { least, most } = gainOf(goal, effect);
  if (least <= 0 && most >= 0) return { decision: 'continue', because: [] };
  return { decision: least > 0 ? 'better' : 'worse', because: [sentence(effect)] };
}

function harmOf(metric: Metric, effect: Effect): string[] {
  const { tolerance = 0 } = metric;
  if (gainOf(metric, effect).most >= -tolerance) return [];
  const beyond = tolerance > 0 ? `, by more than the ${tolerance} put up with` : '';
  return [`${sentence(effect)} That is worse${beyond}.`];
}

function sentence({ metric, difference: { value, low, high } }: Effect): string {
  const [x, l, h] = [value, low, high].map((each) => Number(each.toPrecision(3)));
  return `${metric} differs by ${x} (${l} to ${h}).`;
}

function unevenReason(control: number, arm: number, share: number): string {
  const percent = Math.round(1000 * share) / 10;
  return `${arm} of ${arm + control} people are in the arm, where ${percent} % belong: something loses people of one arm.`;
}
