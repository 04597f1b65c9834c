/** How Attune adapts by itself to what a person does. */
export interface AdaptOptions {
  /**
   * Whether a change of taste is looked for, and what was liked before it weighs less for a while. Default false. See
   * docs/adaptation.md.
   */
  readonly drift?: boolean;
}

/** A change of taste: from some moment on the person likes something else. */
export interface DriftChange {
  /** Stays as long as the log before it does. */
  readonly id: string;
  /** Of the first liking of the new taste, epoch ms. */
  readonly at: number;
  /** Of the liking by which it was found, epoch ms. */
  readonly detectedAt: number;
  /** How far the new likings lie from those before, in standard deviations; 9 or more. */
  readonly statistic: number;
  /** Topics liked before and since, by name, the largest first: from words, else of an item. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** How many likings told of it. */
  readonly evidence: number;
}

/** What was adapted to, and what of it holds. */
export interface AdaptationReport {
  readonly drift: {
    /** The audit trail: changes among the newest 256 to 511 likings, newest first; `undone` by the person. */
    readonly changes: readonly (DriftChange & { readonly undone: boolean })[];
    /** Whether what was liked before the last change weighs less now. */
    readonly leading: boolean;
  };
}

/** What Attune adapted to by itself, to be read and taken back. */
export interface AttuneAdaptation {
  /** Reads the log as it is now. Without the option `adapt`, or while privacy is 'off', nothing was adapted to. */
  report(options?: { readonly signal?: AbortSignal }): Promise<AdaptationReport>;
  /** Takes back the newest reaction that is left, for good. Holds from the next `rank` on. Resolves with the report as it is then. */
  undo(): Promise<AdaptationReport>;
}
