import { decay } from '../core/decay.js';
import { sigmoid } from '../core/special.js';
import { invalid } from '../errors.js';
import type { CurveKind, ScoreVersions } from './calibrator.js';
import { BASE_WEIGHTS, type FeatureName, type FeatureWeights, type SliderFeatures } from './features.js';

const FEATURE_NAMES = Object.keys(BASE_WEIGHTS) as FeatureName[];

/** Half-life of the recency feature: 12 h (SPEC §4). */
const RECENCY_HALF_LIFE_MS = 12 * 3_600_000;

/** Where and when a score is asked for; each field that is given changes the weights by its rule. */
export interface ScoreContext {
  /** Names a key of the `segments` option, whose factors multiply the weights feature by feature. */
  readonly segment?: string;
  /** True multiplies the weight of `itemToSlider` by 1.25. */
  readonly isWorkHours?: boolean;
  /** Multiplies the named feature's weight by 1.5. */
  readonly boostFeature?: FeatureName;
}

/** Factors a feature, for each segment a site names. */
export type Segments = Readonly<Record<string, Partial<FeatureWeights>>>;

/**
 * The four weights in a context: base × segment × rules, negatives clamped to 0, renormalized to sum 1.
 *
 * @throws AttuneError `input/invalid` for an unknown segment or feature, a factor that is no number, or weights all zero
 */
export function contextWeights(context: ScoreContext, segments: Segments): FeatureWeights {
  if (context === null || typeof context !== 'object') throw invalid('context', context, 'Pass an object, or nothing.');
  const { segment, boostFeature, isWorkHours } = context;
  if (isWorkHours !== undefined && typeof isWorkHours !== 'boolean') {
    throw invalid('context.isWorkHours', isWorkHours, 'It is true or false.');
  }
  if (segment !== undefined && !Object.hasOwn(segments, segment)) {
    throw invalid('context.segment', segment, 'Name one of the `segments` given to createAttune.');
  }
  if (boostFeature !== undefined && !FEATURE_NAMES.includes(boostFeature)) {
    throw invalid('context.boostFeature', boostFeature, `Name one of ${FEATURE_NAMES.join(', ')}.`);
  }
  const factors = segment === undefined ? {} : segments[segment]!;
  const weights = FEATURE_NAMES.map((name) => {
    const factor = factors[name] ?? 1;
    if (typeof factor !== 'number' || !Number.isFinite(factor)) {
      throw invalid(`segment ${JSON.stringify(segment)}.${name}`, factor, 'Factors are finite numbers.');
    }
    const rule = (name === 'itemToSlider' && isWorkHours === true ? 1.25 : 1) * (name === boostFeature ? 1.5 : 1);
    return Math.max(0, BASE_WEIGHTS[name] * factor * rule);
  });
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (total === 0) {
    throw invalid('weights', weights.join(', '), 'At least one feature must keep a weight above 0.');
  }
  return Object.fromEntries(FEATURE_NAMES.map((name, i) => [name, weights[i]! / total])) as FeatureWeights &
    Record<string, number>;
}

/** Recency feature at `now`. */
export function recency(newestAt: number, now: number): number {
  return newestAt === -Infinity ? 0 : decay(now - newestAt, RECENCY_HALF_LIFE_MS);
}

/** One slider's score of one item. */
export interface SliderScore {
  readonly slider: string;
  /** `Σ weight · feature`. */
  readonly raw: number;
  readonly features: SliderFeatures;
  readonly weights: FeatureWeights;
  /** `weight · feature` of each; they sum to `raw`. */
  readonly contributions: Readonly<Record<FeatureName, number>>;
  /** In [0, 1]. With calibration 'none' it is `sigmoid(raw)`: an order, not a frequency; don't print it as a percentage. */
  readonly probability: number;
  /** How raw became probability: by a calibrator bound to these versions, or by none. */
  readonly calibration: 'none' | CurveKind;
  /** Raw scores under other versions are not comparable with this one. */
  readonly versions: ScoreVersions;
}

/** The score from its features and weights, not calibrated. */
export function scoreFeatures(
  slider: string,
  features: SliderFeatures,
  weights: FeatureWeights,
  versions: ScoreVersions,
): SliderScore {
  const contributions = Object.fromEntries(
    FEATURE_NAMES.map((name) => [name, weights[name] * features[name]]),
  ) as Record<FeatureName, number>;
  const raw = FEATURE_NAMES.reduce((sum, name) => sum + contributions[name], 0);
  return { slider, raw, features, weights, contributions, probability: sigmoid(raw), calibration: 'none', versions };
}
