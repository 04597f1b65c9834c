import type { Interest } from './interest-types.js';
import type { SliderState } from './types.js';

/** A person as they were read at an instant. */
export interface HistoryPoint {
  /** Epoch ms. */
  readonly at: number;
  /** Actions up to then. */
  readonly interactionCount: number;
  /** Σ of positive weights, 90-day half-life, as it stood then. */
  readonly evidence: number;
  /** Where their actions put each slider then, in (−1, 1). What they set by hand is of today, and in `profile()`. */
  readonly sliders: readonly Pick<SliderState, 'id' | 'label' | 'inferred'>[];
  /** Of the interests they have today, the part of what they liked that each made then, in [0, 1]; none is left out. */
  readonly interests: readonly Pick<Interest, 'id' | 'name' | 'share'>[];
}

/** What `history` may be told. */
export interface HistoryOptions {
  /** How many instants, from 2 to 100. Default 12. */
  readonly points?: number;
  readonly signal?: AbortSignal;
}
