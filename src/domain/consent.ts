/**
 * Whether the person agreed to anything being stored. 'unknown', 'denied' and 'withdrawn' (agreed once, not any more)
 * work in memory and store nothing. Global Privacy Control turns 'unknown' into 'denied': only an explicit 'granted'
 * stores then. Attune keeps no record of a refusal: the answer is the site's to remember and to pass in.
 */
export type Consent = 'unknown' | 'granted' | 'denied' | 'withdrawn';

/** All of them, as options check them. */
export const CONSENTS: readonly Consent[] = ['unknown', 'granted', 'denied', 'withdrawn'];

/**
 * What an answer asks of the log: nothing; to `store` what memory holds; to `erase` what was stored and what is known;
 * to `erase-disk`, because an earlier grant may have left a log there, while memory goes on.
 */
export type ConsentEffect = 'none' | 'store' | 'erase' | 'erase-disk';

/** The state that an answer leads to, whatever the state before. */
export function consentOf(answer: Consent, globalPrivacyControl: boolean): Consent {
  return answer === 'unknown' && globalPrivacyControl ? 'denied' : answer;
}

/** A refusal given by the person, which also holds for what was stored before and for other tabs. */
export function isRefusal(answer: Consent): answer is 'denied' | 'withdrawn' {
  return answer === 'denied' || answer === 'withdrawn';
}

/** What follows when `before` is answered by `answer`. */
export function consentEffect(before: Consent, answer: Consent): ConsentEffect {
  if (answer === 'granted') return before === 'granted' ? 'none' : 'store';
  if (before === 'granted') return 'erase';
  return isRefusal(answer) ? 'erase-disk' : 'none';
}
