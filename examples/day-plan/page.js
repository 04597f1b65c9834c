import { createAttune } from '../../dist/index.js';
import { show } from '../list.js';
import { activities, hours, liked, sliders } from './day.js';

const assetBase = new URL('../../dist/', import.meta.url);
const attune = await createAttune({ sliders, assetBase, maxWaitMs: 30_000 });
for (const activity of liked) attune.track('save', activity);
await attune.flush();
const ranking = await attune.rank(activities);
const planned = new Map();
for (const hour of hours) {
  const whatIf = attune.rerank(ranking, { sliders: { energy: hour.energy } });
  planned.set(
    whatIf.find(({ id }) => ![...planned.keys()].some((entry) => entry.id === id)),
    hour,
  );
}
show(
  '#day',
  [...planned].map(([{ item, score }, { name }]) => ({
    ...{ title: `${name}: ${item.title}`, note: item.description, value: score },
  })),
);
