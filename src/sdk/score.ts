import { FULL, standardize } from '../core/statistics.js';
import { dot, isZero } from '../core/vector.js';
import { type Calibrator, checkCalibrator, isBound, probabilityAt } from '../domain/calibrator.js';
import type { ProfileVectors } from '../domain/profile.js';
import {
  contextWeights,
  recency,
  type ScoreContext,
  scoreFeatures,
  type Segments,
  type SliderScore,
} from '../domain/score.js';
import { invalid } from '../errors.js';
import type { Embeddings } from './model.js';
import type { SliderReader } from './read-sliders.js';

/**
 * How an item, by its text, does on each slider: raw, and as a probability where one of the
 * calibrators is bound to the very versions the raw score has. Loaded with the first question.
 *
 * @throws AttuneError `input/invalid` for a context or a calibrator that makes no sense
 */
export function scoreItem(
  text: string,
  context: ScoreContext,
  options: { readonly standardize: boolean; readonly segments: Segments },
  profile: ProfileVectors | undefined,
  sliders: SliderReader,
  now: number,
  model: Embeddings,
  calibrators: readonly Calibrator[],
): SliderScore[] {
  if (!Array.isArray(calibrators)) throw invalid('calibrators', calibrators, 'Pass a list of calibrators, or nothing.');
  calibrators.forEach(checkCalibrator);
  const { modelVersion } = model;
  const item = model.get(text);
  const weights = contextWeights(context, options.segments);
  const user = profile?.long.direction ?? new Float64Array(0);
  const known = !isZero(user);
  const understood = item !== undefined && !isZero(item);
  const feature = (direction: Float32Array | Float64Array, value: number): number =>
    options.standardize ? standardize(value, sliders.spread(direction)) : value;
  return sliders.axes().map(({ slider, axis }) => {
    const isFull = sliders.spread(axis).count >= FULL;
    const statistics = !options.standardize ? 'plain' : isFull ? 'catalogue' : 'blended';
    const score = scoreFeatures(
      slider.id,
      {
        userToSlider: known ? feature(axis, dot(user, axis)) : 0,
        itemToSlider: understood ? feature(axis, dot(item, axis)) : 0,
        userItem: known && understood ? feature(user, dot(user, item)) : 0,
        recency: recency(profile?.newestAt ?? -Infinity, now),
      },
      weights,
      { model: modelVersion, slider: slider.version, statistics },
    );
    return calibrated(score, calibrators);
  });
}

/** The score as its calibrator has it; as it is without one. */
function calibrated(score: SliderScore, calibrators: readonly Calibrator[]): SliderScore {
  const bound = calibrators.find((calibrator) => isBound(calibrator, score.versions));
  if (bound === undefined) return score;
  return { ...score, probability: probabilityAt(bound.curve, score.raw), calibration: bound.curve.kind };
}
