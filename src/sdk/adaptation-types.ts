import type { LearnedPart } from '../domain/training.js';
import type { AdaptContext, ChallengerReport } from './challenger-types.js';

/** How Attune adapts by itself to what a person does. */
export interface AdaptOptions {
  /**
   * Whether changes of taste are looked for, and what was liked before a probable one weighs less for a while. Default false. See
   * docs/adaptation.md.
   */
  readonly drift?: boolean;
  /** Weights of the four features of a score that depend on the context, while they win. Default false. */
  readonly gate?: boolean;
  /** A term of rankings, `adapter`: items' embeddings moved by what the person chose among those shown, while it wins. Default false. */
  readonly adapter?: boolean;
  /**
   * For `gate` and `adapter`, where and when the page is used now; noted with each impression and each outcome, because only what was noted can
   * be learned from. Hour and weekday are the clock's unless given. With a `thread`, items are compared with what the person engaged with in it.
   */
  readonly context?: AdaptContext | (() => AdaptContext);
}

/** A change of taste: from some moment on the person likes something else. */
export interface DriftChange {
  /** Stays as long as the log before it does. */
  readonly id: string;
  /** Of the first liking of the new taste, epoch ms. */
  readonly at: number;
  /** Of the liking by which it was found, epoch ms. */
  readonly detectedAt: number;
  /** Natural logarithm of the odds that the likings told of a change; 9 or more. */
  readonly logOdds: number;
  /** Topics liked before and since, by name, the largest first: from words, else of an item. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** How many likings told of it. */
  readonly evidence: number;
}

/** What was adapted to, and what of it holds. */
export interface AdaptationReport extends ChallengerReport {
  readonly drift: {
    /** The audit trail: changes among the newest 256 to 511 likings, newest first; `undone` by the person. */
    readonly changes: readonly (DriftChange & { readonly undone: boolean })[];
    /** Whether some of what was liked weighs less now, because a change of taste is more probable than not. Begins before a change is sure enough to be told. */
    readonly leading: boolean;
    /** While that is so: from which liking on the new taste, or an errand, is most probable. Epoch ms. */
    readonly since?: number;
  };
}

/** What Attune adapted to by itself, to be read and taken back. */
export interface AttuneAdaptation {
  /** Reads the log as it is now, and trains first where a decision is due. Without the option `adapt`, or while privacy is 'off', nothing was adapted to. */
  report(options?: { readonly signal?: AbortSignal }): Promise<AdaptationReport>;
  /** Takes back the newest reaction that is left, told or not, for good. Holds from the next `rank` on. Resolves with the report as it is then. */
  undo(): Promise<AdaptationReport>;
  /** Forgets what outcomes taught gate, adapter or both: only outcomes from now on teach. The profile stays as it is. */
  reset(part?: LearnedPart): Promise<AdaptationReport>;
}
