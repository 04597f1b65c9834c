import type { Interaction } from '../domain/interaction.js';
import type { Term } from '../domain/ranking.js';

/** Why an item stands where it stands. */
export interface Explanation {
  readonly id: string;
  readonly score: number;
  /** Largest effect first; they sum to the score. */
  readonly terms: readonly (Term & {
    readonly because: readonly Reason[];
    /** Of the term `profile` of a ranking by several interests: the one that the item is closest to. */
    readonly interest?: { readonly id: string; readonly name: string };
  })[];
}

/** An interaction behind a term. */
export interface Reason {
  readonly interaction: Interaction;
  readonly title: string;
  /** Its part of the term, in the same unit as the term's value. */
  readonly value: number;
}
