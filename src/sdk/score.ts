import { FULL, standardize } from '../core/statistics.js';
import { dot, isZero } from '../core/vector.js';
import { type Calibrator, isBound, probabilityAt } from '../domain/calibrator.js';
import type { FeatureWeights } from '../domain/features.js';
import type { ProfileVectors } from '../domain/profile.js';
import type { Term } from '../domain/ranking.js';
import { recency, scoreFeatures, type SliderScore } from '../domain/score.js';
import type { SliderReader } from './read-sliders.js';

/** What of an Attune a score is made with. */
export interface Scoring {
  readonly modelVersion: string;
  readonly sliders: SliderReader;
  readonly standardize: boolean;
  /** Names the gate that made the weights. */
  readonly gate?: string | undefined;
}

/**
 * How an item does on each slider whose poles are resident, for a person as they are known, not calibrated.
 *
 * @param item undefined, or all zeros, where nothing is known of it
 * @param now  epoch ms
 * @param terms what the site's rules add, to every slider's score alike
 */
export function scoreEmbedding(
  item: Float32Array | undefined,
  weights: FeatureWeights,
  person: Pick<ProfileVectors, 'long' | 'newestAt'> | undefined,
  scoring: Scoring,
  now: number,
  terms: readonly Term[] = [],
): SliderScore[] {
  const { modelVersion, sliders } = scoring;
  const user = person?.long.direction ?? new Float64Array(0);
  const known = !isZero(user);
  const understood = item !== undefined && !isZero(item);
  const feature = (direction: Float32Array | Float64Array, value: number): number =>
    scoring.standardize ? standardize(value, sliders.spread(direction)) : value;
  const shared = {
    statistics: statisticsOf(scoring),
    ...(scoring.gate !== undefined && { gate: scoring.gate }),
  };
  return sliders.axes().map(({ slider, axis }) =>
    scoreFeatures(
      slider.id,
      {
        userToSlider: known ? feature(axis, dot(user, axis)) : 0,
        itemToSlider: understood ? feature(axis, dot(item, axis)) : 0,
        userItem: known && understood ? feature(user, dot(user, item)) : 0,
        recency: recency(person?.newestAt ?? -Infinity, now),
      },
      weights,
      { model: modelVersion, slider: slider.version, ...shared },
      terms,
    ),
  );
}

/** The version of the catalogue's statistics that scores are standardized by now. */
export function statisticsOf({ sliders, standardize: isStandard }: Scoring): string {
  if (!isStandard) return 'plain';
  const [first] = sliders.axes();
  return first !== undefined && sliders.spread(first.axis).count >= FULL ? 'catalogue' : 'blended';
}

/** The score as a calibrator bound to its versions has it; as it is without one. */
export function calibrated(score: SliderScore, calibrators: readonly Calibrator[]): SliderScore {
  const bound = calibrators.find((calibrator) => isBound(calibrator, score.versions));
  if (bound === undefined) return score;
  return { ...score, probability: probabilityAt(bound.curve, score.raw), calibration: bound.curve.kind };
}
