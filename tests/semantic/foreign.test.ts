import { expect, test, vi } from 'vitest';
import { items, openAttune } from './catalogue.js';

/** Titles of nothing but Cyrillic, Greek, Japanese and Arabic. */
const FOREIGN = ['Тихий вечер у моря', 'Ήσυχο βράδυ στη θάλασσα', '海辺の静かな夜', 'مساء هادئ على البحر'];

test('a catalogue in scripts that lite cannot read stands as given, and is warned of with numbers', async () => {
  const attune = await openAttune();
  const warnings: string[] = [];
  attune.on('warning', ({ message }) => warnings.push(message));
  const foreign = FOREIGN.map((title, i) => ({ ...items[i]!, id: `foreign-${i}`, title, summary: '', tags: [] }));
  for (const item of items.slice(0, 8)) attune.track('save', item);
  await attune.flush();
  const ranking = await attune.rank(foreign);
  expect(ranking.map(({ id }) => id)).toEqual(foreign.map(({ id }) => id));
  await vi.waitFor(() => expect(warnings.filter((message) => message.includes('4 of 4 items'))).toHaveLength(1));
  await attune.close();
});
