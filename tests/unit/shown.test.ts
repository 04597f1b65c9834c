import { describe, expect, test } from 'vitest';
import { BASE_WEIGHTS } from '../../src/domain/features.js';
import type { Interaction } from '../../src/domain/interaction.js';
import { scoreFeatures } from '../../src/domain/score.js';
import { notedScore, noteScores, rounded } from '../../src/domain/shown.js';
import { START } from '../one-hot.js';

const versions = { model: 'm', slider: 'v', statistics: 'catalogue' };
const features = { userToSlider: 1, itemToSlider: 0.5, userItem: -0.25, recency: 0.5 };
const plain = scoreFeatures('pace', features, BASE_WEIGHTS, versions);

const noted = (metadata: NonNullable<Interaction['metadata']>): Interaction => ({
  ...{ id: 'i', kind: 'impression', itemId: 'a', at: START, weight: 0 },
  metadata,
});

describe('the raw scores noted of an item', () => {
  test('are flat data that names what they hold for', () => {
    expect(noteScores([plain])).toEqual({
      ...{ model: 'm', statistics: 'catalogue' },
      ...{ 'raw:pace': 0.45, 'version:pace': 'v' },
    });
    const sure = { ...plain, probability: 0.123456789, calibration: 'platt' } as const;
    expect(noteScores([sure])).toMatchObject({ 'probability:pace': 0.123457 });
    expect(noteScores([])).toEqual({});
    expect(rounded(-1 / 3)).toBe(-0.333333);
  });

  test('are read back under the very versions they were made under, and under no other', () => {
    const event = noted(noteScores([plain]));
    expect(notedScore(event, 'pace', versions)).toBe(0.45);
    for (const name of ['model', 'slider', 'statistics']) {
      expect(notedScore(event, 'pace', { ...versions, [name]: 'other' })).toBeUndefined();
    }
    expect(notedScore(event, 'other', versions)).toBeUndefined();
  });

  test('are none where another program wrote none, or no number', () => {
    const { metadata: _, ...bare } = noted({});
    expect(notedScore(bare, 'pace', versions)).toBeUndefined();
    const odd = noted({ ...noteScores([plain]), 'raw:pace': '0.45' });
    expect(notedScore(odd, 'pace', versions)).toBeUndefined();
    expect(notedScore(noted({ ...noteScores([plain]), 'raw:pace': Infinity }), 'pace', versions)).toBeUndefined();
  });
});
