import { describe, expect, test } from 'vitest';
import { observeOutcome, startCalibration } from 'attune/core';
import type { Calibrator } from 'attune';
import '../allclose.js';
import { BASE_WEIGHTS, type FeatureWeights } from '../../src/domain/features.js';
import { contextWeights } from '../../src/domain/context.js';
import { recency, scoreFeatures } from '../../src/domain/score.js';
import { HOUR, openSongs, SONGS, song, START, TestClock } from '../one-hot.js';

const features = { userToSlider: 1, itemToSlider: 0.5, userItem: -0.25, recency: 0.5 };
const versions = { model: 'm', slider: 's', statistics: 'plain' };

function inOrder({ userToSlider, itemToSlider, userItem, recency: last }: FeatureWeights): number[] {
  return [userToSlider, itemToSlider, userItem, last];
}

test('the base weights are 0.35, 0.20, 0.30 and 0.15', () => {
  expect(inOrder(BASE_WEIGHTS)).toEqual([0.35, 0.2, 0.3, 0.15]);
  expect(inOrder(contextWeights({}, {}))).toBeAllclose([0.35, 0.2, 0.3, 0.15], { rtol: 1e-12 });
});

describe('the weights in a context', () => {
  test('are multiplied by 1.25 on itemToSlider at work, and renormalized', () => {
    const expected = [0.35, 0.25, 0.3, 0.15].map((w) => w / 1.05);
    expect(inOrder(contextWeights({ isWorkHours: true }, {}))).toBeAllclose(expected, { rtol: 1e-12 });
    expect(contextWeights({ isWorkHours: false }, {})).toEqual(contextWeights({}, {}));
  });

  test.each([
    ['userToSlider', [0.525, 0.2, 0.3, 0.15], 1.175],
    ['itemToSlider', [0.35, 0.3, 0.3, 0.15], 1.1],
    ['userItem', [0.35, 0.2, 0.45, 0.15], 1.15],
    ['recency', [0.35, 0.2, 0.3, 0.225], 1.075],
  ] as const)('are multiplied by 1.5 on a boosted %s, and renormalized', (boostFeature, weights, total) => {
    expect(inOrder(contextWeights({ boostFeature }, {}))).toBeAllclose(
      weights.map((w) => w / total),
      { rtol: 1e-12 },
    );
  });

  test('are multiplied by a segment’s factors, feature by feature', () => {
    const segments = { night: { userToSlider: 2, recency: 0 }, day: { userItem: 9 } };
    const expected = [0.7, 0.2, 0.3, 0].map((w) => w / 1.2);
    expect(inOrder(contextWeights({ segment: 'night' }, segments))).toBeAllclose(expected, { rtol: 1e-12 });
  });

  test('take segment, working hours and boost together', () => {
    const context = { segment: 'night', isWorkHours: true, boostFeature: 'itemToSlider' } as const;
    const expected = [0.35, 0.2 * 2 * 1.25 * 1.5, 0.3, 0.15].map((w) => w / 1.55);
    expect(inOrder(contextWeights(context, { night: { itemToSlider: 2 } }))).toBeAllclose(expected, { rtol: 1e-12 });
  });

  test('are clamped to 0 where a factor is negative', () => {
    const expected = [0.35, 0.2, 0, 0.15].map((w) => w / 0.7);
    const x = { userItem: -4 };
    expect(inOrder(contextWeights({ segment: 'x' }, { x }))).toBeAllclose(expected, { rtol: 1e-12 });
    const twice = contextWeights({ segment: 'x', device: 'tv' }, { x }, [{ device: 'tv', factors: x }]);
    expect(inOrder(twice)).toBeAllclose(expected, { rtol: 1e-12 });
  });

  test('sum to 1', () => {
    const weights = contextWeights({ segment: 'x', isWorkHours: true }, { x: { userItem: 7, recency: -1 } });
    expect(inOrder(weights).reduce((sum, w) => sum + w, 0)).toBeAllclose(1, { rtol: 1e-12 });
  });

  const none = { userToSlider: 0, itemToSlider: -1, userItem: 0, recency: 0 };
  test.each([
    ['all weights are 0', { segment: 'x' }, { x: none }],
    ['the segment is unknown', { segment: 'y' }, { x: {} }],
    ['the segment is a name of Object.prototype', { segment: 'constructor' }, {}],
    ['the boosted feature is unknown', { boostFeature: '__proto__' }, {}],
    ['a factor is NaN', { segment: 'x' }, { x: { recency: NaN } }],
    ['a factor is a string', { segment: 'x' }, { x: { recency: '2' } }],
  ])('are refused when %s', (_, context, segments) => {
    const read = (): unknown => contextWeights(context as never, segments as never);
    expect(read).toThrow(expect.objectContaining({ name: 'AttuneError', code: 'input/invalid' }));
  });
});

test('raw is the sum of weight × feature, and its contributions sum to it', () => {
  const { raw, contributions } = scoreFeatures('pace', features, BASE_WEIGHTS, versions);
  expect(raw).toBeAllclose(0.35 + 0.1 - 0.075 + 0.075, { rtol: 1e-12 });
  expect(inOrder(contributions)).toBeAllclose([0.35, 0.1, -0.075, 0.075], { rtol: 1e-12 });
  expect(inOrder(contributions).reduce((sum, part) => sum + part, 0)).toBeAllclose(raw, { atol: 1e-15 });
});

test('without a calibrator the probability is sigmoid(raw), and says so', () => {
  const { probability, calibration } = scoreFeatures('pace', features, BASE_WEIGHTS, versions);
  expect(probability).toBeAllclose(1 / (1 + Math.exp(-0.45)), { rtol: 1e-12 });
  expect(calibration).toBe('none');
});

test('recency halves every 12 hours, is 0 without interactions and 1 when the clock was set back', () => {
  expect([0, 12, 24].map((h) => recency(START, START + h * HOUR))).toEqual([1, 0.5, 0.25]);
  expect([recency(-Infinity, START), recency(START, START - HOUR)]).toEqual([0, 1]);
});

describe('score() with one-hot embeddings and standardize off', () => {
  const sliders = [
    { id: 'jazzy', text: 'jazz' },
    { id: 'pace', low: 'calm', high: 'wild' },
  ];
  const plain = { standardize: false, sliders };

  test('is 0 everywhere but itemToSlider for a newcomer', async () => {
    const attune = await openSongs(plain);
    const [jazzy] = await attune.score(song('jazz'));
    expect(jazzy!.features).toEqual({ userToSlider: 0, itemToSlider: 1, userItem: 0, recency: 0 });
    expect(jazzy!.raw).toBeAllclose(0.2, { rtol: 1e-6 });
    await attune.close();
  });

  test('adds up to 1 when person, item and slider are one and the action is now', async () => {
    const attune = await openSongs(plain);
    attune.track('save', song('jazz'));
    await attune.flush();
    const [jazzy] = await attune.score(song('jazz'));
    expect(jazzy!.features).toEqual({ userToSlider: 1, itemToSlider: 1, userItem: 1, recency: 1 });
    expect(jazzy!.raw).toBeAllclose(1, { rtol: 1e-6 });
    const [other] = await attune.score(song('rock'));
    expect(other!.raw).toBeAllclose(0.35 + 0.15, { rtol: 1e-6 });
    await attune.close();
  });

  test('puts an axis of two poles at their normalized difference', async () => {
    const attune = await openSongs(plain);
    attune.track('save', song('wild'));
    await attune.flush();
    const raw = async (word: string): Promise<number> => (await attune.score(song(word)))[1]!.raw;
    const half = Math.SQRT1_2;
    expect(await raw('wild')).toBeAllclose(0.35 * half + 0.2 * half + 0.3 + 0.15, { rtol: 1e-6 });
    expect(await raw('calm')).toBeAllclose(0.35 * half - 0.2 * half + 0.15, { rtol: 1e-6 });
    await attune.close();
  });

  test('lets only recency fade with time', async () => {
    const clock = new TestClock();
    const attune = await openSongs({ ...plain, now: clock.now });
    attune.track('save', song('jazz'));
    await attune.flush();
    clock.time += 12 * HOUR;
    const [jazzy] = await attune.score(song('jazz'));
    expect(jazzy!.raw).toBeAllclose(0.35 + 0.2 + 0.3 + 0.075, { rtol: 1e-6 });
    await attune.close();
  });

  test('takes a context’s weights', async () => {
    const attune = await openSongs({ ...plain, segments: { shy: { userToSlider: 0 } } });
    attune.track('save', song('rock'));
    await attune.flush();
    const [jazzy] = await attune.score(song('jazz'), { context: { segment: 'shy', isWorkHours: true } });
    expect(jazzy!.raw).toBeAllclose((0.25 * 1 + 0.15 * 1) / (0.25 + 0.3 + 0.15), { rtol: 1e-6 });
    await attune.close();
  });

  test('of a text nobody understands rests on the person alone', async () => {
    const attune = await openSongs(plain);
    attune.track('save', song('jazz'));
    await attune.flush();
    const [jazzy] = await attune.score({ id: 'x', title: 'qwertz' });
    expect(jazzy!.features).toEqual({ userToSlider: 1, itemToSlider: 0, userItem: 0, recency: 1 });
    await attune.close();
  });
});

test('score() standardizes every cosine by the catalogue along its own direction, and leaves recency alone', async () => {
  const attune = await openSongs({ sliders: [{ id: 'jazzy', text: 'jazz' }] });
  await attune.rank(SONGS);
  attune.track('save', song('jazz'));
  await attune.flush();
  const [jazzy] = await attune.score(song('jazz'));
  // eight one-hot items: mean 1/8, variance 7/64 along an axis; prior mean 0, variance 1/8; share 8/58
  const share = 8 / 58;
  const [mean, sd] = [share / 8, Math.sqrt((share * 7) / 64 + (1 - share) / 8)];
  const standardized = (1 - mean) / (3 * sd);
  expect(inOrder(jazzy!.features)).toBeAllclose([standardized, standardized, standardized, 1], { rtol: 1e-6 });
  await attune.close();
});

describe('score() with calibrators', () => {
  const options = { standardize: false, sliders: [{ id: 'jazzy', text: 'jazz' }] };
  const curve = { kind: 'platt', slope: 2, centre: 0.2, intercept: -1 } as const;

  test('gives the probability of the one bound to its versions, and says which kind it is', async () => {
    const attune = await openSongs(options);
    const [plain] = await attune.score(song('jazz'));
    const calibrator: Calibrator = { versions: plain!.versions, curve, outcomes: 100, fittedAt: START };
    const [calibrated] = await attune.score(song('jazz'), { calibrators: [calibrator] });
    expect(calibrated!.calibration).toBe('platt');
    expect(calibrated!.probability).toBeAllclose(1 / (1 + Math.exp(1)), { rtol: 1e-6 }); // raw is 0.2
    expect(calibrated!.raw).toBe(plain!.raw);
    await attune.close();
  });

  test('takes none that was fitted under another model, slider or catalogue', async () => {
    const attune = await openSongs(options);
    const [plain] = await attune.score(song('jazz'));
    const calibrators = ['model', 'slider', 'statistics'].map((name): Calibrator => ({
      versions: { ...plain!.versions, [name]: 'other' },
      curve,
      outcomes: 100,
      fittedAt: START,
    }));
    expect(await attune.score(song('jazz'), { calibrators })).toEqual([plain]);
    expect(plain!.calibration).toBe('none');
    await attune.close();
  });

  test('refuses damaged ones', async () => {
    const attune = await openSongs(options);
    for (const calibrators of [{}, [null], [{ versions: {}, curve: { ...curve, slope: NaN } }]]) {
      await expect(attune.score(song('jazz'), { calibrators } as never)).rejects.toMatchObject({
        code: 'input/invalid',
      });
    }
    await attune.close();
  });

  test('changes its versions with the texts of a slider, the standardization and the size of the catalogue', async () => {
    const versions = async (given: object, seen: readonly { id: string; title: string }[] = []): Promise<object> => {
      const attune = await openSongs({ ...options, ...given });
      if (seen.length > 0) await attune.rank(seen);
      const [score] = await attune.score(song('jazz'));
      await attune.close();
      return score!.versions;
    };
    const plain = await versions({});
    expect(plain).toMatchObject({ model: 'one-hot-1', statistics: 'plain' });
    expect(await versions({ sliders: [{ id: 'jazzy', text: 'rock' }] })).not.toEqual(plain);
    expect(await versions({ standardize: true })).toEqual({ ...plain, statistics: 'blended' });
    const many = Array.from({ length: 60 }, (_, i) => ({ id: `${i}`, title: `jazz ${i}` }));
    expect(await versions({ standardize: true }, many)).toEqual({ ...plain, statistics: 'catalogue' });
  });

  test('is a round: outcomes of its raw scores make a calibrator that it then uses', async () => {
    const attune = await openSongs(options);
    const [seen] = await attune.score(song('jazz'));
    let state = startCalibration(seen!.versions);
    for (let i = 0; i < 100; i++) {
      state = observeOutcome(state, { score: seen!.raw, y: i % 4 === 0 ? 1 : 0, at: START + i });
    }
    const [later] = await attune.score(song('jazz'), { calibrators: [state.champion!] });
    expect(later!.probability).toBeAllclose(0.25, { atol: 0.01 });
    await attune.close();
  });
});
