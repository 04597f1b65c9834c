import { expect, test } from 'vitest';
import { SOAK } from '../soak.js';
import { fields, items, openAttune, sample, seeded } from './catalogue.js';

/** Draws of saved items a pair: the worst of 330 runs is worse than the worst of 66. */
const DRAWS = 5 * SOAK;
const PLACES = 10;

test('after four saves in each of two fields the first ten are mostly of those fields, for all 66 pairs', async () => {
  const attune = await openAttune();
  await attune.rank(items);
  const whole: [count: number, pair: string][] = [];
  const unseen: [count: number, pair: string][] = [];
  for (const [a, first] of fields.entries()) {
    for (const [b, second] of fields.entries()) {
      if (b <= a) continue;
      for (let draw = 0; draw < DRAWS; draw++) {
        const random = seeded(1000 * draw + 17 * a + b);
        const saved = [first, second].flatMap((name) =>
          sample(
            items.filter(({ field }) => field === name),
            4,
            random,
          ),
        );
        for (const item of saved) attune.track('save', item);
        await attune.flush();
        const ranking = await attune.rank(items);
        const ofPair = (entries: typeof ranking): number =>
          entries.slice(0, PLACES).filter(({ item }) => item.field === first || item.field === second).length;
        whole.push([ofPair(ranking), `${first}+${second}`]);
        unseen.push([ofPair(ranking.filter(({ item }) => !saved.includes(item)) as never), `${first}+${second}`]);
        await attune.data.erase();
      }
    }
  }
  await attune.close();
  for (const [name, counts] of Object.entries({ 'whole list': whole, 'saved items left out': unseen })) {
    counts.sort(([x], [y]) => x - y);
    const worst = counts.slice(0, 5).map(([count, pair]) => `${pair} ${count}`);
    console.log(
      `${name}: ${counts.length} runs, median ${median(counts)}, worst ${counts[0]![0]} (${worst.join(', ')})`,
    );
  }
  expect(median(whole)).toBeGreaterThanOrEqual(8);
  expect(whole[0]![0]).toBeGreaterThanOrEqual(5);
  expect(median(unseen)).toBeGreaterThanOrEqual(8);
});

function median(sorted: [number, string][]): number {
  return sorted[Math.floor(sorted.length / 2)]![0];
}
