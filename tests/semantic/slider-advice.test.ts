import { expect, test } from 'vitest';
import type { SliderDefinition } from 'attune';
import { axisAdvice } from '../../src/domain/slider-advice.js';
import { makeSliders, sliderAxis } from '../../src/domain/slider.js';
import { items, openAttune, sliders } from './catalogue.js';

/** Unlike the demo's own, and each other. */
const OTHERS: readonly SliderDefinition[] = [
  { id: 'diet', low: 'vegetables, plant based', high: 'meat, steak' },
  { id: 'taste', low: 'savoury, salty', high: 'sweet, dessert' },
  { id: 'age', low: 'classic, old, traditional', high: 'new, modern, latest' },
  { id: 'mood', low: 'funny, silly, comedy', high: 'serious, thoughtful, drama' },
  { id: 'distance', low: 'nearby, local', high: 'far away, abroad' },
  { id: 'length', low: 'short', high: 'long' },
  { id: 'hands', low: 'reading, thinking', high: 'making things by hand' },
  { id: 'jazz', text: 'jazz music' },
  { id: 'sport', text: 'sports and exercise' },
  { id: 'science', text: 'science' },
  { id: 'politics', text: 'politics and elections' },
];

/** Each with the demo's slider that it says again. */
const AGAIN: readonly (readonly [string, SliderDefinition])[] = [
  ['pace', { id: 'again', low: 'slow, calm', high: 'fast, exciting' }],
  ['pace', { id: 'again', low: 'fast, loud', high: 'calm, quiet' }],
  ['budget', { id: 'again', low: 'cheap', high: 'expensive' }],
  ['jazz', { id: 'again', text: 'jazz and blues music' }],
  ['sport', { id: 'again', text: 'athletics and sports' }],
];

/** What is said of the axes of these sliders under lite. */
async function adviceOn(definitions: readonly SliderDefinition[]): Promise<string[]> {
  const attune = await openAttune();
  const made = makeSliders(definitions);
  const poles = [...new Set(made.flatMap((slider) => slider.poles))];
  const rows = new Map(
    await Promise.all(poles.map(async (pole) => [pole, (await attune.embed(pole)).embedding] as const)),
  );
  await attune.close();
  const axes = made.map((slider) =>
    sliderAxis(
      slider,
      slider.poles.map((pole) => rows.get(pole)!),
    ),
  );
  return axisAdvice(axes, (pole) => rows.get(pole)).map(({ message }) => message);
}

test('sixteen unlike sliders are not taken for one another, and those that say one of them again are', async () => {
  const unlike = [...sliders, ...OTHERS];
  expect(await adviceOn(unlike)).toEqual([]);
  for (const [of, again] of AGAIN) {
    expect(await adviceOn([...unlike, again])).toEqual([expect.stringMatching(`"${of}" and "again".*cosine`)]);
  }
});

test('the demo’s own sliders are warned of in nothing', async () => {
  const attune = await openAttune();
  const warnings: string[] = [];
  attune.on('warning', ({ message }) => void warnings.push(message));
  await attune.score(items[0]!);
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  expect(warnings).toEqual([]);
  await attune.close();
});
