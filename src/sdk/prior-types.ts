import type { PriorsFile } from '../core/priors-file.js';
import type { VisitContext } from '../domain/cohort.js';
import type { PriorSource } from '../domain/prior.js';

/** A cold start as a site asks for it and a page reads it, as types. */

/** What a site brings for people of whom little is known. Files are fetched with the first ranking, once. */
export interface PriorOptions {
  /** Made by `attune priors`: its URL, or what it holds. Under another model than its own only its popularity counts. */
  readonly file?: string | URL | PriorsFile;
  /** The URL of a table made by `attune transitions`: what people go on to after what the person did last. */
  readonly transitions?: string | URL;
  /** What of this visit tells which groups of the file it is of; a function is asked at each ranking. Default nothing. */
  readonly context?: VisitContext | (() => VisitContext);
  readonly weights?: Partial<PriorWeights>;
}

/** Factors of what stands in for a person's taste; each ≥ 0. */
export interface PriorWeights {
  /** On the cosine to the prior, times `priorShare`. Default 1. */
  readonly prior: number;
  /** On the people who liked the item, as a share of those who liked the most popular one, times `priorShare`. Default 0.2. */
  readonly popularity: number;
  /** On the decayed shares of those who went on to the item. Default 1. */
  readonly transitions: number;
}

/** What a person says they like, and what stands in for their taste now. */
export interface Preferences {
  /** In their words. */
  readonly texts: readonly string[];
  /** What the prior is made of, the person's own words first; empty is neutral. */
  readonly sources: readonly PriorSource[];
  /** How much of the order it makes: `profile().priorShare`. */
  readonly share: number;
}
