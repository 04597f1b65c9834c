import { expect, test } from 'vitest';
import { spearman } from '../spearman.js';
import { fields, items, openAttune, sample, seeded, sliders } from './catalogue.js';

test('a slider at a pole orders the list by it, for a newcomer and for somebody with eight saves', async () => {
  const attune = await openAttune();
  await attune.rank(items);
  const lean = new Map<string, number[]>();
  for (const item of items) {
    for (const { slider, features } of await attune.score(item)) {
      lean.set(slider, [...(lean.get(slider) ?? []), features.itemToSlider]);
    }
  }
  const results: [number, string][] = [];
  for (let person = 0; person <= 12; person++) {
    const random = seeded(person);
    if (person > 0) {
      for (const field of sample(fields, 2, random)) {
        for (const item of sample(
          items.filter((each) => each.field === field),
          4,
          random,
        ))
          attune.track('save', item);
      }
    }
    await attune.flush();
    for (const { id } of sliders) {
      for (const pole of [-1, 1]) {
        for (const each of sliders) attune.setSlider(each.id, each.id === id ? pole : 0);
        const ranking = await attune.rank(items);
        const place = new Map(ranking.map((entry) => [entry.id, entry.position]));
        const rho = spearman(
          items.map((item) => -place.get(item.id)!),
          lean.get(id)!.map((value) => value * pole),
        );
        results.push([rho, `${id} ${pole} person ${person}`]);
      }
    }
    await attune.data.erase();
  }
  await attune.close();
  results.sort(([x], [y]) => x - y);
  console.log(
    `sliders: ${results.length} runs, Spearman median ${results[results.length >> 1]![0].toFixed(3)}, worst ${results[0]![0].toFixed(3)} (${results[0]![1]})`,
  );
  expect(results[0]![0]).toBeGreaterThanOrEqual(0.7);
});
