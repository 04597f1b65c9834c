import type { Catalogue } from './catalogue-types.js';

/** An item found by its meaning. */
export interface Match<T> {
  /** The caller's own object. */
  readonly item: T;
  readonly id: string;
  /** Cosine to what was asked for, in [-1, 1]. */
  readonly score: number;
}

/** What was found, best first. */
export type Matches<T> = readonly Match<T>[] & {
  /**
   * True when not everything was understood in time: what was not is left out; ask again on 'ready'. Also of a catalogue
   * whose rows are another model's, which are compared with nothing.
   */
  readonly partial: boolean;
  readonly modelVersion: string;
};

/** Options of `related` and `search`. */
export interface MatchOptions<T> {
  /** How many at most; default 20. */
  readonly limit?: number;
  /** What to look through, or a catalogue; default all items that were ranked or tracked since the page began, the last 20,000. */
  readonly items?: readonly T[] | Catalogue<T>;
  readonly signal?: AbortSignal;
}
