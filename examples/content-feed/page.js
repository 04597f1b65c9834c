import { createAttune } from '../../dist/index.js';
import { show } from '../list.js';
import { stories } from './stories.js';

const attune = await createAttune({ assetBase: '../../dist/', maxWaitMs: 30_000 });
const did = (kind) => (story) => (attune.track(kind, story), update());
async function update() {
  await attune.flush();
  const ranking = await attune.rank(stories, { diversity: 0.2, excludeSeen: true });
  const { terms } = await attune.explain(ranking, ranking[0].id);
  const why = new Set(terms.flatMap(({ because }) => because.map(({ title }) => title)));
  show('#feed', ranking, { why: [...why].join(' · '), actions: { Save: did('save'), Hide: did('hide') } });
}
await update();
