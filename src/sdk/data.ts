import { invalid } from '../errors.js';
import type { Positions } from './positions.js';
import type { AttuneData, Consent, PrivacyMode } from './types.js';
import { MODEL_CACHE } from '../encoder/lite-release.js';
import type { Log } from './log.js';
import { callOptions, oneOf } from './options.js';

/** What the person's rights act on. */
export interface DataParts {
  readonly log: () => Log;
  readonly user: string;
  readonly newId: () => string;
  readonly redact: (text: string) => string;
  readonly now: () => number;
  readonly consent: () => Consent;
  readonly privacy: () => PrivacyMode;
  readonly positions: Positions;
  /** Throws when closed. */
  readonly check: () => void;
  /** The log changed under the profile: learn it anew. */
  readonly relearn: () => Promise<void>;
  /** Nothing is known any more. */
  readonly reset: () => void;
  readonly changeConsent: (consent: Consent) => Promise<void>;
  readonly changePrivacy: (privacy: PrivacyMode) => Promise<void>;
}

export function createData(parts: DataParts): AttuneData {
  const { log, check } = parts;

  return {
    get consent() {
      return parts.consent();
    },
    get privacy() {
      return parts.privacy();
    },
    get storage() {
      return log().kind;
    },
    async export(options) {
      check();
      const { signal } = callOptions(options);
      signal?.throwIfAborted();
      return (await import('./rights.js')).exportAll(parts, signal);
    },
    async import(source, options) {
      check();
      const { signal } = callOptions(options);
      signal?.throwIfAborted();
      return (await import('./rights.js')).importAll(parts, source, signal);
    },
    async forget(interactionId) {
      check();
      if (typeof interactionId !== 'string') throw invalid('id', interactionId, 'Pass the id that `track` returned.');
      const removed = await log().remove(new Set([interactionId]));
      if (removed > 0) await parts.relearn();
      return removed > 0;
    },
    async erase() {
      check();
      await log().erase();
      parts.reset();
      await deleteModelCache();
    },
    async setConsent(consent) {
      check();
      await parts.changeConsent(oneOf('consent', consent, ['unknown', 'granted', 'denied']));
    },
    async setPrivacy(privacy) {
      check();
      await parts.changePrivacy(oneOf('privacy', privacy, ['device', 'session', 'off']));
    },
    async recent(limit = 20) {
      check();
      if (!Number.isInteger(limit) || limit < 0) throw invalid('limit', limit, 'It is a whole number of 0 or more.');
      return (await import('./rights.js')).readRecent(parts, limit);
    },
  };
}

async function deleteModelCache(): Promise<void> {
  try {
    await globalThis.caches?.delete(MODEL_CACHE);
  } catch {
    // A browser that refuses the Cache API kept nothing in it.
  }
}
