import { expect, test } from 'vitest';
import { items, openAttune, sample, seeded } from './catalogue.js';

/** docs/privacy.md says that a profile gives away what it was made of; this is how much, to whoever has the items. */
const PEOPLE = 50;

test('whoever reads a profile and knows the items can name some of those it came from', async () => {
  const attune = await openAttune();
  await attune.rank(items);
  const embeddings = await Promise.all(items.map(async (item) => (await attune.embed(item)).embedding));
  const named: Record<number, number> = {};
  for (const saves of [1, 3, 10]) {
    let right = 0;
    for (let person = 0; person < PEOPLE; person++) {
      const saved = sample(items, saves, seeded(100 * saves + person));
      for (const item of saved) attune.track('save', item);
      await attune.flush();
      const { embedding } = attune.profile();
      const likeness = embeddings.map((row, i) => ({
        item: items[i]!,
        cosine: row.reduce((sum, x, j) => sum + x * embedding[j]!, 0),
      }));
      const guessed = likeness.sort((a, b) => b.cosine - a.cosine).slice(0, saves);
      right += guessed.filter(({ item }) => saved.includes(item)).length;
      await attune.data.erase();
    }
    named[saves] = right / (PEOPLE * saves);
  }
  await attune.close();
  const shares = Object.entries(named).map(([saves, share]) => `${Math.round(share * 100)} % of ${saves}`);
  console.log(`named from the profile alone: ${shares.join(', ')}`);
  expect(named[1]).toBe(1);
  expect(named[3]).toBeGreaterThan(0.8);
  expect(named[10]).toBeGreaterThan(0.2); // by the nearest alone: a cleverer reader names more
});
