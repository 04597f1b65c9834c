import { consentEffect, consentOf, CONSENTS, isRefusal } from '../domain/consent.js';
import { invalid } from '../errors.js';
import type { Encrypt } from '../domain/ports.js';
import type { TabNote } from '../storage/tabs.js';
import type { MoveParts } from './consent.js';
import type { Intake } from './intake.js';
import type { Model } from './model.js';
import type { ItemTexts } from './texts.js';
import { callOptions, globalPrivacyControl, objectOf, oneOf, userKey } from './options.js';
import { placeOf } from './standing.js';
import type { AttuneData } from './rights-types.js';

/** What the person's rights act on. */
export interface DataParts extends MoveParts {
  readonly intake: Intake<never>;
  readonly model: Model;
  readonly texts: ItemTexts;
  /** Tells the other tabs of this user. */
  readonly tell: (note: TabNote) => void;
  readonly encrypt: Encrypt;
  readonly redact: (text: string) => string;
  readonly now: () => number;
  /** Whether the store is the site's own, which is one user's. */
  readonly isGiven: boolean;
  /** Throws when closed. */
  readonly check: () => void;
  /** Nothing is known any more. */
  readonly reset: () => void;
}

/** What is asked here holds at once; the log follows in its turn, by code loaded apart from the page's first. */
export function createData(parts: DataParts): AttuneData {
  const { standing, intake, check, now, tell } = parts;
  const rights = (): Promise<typeof import('./rights.js')> => import('./rights.js');
  const moves = (): Promise<typeof import('./consent.js')> => import('./consent.js');

  return {
    get consent() {
      return standing.consent;
    },
    get privacy() {
      return standing.privacy;
    },
    get user() {
      return standing.user;
    },
    get storage() {
      return standing.log.kind;
    },
    async export(options) {
      check();
      const { signal } = callOptions(options);
      signal?.throwIfAborted();
      return intake.inTurn(async () => (await rights()).exportAll(parts, signal));
    },
    async import(source, given) {
      check();
      const options = callOptions(given);
      options.signal?.throwIfAborted();
      return intake.inTurn(async () => (await rights()).importAll(parts, source, options));
    },
    async forget(target) {
      check();
      await intake.understood();
      return intake.inTurn(async () => (await rights()).forget(parts, target));
    },
    async undo(token) {
      check();
      return intake.inTurn(async () => (await rights()).undo(parts, token));
    },
    async erase() {
      check();
      intake.drop();
      await intake.inTurn(async () => {
        standing.forgotten.clear();
        await standing.log.erase();
        parts.reset();
        tell({ type: 'erased' });
        await (await moves()).deleteModelCache();
      }, true);
    },
    async setConsent(answer) {
      check();
      const effect = consentEffect(standing.consent, oneOf('consent', answer, CONSENTS));
      standing.answer = answer;
      standing.answeredAt = now();
      standing.consent = consentOf(answer, globalPrivacyControl());
      const place = placeOf(standing);
      if (effect === 'erase') intake.drop();
      if (isRefusal(answer)) tell({ type: 'refused', consent: answer, at: Infinity });
      await intake.inTurn(async (release) => (await moves()).obeyConsent(parts, effect, place, release), true);
    },
    async setPrivacy(privacy) {
      check();
      const before = standing.privacy;
      standing.privacy = oneOf('privacy', privacy, ['device', 'session', 'off']);
      if (privacy === before) return;
      const place = placeOf(standing);
      if (before === 'session') intake.drop();
      await intake.inTurn(async (release) => (await moves()).obeyPrivacy(parts, privacy, place, release), true);
    },
    async switchUser(user, options) {
      check();
      userKey(user);
      if (parts.isGiven) throw invalid('user', user, 'A `store` of your own is one user’s: make another Attune.');
      const { consent: answer } = options === undefined ? {} : objectOf('options', options);
      if (answer !== undefined) {
        standing.answer = oneOf('consent', answer, CONSENTS);
        standing.answeredAt = now();
        standing.consent = consentOf(answer, globalPrivacyControl());
      }
      const place = placeOf(standing);
      const refused = answer !== undefined && isRefusal(answer);
      const switched = intake.inTurn(
        async (release) => (await moves()).obeyUser(parts, user, refused, place, release),
        true,
      );
      standing.opened = switched.catch(() => undefined);
      await switched;
    },
    async recent(...given) {
      check();
      return intake.inTurn(async () => (await rights()).readRecent(parts, ...given));
    },
  };
}
