import { describe, expect, test } from 'vitest';
import { foretold, obstacle, readUpgrade, spend, type Surroundings, TOO_DEAR_MS } from '../../src/domain/upgrade.js';
import { DAY, START } from '../one-hot.js';

const good: Surroundings = {
  onDisk: true,
  hasTexts: true,
  hasTopics: false,
  saveData: false,
  effectiveType: '4g',
  deviceMemoryGb: 8,
};

describe('what speaks against a better encoder', () => {
  test('is nothing on a good device, nor where the browser tells nothing', () => {
    expect(obstacle(good)).toBeUndefined();
    const silent = { saveData: undefined, effectiveType: undefined, deviceMemoryGb: undefined };
    expect(obstacle({ ...good, ...silent })).toBeUndefined();
  });

  test.each([
    [{ onDisk: false }, /kept on this device/],
    [{ hasTexts: false }, /texts/],
    [{ hasTopics: true }, /off-limits/],
    [{ saveData: true }, /save data/],
    [{ effectiveType: '3g' }, /slow \(3g\)/],
    [{ deviceMemoryGb: 2 }, /2 GB/],
  ])('%o is told', (change, reason) => {
    expect(obstacle({ ...good, ...change })).toMatch(reason);
  });
});

test('what a sample of texts costs foretells others in proportion, long ones as well', () => {
  const sample = { ms: 100, texts: 10, characters: 440 }; // 0.1 ms for each of 1000: 10 × 56 and 440
  expect(foretold(sample, 10, 440)).toBeCloseTo(100, 9);
  expect(foretold(sample, 1000, 44_000)).toBeCloseTo(10_000, 6);
  expect(foretold(sample, 10, 1440)).toBeCloseTo(200, 9);
  expect(foretold({ ms: 0, texts: 0, characters: 0 }, 10, 440)).toBe(0);
});

describe('a record', () => {
  const record = { modelVersion: 'big', day: Math.floor(START / DAY), spentMs: 5000 };

  test('counts what is spent within a day, and begins each day at nothing', () => {
    const more = spend(record, 1000, START);
    expect(more.spentMs).toBe(6000);
    expect(spend(more, 10, START + DAY)).toEqual({ ...more, day: more.day + 1, spentMs: 10 });
    expect(readUpgrade(more, 'big', START)).toEqual(more);
    expect(readUpgrade(more, 'big', START + DAY).spentMs).toBe(0);
  });

  test('of another encoder tells of the day only', () => {
    const stored = { ...record, isDone: true, refusedUntil: START + 1 };
    expect(readUpgrade(stored, 'big', START)).toEqual(stored);
    expect(readUpgrade(stored, 'other', START)).toEqual({ ...record, modelVersion: 'other' });
  });

  test('is a refusal until its time, and not after the clock was set back for long', () => {
    const stored = { ...record, refusedUntil: START + TOO_DEAR_MS };
    expect(readUpgrade(stored, 'big', START).refusedUntil).toBe(stored.refusedUntil);
    expect(readUpgrade(stored, 'big', START + TOO_DEAR_MS).refusedUntil).toBeUndefined();
    expect(readUpgrade(stored, 'big', START - DAY).refusedUntil).toBeUndefined();
  });

  test.each([undefined, null, 'x', 7, {}, { modelVersion: 'big', day: 'x', spentMs: NaN, refusedUntil: 'y' }])(
    'that is none (%o) is a fresh one',
    (stored) => {
      expect(readUpgrade(stored, 'big', START)).toEqual({ ...record, spentMs: 0 });
    },
  );
});
