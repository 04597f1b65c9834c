import { afterEach, describe, expect, test } from 'vitest';
import type { Attune, AttuneOptions, ContextRule, ScoreContext } from 'attune';
import '../allclose.js';
import { normalCdf } from '../../src/core/special.js';
import { contextWeights } from '../../src/domain/context.js';
import { HOUR, openSongs, SONGS, song, type Song, TestClock } from '../one-hot.js';

const opened: Attune<Song>[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
});

const options: Partial<AttuneOptions<Song>> = {
  sliders: [{ id: 'jazzy', text: 'jazz' }],
  segments: { shy: { userToSlider: 0, recency: 2 }, shunned: { userItem: -2 } },
  contextRules: [
    { weekdays: [0, 6], factors: { recency: 3 } },
    { hours: [22, 6], factors: { userToSlider: 2 } },
    { device: 'phone', factors: { userItem: 0.5 } },
    { weekdays: [6], hours: [9, 17], device: 'phone', factors: { itemToSlider: 4 } },
    { device: 'shared screen', factors: { userToSlider: -1, userItem: -1 } },
  ],
};

/** Each context with the weights it makes of 0.35, 0.20, 0.30 and 0.15, before they are brought to sum 1. */
const CASES: readonly (readonly [string, ScoreContext, readonly number[]])[] = [
  ['nothing', {}, [0.35, 0.2, 0.3, 0.15]],
  ['a segment', { segment: 'shy' }, [0, 0.2, 0.3, 0.3]],
  ['a segment with a negative factor', { segment: 'shunned' }, [0.35, 0.2, 0, 0.15]],
  ['working hours', { isWorkHours: true }, [0.35, 0.25, 0.3, 0.15]],
  ['leisure', { isWorkHours: false }, [0.35, 0.2, 0.3, 0.15]],
  ['a boosted userToSlider', { boostFeature: 'userToSlider' }, [0.525, 0.2, 0.3, 0.15]],
  ['a boosted itemToSlider', { boostFeature: 'itemToSlider' }, [0.35, 0.3, 0.3, 0.15]],
  ['a boosted userItem', { boostFeature: 'userItem' }, [0.35, 0.2, 0.45, 0.15]],
  ['a boosted recency', { boostFeature: 'recency' }, [0.35, 0.2, 0.3, 0.225]],
  ['a Sunday', { weekday: 0 }, [0.35, 0.2, 0.3, 0.45]],
  ['a Monday', { weekday: 1 }, [0.35, 0.2, 0.3, 0.15]],
  ['before midnight', { hour: 22 }, [0.7, 0.2, 0.3, 0.15]],
  ['after midnight', { hour: 5.99 }, [0.7, 0.2, 0.3, 0.15]],
  ['the morning', { hour: 6 }, [0.35, 0.2, 0.3, 0.15]],
  ['a phone', { device: 'phone' }, [0.35, 0.2, 0.15, 0.15]],
  ['another device', { device: 'desk' }, [0.35, 0.2, 0.3, 0.15]],
  ['a shared screen', { device: 'shared screen' }, [0, 0.2, 0, 0.15]],
  ['a phone on Saturday at nine', { weekday: 6, hour: 9, device: 'phone' }, [0.35, 0.8, 0.15, 0.45]],
  ['a phone on Saturday at five', { weekday: 6, hour: 17, device: 'phone' }, [0.35, 0.2, 0.15, 0.45]],
  [
    'all of them',
    { segment: 'shy', isWorkHours: true, boostFeature: 'itemToSlider', weekday: 6, hour: 9.5, device: 'phone' },
    [0, 0.2 * 1.25 * 1.5 * 4, 0.15, 0.9],
  ],
];

/** Σ w f with the weights brought to sum 1. */
function rawOf(weights: readonly number[], features: readonly number[]): number {
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.reduce((sum, w, i) => sum + (w / total) * features[i]!, 0);
}

describe('score() in a context, with one-hot embeddings', () => {
  test.each(CASES)('of %s', async (_, context, weights) => {
    const clock = new TestClock();
    const attune = await openSongs({ ...options, standardize: false, now: clock.now });
    opened.push(attune);
    attune.track('save', song('jazz rock'));
    await attune.flush();
    clock.time += 12 * HOUR;
    const [jazzy] = await attune.score(song('jazz sea'), { context });
    // u = (1, 1)/√2 on jazz and rock, i = (1, 1)/√2 on jazz and sea; half of recency is left after 12 h
    expect(jazzy!.raw).toBeAllclose(rawOf(weights, [Math.SQRT1_2, Math.SQRT1_2, 0.5, 0.5]), { rtol: 1e-6 });
  });

  test.each(CASES)('of %s, standardized', async (_, context, weights) => {
    const attune = await openSongs(options);
    opened.push(attune);
    await attune.rank(SONGS);
    attune.track('save', song('jazz'));
    await attune.flush();
    // eight one-hot items: mean 1/8, variance 7/64 along an axis; prior mean 0, variance 1/8; share 8/58
    const share = 8 / 58;
    const [mean, sd] = [share / 8, Math.sqrt((share * 7) / 64 + (1 - share) / 8)];
    const [at1, at0] = [(1 - mean) / (3 * sd), (0 - mean) / (3 * sd)];
    const raws = await Promise.all(['jazz', 'rock'].map((title) => attune.score(song(title), { context })));
    expect(raws.map(([jazzy]) => jazzy!.raw)).toBeAllclose(
      [rawOf(weights, [at1, at1, at1, 1]), rawOf(weights, [at1, at0, at0, 1])],
      { rtol: 1e-6 },
    );
  });
});

test('the inferred position is (2Φ((u·s − μ)/σ) − 1) · E/(E + 5)', async () => {
  const attune = await openSongs(options);
  opened.push(attune);
  await attune.rank(SONGS);
  attune.track('save', song('jazz')); // evidence 3
  await attune.flush();
  const share = 8 / 58;
  const [mean, sd] = [share / 8, Math.sqrt((share * 7) / 64 + (1 - share) / 8)];
  const [jazzy] = attune.profile().sliders;
  expect(jazzy!.inferred).toBeAllclose((2 * normalCdf((1 - mean) / sd) - 1) * (3 / 8), { rtol: 1e-6 });
});

describe('a context is refused', () => {
  test.each([
    ['on an eighth day', { weekday: 7 }],
    ['on half a day', { weekday: 0.5 }],
    ['on a day by name', { weekday: 'Sunday' }],
    ['at 24', { hour: 24 }],
    ['before midnight began', { hour: -1 }],
    ['at no hour', { hour: NaN }],
    ['on a device without a name', { device: '' }],
    ['on a device that is no name', { device: 7 }],
    ['when nothing is left of any weight', { device: 'off' }],
    ['when a weight is beyond all numbers', { device: 'huge' }],
  ])('%s', (_, context) => {
    const rules: ContextRule[] = [
      { device: 'off', factors: { userToSlider: 0, itemToSlider: 0, userItem: -1, recency: 0 } },
      { device: 'huge', factors: { userItem: 1e308 } },
      { device: 'huge', factors: { userItem: 1e308 } },
    ];
    expect(() => contextWeights(context as never, {}, rules)).toThrow(
      expect.objectContaining({ code: 'input/invalid' }),
    );
  });
});

describe('a context rule is refused', () => {
  test.each([
    ['that is no list', {}],
    ['that is none', [null]],
    ['without a condition', [{ factors: {} }]],
    ['without factors', [{ device: 'phone' }]],
    ['with a factor of nothing known', [{ device: 'phone', factors: { mood: 2 } }]],
    ['with a factor that is no number', [{ device: 'phone', factors: { recency: '2' } }]],
    ['of no weekday', [{ weekdays: [], factors: {} }]],
    ['of an eighth weekday', [{ weekdays: [7], factors: {} }]],
    ['of one hour', [{ hours: [9], factors: {} }]],
    ['of no hours', [{ hours: [9, 9], factors: {} }]],
    ['of hours that are none', [{ hours: [9, 24], factors: {} }]],
    ['of a device without a name', [{ device: '', factors: {} }]],
  ])('%s', async (_, contextRules) => {
    await expect(openSongs({ contextRules } as never)).rejects.toMatchObject({ code: 'input/invalid' });
  });
});
