import { invalid } from '../errors.js';
import type { Interaction } from '../domain/interaction.js';
import { byTime } from '../domain/interaction.js';
import type { AttuneData, AttuneExport, Consent, ImportReport, PrivacyMode } from './types.js';
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
  readonly overrides: Map<string, number>;
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
  const { log, overrides, check } = parts;

  async function interactions(): Promise<Interaction[]> {
    await log().flush();
    return (await log().read(0)).flatMap((batch) => batch.interactions);
  }

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
      const [all, items] = await Promise.all([interactions(), log().items()]);
      signal?.throwIfAborted();
      return {
        format: 'attune-export',
        version: 1,
        exportedAt: parts.now(),
        interactions: all.sort(byTime),
        items,
        sliders: Object.fromEntries(overrides),
      } satisfies AttuneExport;
    },
    async import(source, options): Promise<ImportReport> {
      check();
      const { signal } = callOptions(options);
      signal?.throwIfAborted();
      const { parseImport } = await import('./import.js');
      const parsed = parseImport(source, parts.user, parts.newId, parts.redact, parts.now());
      const known = new Set((await interactions()).map(({ id }) => id));
      signal?.throwIfAborted(); // from here on it goes in whole
      const fresh = parsed.interactions.filter(({ id }) => !known.has(id) && known.add(id));
      if (fresh.length > 0) await log().append(fresh, parsed.items);
      for (const [id, position] of Object.entries(parsed.sliders)) overrides.set(id, position);
      await log().setValue('sliders', Object.fromEntries(overrides));
      await parts.relearn();
      return {
        interactions: fresh.length,
        duplicates: parsed.interactions.length - fresh.length,
        rejected: parsed.rejected,
      };
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
      const newest = (await interactions()).sort(byTime).reverse().slice(0, limit);
      const items = await log().items([...new Set(newest.map(({ itemId }) => itemId))]);
      const titles = new Map(items.map(({ id, title }) => [id, title]));
      return newest.map((interaction) => ({
        ...interaction,
        title: titles.get(interaction.itemId) ?? interaction.itemId,
      }));
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
