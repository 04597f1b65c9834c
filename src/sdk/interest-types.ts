import type { InterestChange } from '../domain/interest-edits.js';

/** One of a person's interests, to be shown to them. */
export interface Interest {
  /** Stays as the log grows, for as long as more than half of what it was made of is still in it. */
  readonly id: string;
  /** The person's own, or else found: words that are its own, or the title of its nearest item. */
  readonly name: string;
  /** Its part of what the person liked lately, in [0, 1]; 0 for an edited one of which nothing is left. */
  readonly share: number;
  /** The nearest of the items that the person acted on, at most five. */
  readonly items: readonly { readonly id: string; readonly title: string }[];
  /** Whether the person said "not me". */
  readonly excluded: boolean;
  /** Whether they want more of it. */
  readonly more: boolean;
  /** Whether the name is their own. */
  readonly renamed: boolean;
}

/** A person's interests. All read the log as it is when they are called. */
export interface AttuneInterests {
  /** One to eight, the largest first, and edited ones of which nothing is left; none while privacy is 'off'. */
  list(options?: { readonly signal?: AbortSignal }): Promise<readonly Interest[]>;
  /**
   * "Not me", "more of this", or a name of the person's own, each with `false` or null to take it back. Holds from the
   * next `rank` on, and for what is liked later. Resolves with the list as it is then.
   *
   * Rejects with AttuneError `input/invalid` for an id that is not in the list, or no such change.
   */
  edit(id: string, change: InterestChange): Promise<readonly Interest[]>;
  /** Takes back the last edit that is left, also one of an earlier visit. Resolves with the list as it is then. */
  undo(): Promise<readonly Interest[]>;
}
