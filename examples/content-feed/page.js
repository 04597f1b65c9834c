import { createAttune } from '../../dist/index.js';
import { button, show } from '../list.js';
import { stories } from './stories.js';

const assetBase = new URL('../../dist/', import.meta.url);
const attune = await createAttune({ assetBase, maxWaitMs: 30_000 });
const done = new Set();

async function update() {
  const ranking = await attune.rank(stories, { diversity: 0.2, filter: ({ id }) => !done.has(id) });
  const { terms } = await attune.explain(ranking, ranking[0].id);
  const reasons = [...new Set(terms.flatMap(({ because }) => because.map(({ title }) => title)))];
  show(
    '#feed',
    ranking.map(({ item, score, position }) => ({
      ...{ title: item.title, value: score },
      note: position === 0 && reasons.length > 0 ? `First because of: ${reasons.join(' · ')}` : item.summary,
      more: [button('Save', () => act('save', item)), button('Hide', () => act('hide', item))],
    })),
  );
}

async function act(kind, item) {
  done.add(item.id);
  attune.track(kind, item);
  await attune.flush();
  await update();
  document.querySelector('#feed button').focus(); // the one that had it is gone
}

await update();
