import type { Consent } from '../domain/consent.js';
import type { Interaction } from '../domain/interaction.js';
import type { InterestEdits } from '../domain/interest-edits.js';
import type { ItemRecord } from '../domain/item.js';

/** The person's rights over what is kept, as types. */

/** 'device' stores with consent; 'session' keeps what happens from now on in memory only; 'off' neither logs nor personalizes. */
export type PrivacyMode = 'device' | 'session' | 'off';

/** What to forget: an interaction by its id, all on an item, or a period in epoch ms, both ends included. */
export type ForgetTarget = string | { readonly item: string } | { readonly from: number; readonly to: number };

/** What `data.forget` did. */
export interface Forgetting {
  readonly removed: number;
  /** For `data.undo`; '' when nothing was removed. */
  readonly token: string;
}

/** One message of a chat transcript. */
export interface ChatMessage {
  /** Who wrote it, such as 'user' or 'assistant'. */
  readonly role: string;
  readonly content: string;
  /** When: epoch ms (below 1e11: seconds) or an ISO 8601 text. */
  readonly at?: number | string;
  /** The same under another name, where there is no `at`. */
  readonly timestamp?: number | string;
  /** Where the chat has one: a message imported once is not imported again. Default: made of the words, role and time. */
  readonly id?: string;
  /** From 0 to 1000, default 1. */
  readonly weight?: number;
}

/** One row of an action log, as it also stands in CSV. */
export interface ActionRow {
  /** Epoch ms (below 1e11: seconds) or an ISO 8601 text. */
  readonly timestamp: number | string;
  readonly user_id?: string;
  readonly action_type: string;
  readonly content: string;
  /** From 0 to 1000, default 1. */
  readonly weight?: number | string;
}

/** What `data.import` reads: an export, a list of rows or messages, each also as JSON text, or a log as CSV text. */
export type ImportSource = AttuneExport | readonly ChatMessage[] | readonly ActionRow[] | string;

/** Options of `data.import`. */
export interface ImportOptions {
  /** Of a chat transcript: which roles' messages count, and as what kind. Default `{ user: 'write' }`. */
  readonly roles?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What `data.import` took in. */
export interface ImportReport {
  readonly interactions: number;
  /** Already here, by id. */
  readonly duplicates: number;
  /** Rows left out (from 0, a header not counted; −1 for all that are off-limits) with the reason; the first 100. */
  readonly rejected: readonly { readonly row: number; readonly reason: string }[];
}

/** The person's rights over what is kept. */
export interface AttuneData {
  readonly consent: Consent;
  readonly privacy: PrivacyMode;
  readonly user: string;
  /** 'indexed-db' when interactions are kept on disk, else 'memory'. */
  readonly storage: 'indexed-db' | 'memory';
  /** Everything kept, as plain JSON data: see docs/export.md. */
  export(options?: { readonly signal?: AbortSignal }): Promise<AttuneExport>;
  /**
   * Takes in an export, an action log (CSV or rows with timestamp, user_id, action_type, content and weight), or the
   * newest 8 messages of a chat transcript, whose weight halves with every 6 h that they are older than the newest one.
   * See docs/export.md.
   */
  import(source: ImportSource, options?: ImportOptions): Promise<ImportReport>;
  /** Takes interactions back, as if they had never happened. `undo` brings them back while this tab remembers them. */
  forget(target: ForgetTarget): Promise<Forgetting>;
  /**
   * Brings back what a `forget` of this tab took, and resolves with how many. The last 20 can be had back, until an
   * erase, a refusal, a switch of user or the end of the page.
   */
  undo(token: string): Promise<number>;
  /** Everything gone, in every tab; can't be undone. The SDK stays usable, and empty. */
  erase(): Promise<void>;
  /** What the person answered. A refusal erases what was stored, here and in other tabs; remembering it is the site's. */
  setConsent(consent: Consent): Promise<void>;
  setPrivacy(privacy: PrivacyMode): Promise<void>;
  /**
   * Closes one user's log and opens another's: nothing of the one is visible to the other. What is tracked from this
   * call on is the other's. Consent stays as it is unless the other's own is given.
   */
  switchUser(user: string, options?: { readonly consent?: Consent }): Promise<void>;
  /** The newest interactions (of some kinds), newest first, with their items' titles. 'hide' is "less like this". */
  recent(limit?: number, options?: { readonly kinds?: readonly string[] }): Promise<readonly RecentInteraction[]>;
}

/** An interaction with its item's title, to show to the person. */
export type RecentInteraction = Interaction & { readonly title: string };

/** The export format, version 1. */
export interface AttuneExport {
  readonly format: 'attune-export';
  readonly version: 1;
  /** Epoch ms. */
  readonly exportedAt: number;
  readonly interactions: readonly Interaction[];
  readonly items: readonly ItemRecord[];
  /** Positions the person set, by slider id. */
  readonly sliders: Readonly<Record<string, number>>;
  /** What the person said they like, where they did; an import puts it in the place of what was said here. */
  readonly preferences?: readonly string[];
  /** What they said of their interests, if anything. */
  readonly interests?: InterestEdits;
}
