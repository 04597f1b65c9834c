import { decay } from '../core/decay.js';
import { sigmoid } from '../core/special.js';
import type { CurveKind, ScoreVersions } from './calibrator.js';
import { FEATURE_NAMES } from './context.js';
import type { Term } from './ranking.js';
import type { FeatureName, FeatureWeights, SliderFeatures } from './features.js';

/** Half-life of the recency feature: 12 h (SPEC §4). */
const RECENCY_HALF_LIFE_MS = 12 * 3_600_000;

/** Recency feature at `now`. */
export function recency(newestAt: number, now: number): number {
  return newestAt === -Infinity ? 0 : decay(now - newestAt, RECENCY_HALF_LIFE_MS);
}

/** One slider's score of one item. */
export interface SliderScore {
  readonly slider: string;
  /** `Σ weight · feature`. */
  readonly raw: number;
  /** What the `rules` of the site add for this item, by name; none for most items. */
  readonly terms: readonly Term[];
  /** `raw + Σ terms`: what to order by where rules are to count. */
  readonly score: number;
  readonly features: SliderFeatures;
  readonly weights: FeatureWeights;
  /** `weight · feature` of each; they sum to `raw`. */
  readonly contributions: Readonly<Record<FeatureName, number>>;
  /** In [0, 1]. With calibration 'none' it is `sigmoid(raw)`: an order, not a frequency; don't print it as a percentage. Of raw alone, because rules say nothing about the person. */
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
  terms: readonly Term[] = [],
): SliderScore {
  const contributions = Object.fromEntries(
    FEATURE_NAMES.map((name) => [name, weights[name] * features[name]]),
  ) as Record<FeatureName, number>;
  const raw = FEATURE_NAMES.reduce((sum, name) => sum + contributions[name], 0);
  const score = terms.reduce((sum, { value }) => sum + value, raw);
  return {
    ...{ slider, raw, terms, score, features, weights, contributions },
    ...{ probability: sigmoid(raw), calibration: 'none', versions },
  };
}
