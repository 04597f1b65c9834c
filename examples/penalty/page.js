import { createAttune } from '../../dist/index.js';
import { show } from '../list.js';
import { articles, liked } from './articles.js';

const assetBase = new URL('../../dist/', import.meta.url);
const attune = await createAttune({ assetBase, maxWaitMs: 30_000 });
for (const article of liked) attune.track('save', article);
await attune.flush();
const rules = [
  { name: 'spoilers', phrase: 'the ending', effect: -1 },
  { name: 'advertising', tag: 'sponsored', effect: -0.5 },
  { name: 'this week', when: ({ daysOld }) => daysOld < 7, effect: 0.25 },
];
show('#before', (await attune.rank(articles)).map(place));
show('#after', (await attune.rank(articles, { rules })).map(place));

function place({ item, score, terms }) {
  const ruled = terms.filter(({ name, value }) => name.startsWith('rule:') && value !== 0);
  const note = ruled.map(({ label, value }) => `${label} ${value > 0 ? '+' : '−'}${Math.abs(value)}`).join(', ');
  return { title: item.title, value: score, note: note || item.description };
}
