import { createAttune } from '../../dist/index.js';
import { show } from '../list.js';
import { activities, hours, liked, sliders } from './day.js';

const attune = await createAttune({ sliders, assetBase: '../../dist/', maxWaitMs: 30_000 });
for (const activity of liked) attune.track('save', activity);
await attune.flush();
const ranking = await attune.rank(activities);
const day = [];
for (const { name, energy } of hours) {
  const whatIf = attune.rerank(ranking, { sliders: { energy } });
  day.push({ ...whatIf.find(({ id }) => day.every((taken) => taken.id !== id)), name });
}
show('#day', day);
