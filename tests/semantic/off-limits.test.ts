import { expect, test } from 'vitest';
import { fields, items, openAttune } from './catalogue.js';

/** Topics as a site would write them, with the field they mean; and special categories the catalogue hardly has. */
const TOPICS = [
  ['money', 'money, debt, saving and taxes'],
  ['money', 'personal finance'],
  ['wellbeing', 'health, illness and medicine'],
  ['wellbeing', 'health and wellbeing'],
  ['wellbeing', 'sleep, stress, therapy and exercise'],
  ['wellbeing', 'mental health'],
  ['family', 'children and parenting'],
  ['family', 'family, babies and pregnancy'],
  ['music', 'music'],
  ['food', 'food and cooking'],
  ['sport', 'sport'],
] as const;

test('a topic keeps most of its items out and few of the others', async () => {
  let [found, meant, taken, others] = [0, 0, 0, 0];
  for (const [field, topic] of TOPICS) {
    expect(fields).toContain(field);
    const attune = await openAttune({ offLimits: { topics: [topic] } });
    await attune.rank(items);
    await attune.embed(topic);
    for (const item of items) {
      const isOut = attune.track('view', item) === '';
      if (item.field === field) {
        meant++;
        if (isOut) found++;
      } else {
        others++;
        if (isOut) taken++;
      }
    }
    await attune.close();
  }
  console.log(`off-limits: ${found} of ${meant} found, ${taken} of ${others} others taken`);
  expect(found / meant).toBeGreaterThan(0.75);
  expect(taken / others).toBeLessThan(0.06);
});
