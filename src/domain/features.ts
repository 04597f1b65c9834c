/** What a slider's score rests on: cosines in [-1, 1] (or their standardized forms, unclipped) and a recency in [0, 1]. */
export interface SliderFeatures {
  /** `u·s`: how far the person leans to the slider's high pole. */
  readonly userToSlider: number;
  /** `i·s`: how far the item does. */
  readonly itemToSlider: number;
  /** `u·i`: how close the item is to the person. */
  readonly userItem: number;
  /** `2^(−(now − newest interaction) / 12 h)`; 0 without interactions. */
  readonly recency: number;
}
/** Name of one of the four features. */
export type FeatureName = keyof SliderFeatures;

/** One number a feature, each ≥ 0, together 1. */
export type FeatureWeights = Readonly<Record<FeatureName, number>>;

/** Base weights of the four features (SPEC §4). */
export const BASE_WEIGHTS: FeatureWeights = { userToSlider: 0.35, itemToSlider: 0.2, userItem: 0.3, recency: 0.15 };
