import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { inferredPosition, makeSliders, sliderAxis } from '../../src/domain/slider.js';
import golden from '../golden/special.json';
import { openSongs, SONGS, song } from '../one-hot.js';

test('a slider is one text or two poles, trimmed, labelled by its id unless it has a label', () => {
  const [pace, jazzy] = makeSliders([
    { id: 'pace', low: ' calm ', high: 'wild' },
    { id: 'jazzy', label: 'Jazz', text: 'jazz' },
  ]);
  expect(pace).toMatchObject({ id: 'pace', label: 'pace', poles: ['calm', 'wild'] });
  expect(jazzy).toMatchObject({ id: 'jazzy', label: 'Jazz', poles: ['jazz'] });
  expect(makeSliders([])).toEqual([]);
});

test('a slider’s version changes with its texts and with nothing else', () => {
  const version = (slider: object): string => makeSliders([slider as never])[0]!.version;
  const known = version({ id: 'pace', low: 'calm', high: 'wild' });
  expect(version({ id: 'speed', label: 'Speed', low: 'calm', high: 'wild' })).toBe(known);
  expect(version({ id: 'pace', low: 'wild', high: 'calm' })).not.toBe(known);
  expect(version({ id: 'pace', low: 'calm', high: 'wilder' })).not.toBe(known);
  expect(version({ id: 'pace', text: 'calmwild' })).not.toBe(known);
});

test('names of Object.prototype are good ids', () => {
  const sliders = makeSliders([
    { id: '__proto__', text: 'jazz' },
    { id: 'constructor', text: 'rock' },
  ]);
  expect(sliders.map(({ id }) => id)).toEqual(['__proto__', 'constructor']);
});

test.each([
  ['no list', 'pace'],
  ['null in the list', [null]],
  ['a string in the list', ['pace']],
  ['no id', [{ low: 'a', high: 'b' }]],
  ['an empty id', [{ id: '', low: 'a', high: 'b' }]],
  [
    'the same id twice',
    [
      { id: 'a', text: 'b' },
      { id: 'a', text: 'c' },
    ],
  ],
  ['no texts', [{ id: 'a' }]],
  ['one pole', [{ id: 'a', low: 'b' }]],
  ['a blank pole', [{ id: 'a', low: ' ', high: 'b' }]],
  ['the same pole twice', [{ id: 'a', low: 'b', high: 'b ' }]],
  ['a pole that is no string', [{ id: 'a', text: 7 }]],
  ['a million characters', [{ id: 'a', text: 'x'.repeat(1_000_000) }]],
])('sliders are refused for %s', (_, sliders) => {
  expect(() => makeSliders(sliders as never)).toThrow(
    expect.objectContaining({ name: 'AttuneError', code: 'input/invalid' }),
  );
});

describe('an axis', () => {
  const [one] = makeSliders([{ id: 'a', text: 'jazz' }]);
  const [two] = makeSliders([{ id: 'a', low: 'calm', high: 'wild' }]);

  test('of one text is that text’s direction', () => {
    expect([...sliderAxis(one!, [Float32Array.of(0, 1)]).axis]).toEqual([0, 1]);
  });

  test('of two poles is high − low, to unit length', () => {
    const { axis } = sliderAxis(two!, [Float32Array.of(1, 0), Float32Array.of(0, 1)]);
    expect([...axis]).toBeAllclose([-Math.SQRT1_2, Math.SQRT1_2], { rtol: 1e-6 });
  });

  test('of poles nobody can tell apart is no direction', () => {
    expect([...sliderAxis(two!, [Float32Array.of(1, 0), Float32Array.of(1, 0)]).axis]).toEqual([0, 0]);
  });
});

describe('an inferred position', () => {
  const spread = { mean: 0.1, sd: 0.2, count: 60 };

  test('is (2Φ(z) − 1) · E/(E + 5), Φ by SciPy', () => {
    for (const [z, cdf] of golden.normalCdf.filter(([at]) => Math.abs(at!) < 6) as [number, number][]) {
      expect(inferredPosition(0.1 + 0.2 * z, spread, 15)).toBeAllclose((2 * cdf - 1) * 0.75, { atol: 3e-7 });
    }
  });

  test('is 0 for a newcomer, and half its swing at evidence 5', () => {
    expect(inferredPosition(1, spread, 0)).toBe(0);
    expect(inferredPosition(1e3, spread, 5)).toBeAllclose(0.5, { rtol: 1e-12 });
    expect(inferredPosition(-1e3, spread, 5)).toBeAllclose(-0.5, { rtol: 1e-12 });
  });

  test('of a person is replaced by their own, and handed back by null', async () => {
    const attune = await openSongs({ sliders: [{ id: 'pace', low: 'calm', high: 'wild' }] });
    await attune.rank(SONGS);
    expect(attune.profile().sliders).toEqual([{ id: 'pace', label: 'pace', inferred: 0, override: null, position: 0 }]);
    attune.track('save', song('wild'));
    await attune.flush();
    const [pace] = attune.profile().sliders;
    expect(pace!.inferred).toBeGreaterThan(0);
    expect(pace!.position).toBe(pace!.inferred);
    attune.setSlider('pace', -1);
    expect(attune.profile().sliders[0]).toMatchObject({ inferred: pace!.inferred, override: -1, position: -1 });
    attune.setSlider('pace', null);
    expect(attune.profile().sliders[0]).toEqual(pace);
    await attune.close();
  });
});
