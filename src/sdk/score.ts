import { standardize } from '../core/statistics.js';
import { dot, isZero } from '../core/vector.js';
import type { ProfileVectors } from '../domain/profile.js';
import {
  contextWeights,
  recency,
  type ScoreContext,
  scoreFeatures,
  type Segments,
  type SliderScore,
} from '../domain/score.js';
import type { SliderReader } from './read-sliders.js';

/** How an item (its embedding `item`, where it has one) does on each slider. Loaded with the first question. */
export function scoreItem(
  item: Float32Array | undefined,
  context: ScoreContext,
  options: { readonly standardize: boolean; readonly segments: Segments },
  profile: ProfileVectors | undefined,
  sliders: SliderReader,
  now: number,
): SliderScore[] {
  const weights = contextWeights(context, options.segments);
  const user = profile?.long.direction ?? new Float64Array(0);
  const known = !isZero(user);
  const understood = item !== undefined && !isZero(item);
  const feature = (direction: Float32Array | Float64Array, value: number): number =>
    options.standardize ? standardize(value, sliders.spread(direction)) : value;
  return sliders.axes().map(({ slider, axis }) =>
    scoreFeatures(
      slider.id,
      {
        userToSlider: known ? feature(axis, dot(user, axis)) : 0,
        itemToSlider: understood ? feature(axis, dot(item, axis)) : 0,
        userItem: known && understood ? feature(user, dot(user, item)) : 0,
        recency: recency(profile?.newestAt ?? -Infinity, now),
      },
      weights,
    ),
  );
}
