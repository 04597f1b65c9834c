import type { Consent } from '../domain/consent.js';
import type { InterestEdits } from '../domain/interest-edits.js';
import type { Interaction } from '../domain/interaction.js';
import type { ItemRecord } from '../domain/item.js';
import type { Log } from './log.js';
import type { PrivacyMode } from './rights-types.js';

export type Place = 'disk' | 'memory';

/** How things stand: whose log it is, where it lies, and what the person agreed to. */
export interface Standing {
  user: string;
  /** What the person answered, or the site says they did. */
  answer: Consent;
  /** Epoch ms of that answer. */
  answeredAt: number;
  /** What the answer comes to. */
  consent: Consent;
  privacy: PrivacyMode;
  log: Log;
  /** Where the log does lie: while privacy is 'off' it stays where it was. */
  lies: Place;
  /** Whether the log holds what only a session may know. */
  hadSession: boolean;
  /** Resolves once what was stored is learned. */
  opened: Promise<void>;
  /** What was forgotten and can be had back, by token. */
  readonly forgotten: Map<string, Forgotten>;
  /** Texts under way that belong to no item, so that no forgetting would find what is kept of them: nothing is. */
  readonly passing: Set<string>;
  /** What ends with the Attune: timers, and looking at the page. */
  readonly ends: Set<() => void>;
}

/** Interactions taken out of the log, with their items. */
interface Forgotten {
  readonly interactions: readonly Interaction[];
  readonly items: readonly ItemRecord[];
  /** What the person had said of their interests, where that names some of the items. */
  readonly edits: InterestEdits;
}

/** Where the log has to lie. */
export function placeOf({ consent, privacy }: { consent: Consent; privacy: PrivacyMode }): Place {
  return consent === 'granted' && privacy === 'device' ? 'disk' : 'memory';
}
