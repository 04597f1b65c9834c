import type { HeldOut } from '../domain/contest.js';
import type { TermBlock } from '../domain/term-trial.js';

/** A sequence model as a site asks for it and a page reads it, as types. */

/** 'shadow' scores and is judged, and moves nothing; 'on' is the site's promotion: a term `foundation` of rankings. */
export type FoundationMode = 'off' | 'shadow' | 'on';

/** A sequence model that the site ships: see docs/foundation.md. */
export interface FoundationOptions {
  /** The model's file, made by training/foundation. Fetched with the first ranking for a person who did something. */
  readonly url: string | URL;
  /** Its SHA-256 in hex; without one the file is trusted when first seen. */
  readonly sha256?: string;
  /** Default 'shadow'. A function is asked at each ranking, such as for the arm of an experiment; while it is 'off' nothing is fetched. */
  readonly mode?: FoundationMode | (() => FoundationMode);
  /** Factor of the term, ≥ 0. Default 1. See docs/foundation.md for what the term is without it. */
  readonly weight?: number;
}

/** A kind of action, and how probable the model takes it to be the next. */
export interface NextKind {
  readonly kind: string;
  /** In [0, 1]; those of all kinds sum to 1. */
  readonly probability: number;
}

/** How a sequence model stands on this device. */
export interface FoundationReport {
  /**
   * 'on' ranks, 'shadow' is the site's wish, 'demoted' is what this device made of 'on'; 'off' is without the option, switched off, with
   * privacy 'off' or under another encoder, 'failed' could not be had.
   */
  readonly status: 'off' | 'failed' | 'shadow' | 'on' | 'demoted';
  /** In words; null while it ranks. */
  readonly why: string | null;
  /** What its file says of itself; null without one. */
  readonly model: {
    readonly name: string;
    readonly encoder: string;
    /** Newest action learned from, epoch ms, and how many there were. */
    readonly until: number;
    readonly actions: number;
    readonly card: Readonly<Record<string, unknown>>;
    /** Where it runs. */
    readonly on: 'worker' | 'page';
  } | null;
  /** The person as the model has them, 128 numbers of the default shape; null while nobody is known. */
  readonly userEmbedding: Float32Array | null;
  /** What the person may do next, the likeliest first; empty while nobody is known. */
  readonly nextKinds: readonly NextKind[];
  /**
   * Their own ways with kinds, a bias on what the model expects: in use while it wins on actions that it was not trained on. `outcomes` are
   * the actions up to which it was decided, 0 before the first 200; `heldOut` compares log losses.
   */
  readonly ownKinds: { readonly inUse: boolean; readonly outcomes: number; readonly heldOut: HeldOut | null };
  /** How its term did, or would have done, on this device. */
  readonly judged: {
    /** Outcomes that tell of it. */
    readonly outcomes: number;
    /** Every 50 outcomes, oldest first. */
    readonly blocks: readonly TermBlock[];
  };
}

/** The sequence model, to be read. */
export interface AttuneFoundation {
  /**
   * Loads the model if that was not done, reads the log as it is now and scores what the page has ranked so far: a `rank` after it has
   * the term.
   */
  report(options?: { readonly signal?: AbortSignal }): Promise<FoundationReport>;
}
