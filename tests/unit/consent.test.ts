import { describe, expect, test } from 'vitest';
import {
  type Consent,
  consentEffect,
  type ConsentEffect,
  consentOf,
  CONSENTS,
  isRefusal,
} from '../../src/domain/consent.js';

/** Every transition, once: what is answered, and what the log has to do. */
const transitions: readonly (readonly [Consent, Consent, ConsentEffect])[] = [
  ['unknown', 'unknown', 'none'],
  ['unknown', 'granted', 'store'],
  ['unknown', 'denied', 'erase-disk'],
  ['unknown', 'withdrawn', 'erase-disk'],
  ['granted', 'unknown', 'erase'],
  ['granted', 'granted', 'none'],
  ['granted', 'denied', 'erase'],
  ['granted', 'withdrawn', 'erase'],
  ['denied', 'unknown', 'none'],
  ['denied', 'granted', 'store'],
  ['denied', 'denied', 'erase-disk'],
  ['denied', 'withdrawn', 'erase-disk'],
  ['withdrawn', 'unknown', 'none'],
  ['withdrawn', 'granted', 'store'],
  ['withdrawn', 'denied', 'erase-disk'],
  ['withdrawn', 'withdrawn', 'erase-disk'],
];

describe('consent', () => {
  test.each(transitions)('from %s, answered %s: %s', (before, answer, effect) => {
    expect(consentEffect(before, answer)).toBe(effect);
    expect(consentOf(answer, false)).toBe(answer);
  });

  test('has no transition without a test', () => {
    expect(new Set(transitions.map(([before, answer]) => `${before} ${answer}`)).size).toBe(CONSENTS.length ** 2);
  });

  test('unanswered counts as denied under Global Privacy Control, and an explicit answer stands', () => {
    expect(CONSENTS.map((answer) => consentOf(answer, true))).toEqual(['denied', 'granted', 'denied', 'withdrawn']);
  });

  test('denied and withdrawn are refusals', () => {
    expect(CONSENTS.filter(isRefusal)).toEqual(['denied', 'withdrawn']);
  });
});
