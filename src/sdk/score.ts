import { FULL, standardize } from '../core/statistics.js';
import { dot, isZero } from '../core/vector.js';
import { type Calibrator, checkCalibrator, isBound, probabilityAt } from '../domain/calibrator.js';
import type { ProfileVectors } from '../domain/profile.js';
import { contextWeights, type ScoreContext } from '../domain/context.js';
import type { ItemRecord } from '../domain/item.js';
import { recency, scoreFeatures, type SliderScore } from '../domain/score.js';
import { type AttuneError, invalid } from '../errors.js';
import { advise } from './advise.js';
import type { Embeddings } from './model.js';
import type { SliderReader } from './read-sliders.js';
import { ruleTermsOf } from './rules.js';
import type { AttuneOptions } from './types.js';

/** What of the site's a score rests on, and whom to tell of sliders that work badly. */
type SiteOptions<T> = Pick<AttuneOptions<T>, 'segments' | 'contextRules' | 'rules'> & {
  readonly standardize: boolean;
  readonly tell: (key: string, warning: AttuneError) => void;
};

/**
 * How an item does on each slider: raw, as a probability where one of the calibrators is bound to the very versions the
 * raw score has, and with what the site's own rules add. Loaded with the first question.
 *
 * @throws AttuneError `input/invalid` for a context or a calibrator that makes no sense
 */
export function scoreItem<T>(
  given: T,
  record: ItemRecord,
  context: ScoreContext,
  { segments = {}, contextRules, rules, standardize: isStandardized, tell }: SiteOptions<T>,
  profile: ProfileVectors | undefined,
  sliders: SliderReader,
  now: number,
  model: Embeddings,
  calibrators: readonly Calibrator[],
): SliderScore[] {
  if (!Array.isArray(calibrators)) throw invalid('calibrators', calibrators, 'Pass a list of calibrators, or nothing.');
  calibrators.forEach(checkCalibrator);
  advise(sliders, model, tell);
  const { modelVersion } = model;
  const item = model.get(record.text);
  const weights = contextWeights(context, segments, contextRules);
  const terms = ruleTermsOf(rules, given, record, now);
  const user = profile?.long.direction ?? new Float64Array(0);
  const known = !isZero(user);
  const understood = item !== undefined && !isZero(item);
  const feature = (direction: Float32Array | Float64Array, value: number): number =>
    isStandardized ? standardize(value, sliders.spread(direction)) : value;
  return sliders.axes().map(({ slider, axis }) => {
    const isFull = sliders.spread(axis).count >= FULL;
    const statistics = !isStandardized ? 'plain' : isFull ? 'catalogue' : 'blended';
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
      terms,
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
