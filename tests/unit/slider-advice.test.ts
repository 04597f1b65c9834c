import { afterEach, describe, expect, test } from 'vitest';
import type { Attune, AttuneOptions, SliderDefinition } from 'attune';
import { SLIDERS } from '../../demo/sliders.js';
import { axisAdvice, textAdvice } from '../../src/domain/slider-advice.js';
import { makeSliders, sliderAxis } from '../../src/domain/slider.js';
import { nextTask, oneHot, openSongs, SONGS, song, type Song, watchWarnings } from '../one-hot.js';

const opened: Attune<Song>[] = [];

async function open(options: Partial<AttuneOptions<Song>>): Promise<Attune<Song>> {
  const attune = await openSongs(options);
  opened.push(attune);
  return attune;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
});

const textWarnings = (...sliders: SliderDefinition[]): string[] =>
  textAdvice(makeSliders(sliders)).map(({ message }) => message);

const axisWarnings = (...sliders: SliderDefinition[]): string[] => {
  const axes = makeSliders(sliders).map((slider) => sliderAxis(slider, slider.poles.map(oneHot)));
  return axisAdvice(axes, oneHot).map(({ message }) => message);
};

describe('the texts of sliders', () => {
  test('of the demo, and of the README, give no cause for advice', () => {
    expect(textWarnings(...SLIDERS)).toEqual([]);
    expect(textWarnings({ id: 'pace', low: 'calm, slow, quiet', high: 'fast, loud, thrilling' })).toEqual([]);
  });

  test.each([
    ['"13 words', 'one two three four five six seven eight nine ten eleven twelve thirteen'],
    ['"2 ideas', 'calm. For families'],
    ['"2 ideas', 'new technology or old books'],
    ['"2 ideas', 'cheap but outdoors'],
    ['"6 names', 'a, b, c, d, e, f'],
  ])('warn of %s', (number, text) => {
    const [warning, ...more] = textWarnings({ id: 'x', text });
    expect(warning).toContain(number);
    expect(warning).toContain('slider "x"');
    expect(more).toEqual([]);
  });

  test.each([
    'one two three four five six seven eight nine ten eleven twelve',
    'a, b, c, d, e',
    'trains to St. Petersburg!',
    'orchard, forest',
  ])('say nothing of %j', (text) => {
    expect(textWarnings({ id: 'x', text })).toEqual([]);
  });

  test('warn of an eighth slider, and not of the seventh', () => {
    const sliders = Array.from({ length: 8 }, (_, i) => ({ id: `${i}`, text: `idea ${i}` }));
    expect(textWarnings(...sliders.slice(0, 7))).toEqual([]);
    expect(textWarnings(...sliders)[0]).toContain('8 of them');
  });
});

describe('the axes of sliders', () => {
  test('warn of a pair that moves the same items, in either direction, with its cosine', () => {
    const jazzy = { id: 'jazzy', text: 'jazz' };
    expect(axisWarnings(jazzy, { id: 'b', text: 'jazz rock' })).toEqual([expect.stringContaining('cosine 0.71')]);
    expect(axisWarnings({ id: 'a', low: 'calm', high: 'wild' }, { id: 'b', low: 'wild', high: 'calm' })).toEqual([
      expect.stringContaining('cosine -1.00'),
    ]);
    expect(axisWarnings(jazzy, { id: 'b', text: 'jazz rock folk sea calm' })).toEqual([]); // 0.447
  });

  test('warn of a pole without a known word, and of two that mean the same', () => {
    expect(axisWarnings({ id: 'x', low: 'qwertz uiop', high: 'sea' })).toEqual([
      expect.stringContaining('0 of 2 words known'),
    ]);
    expect(axisWarnings({ id: 'x', low: 'sea', high: 'the sea' })).toEqual([expect.stringContaining('cosine 1.00')]);
  });
});

describe('advice', () => {
  const twins = [
    { id: 'a', text: 'jazz' },
    { id: 'b', text: 'jazz' },
  ];

  test('comes once as a warning, after the first ranking', async () => {
    const attune = await open({ sliders: twins });
    const { seen } = watchWarnings(attune);
    expect(await seen()).toEqual([]);
    for (let i = 0; i < 2; i++) await attune.rank(SONGS);
    await settled();
    expect((await seen()).map(({ code, message }) => [code, message.includes('cosine 1.00')])).toEqual([
      ['input/invalid', true],
    ]);
  });

  test('comes after a first score, too', async () => {
    const attune = await open({ sliders: twins });
    const { seen } = watchWarnings(attune);
    await attune.score(song('jazz'));
    await settled();
    expect(await seen()).toHaveLength(1);
  });

  test('is not given where there is nothing to say', async () => {
    const attune = await open({ sliders: [twins[0]!, { id: 'pace', low: 'calm', high: 'wild' }] });
    const { seen } = watchWarnings(attune);
    await attune.rank(SONGS);
    await settled();
    expect(await seen()).toEqual([]);
  });
});

/** Resolves when what is loaded apart is there, and what it does in an idle moment is done. */
async function settled(): Promise<void> {
  await import('../../src/sdk/advise.js');
  for (let i = 0; i < 5; i++) await nextTask();
}
