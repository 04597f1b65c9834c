import { createAttune } from '../../dist/index.js';
import { show } from '../list.js';
import { articles, liked } from './articles.js';

const attune = await createAttune({ assetBase: '../../dist/', maxWaitMs: 30_000 });
for (const article of liked) attune.track('save', article);
await attune.flush();
const rules = [
  { name: 'spoilers', phrase: 'the ending', effect: -1 },
  { name: 'advertising', tag: 'sponsored', effect: -0.5 },
  { name: 'this week', when: ({ daysOld }) => daysOld < 7, effect: 0.25 },
];
show('#before', await attune.rank(articles));
show('#after', await attune.rank(articles, { rules }));
