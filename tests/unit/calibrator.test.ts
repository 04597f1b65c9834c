import { describe, expect, test } from 'vitest';
import { type Calibrator, checkCalibrator, isBound } from '../../src/domain/calibrator.js';
import { checkOutcome, type Outcome } from '../../src/domain/outcome.js';

const invalid = expect.objectContaining({ name: 'AttuneError', code: 'input/invalid' });

describe('an outcome', () => {
  const sound = { score: 0.2, y: 1 as const, at: 5 };

  test('is taken with its score, its truth, its time and its weight, and nothing else', () => {
    expect(checkOutcome(sound)).toEqual(sound);
    expect(checkOutcome({ ...sound, weight: 2, text: 'secret' } as Outcome)).toEqual({ ...sound, weight: 2 });
  });

  test.each([
    ['no object', null],
    ['a score that is no number', { ...sound, score: NaN }],
    ['an infinite score', { ...sound, score: -Infinity }],
    ['a score beyond any score', { ...sound, score: 1e300 }],
    ['a score in text', { ...sound, score: '0.2' }],
    ['a truth between 0 and 1', { ...sound, y: 0.5 }],
    ['a truth in words', { ...sound, y: true }],
    ['no time', { ...sound, at: NaN }],
    ['a weight of 0', { ...sound, weight: 0 }],
    ['a weight that is no number', { ...sound, weight: NaN }],
    ['a weight that would be the fit', { ...sound, weight: 1e9 }],
  ])('is refused with %s', (_, value) => {
    expect(() => checkOutcome(value as Outcome)).toThrow(invalid);
  });
});

describe('a calibrator', () => {
  const versions = { model: 'm', slider: 's', statistics: 'plain' };
  const curve = { kind: 'platt', slope: 1, centre: 0, intercept: 0 } as const;
  const sound: Calibrator = { versions, curve, outcomes: 100, fittedAt: 5 };

  test('is bound to one model, one slider and one set of statistics', () => {
    expect(isBound(sound, { ...versions })).toBe(true);
    for (const name of ['model', 'slider', 'statistics']) {
      expect(isBound(sound, { ...versions, [name]: 'other' })).toBe(false);
    }
  });

  test.each([
    ['platt', curve],
    ['temperature', { kind: 'temperature', temperature: 2 }],
    ['isotonic', { kind: 'isotonic', scores: [1, 2], probabilities: [0.1, 0.2] }],
  ])('with a sound %s curve is taken', (_, curve) => {
    expect(() => checkCalibrator({ ...sound, curve } as Calibrator)).not.toThrow();
  });

  test.each([
    ['nothing', undefined],
    ['no versions', { curve }],
    ['no curve', { versions }],
    ['a curve of another kind', { versions, curve: { kind: 'spline' } }],
    ['a slope that is no number', { versions, curve: { ...curve, slope: NaN } }],
    ['a temperature of 0', { versions, curve: { kind: 'temperature', temperature: 0 } }],
    ['a probability above 1', { versions, curve: { kind: 'isotonic', scores: [1], probabilities: [1.5] } }],
    ['probabilities that fall', { versions, curve: { kind: 'isotonic', scores: [1, 2], probabilities: [0.5, 0.4] } }],
    ['scores without probabilities', { versions, curve: { kind: 'isotonic', scores: [1], probabilities: [] } }],
    ['lists that are none', { versions, curve: { kind: 'isotonic', scores: '12', probabilities: '00' } }],
  ])('with %s is refused', (_, value) => {
    expect(() => checkCalibrator(value as Calibrator)).toThrow(invalid);
  });
});
