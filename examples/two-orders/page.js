import { createAttune } from '../../dist/index.js';
import { countLists, creditOf, interleave, judgeLists } from '../../dist/lab.js';
import { stories } from '../content-feed/stories.js';
import { button, show } from '../list.js';

const experiment = { id: 'two-orders', arms: ['mixed'] };
const assetBase = new URL('../../dist/', import.meta.url);
const attune = await createAttune({ assetBase, maxWaitMs: 30_000 });
attune.track(
  'save',
  stories.find(({ id }) => id === 'reef'),
);
await attune.flush();
let list = 0; // on a site: Math.floor(Math.random() * 2 ** 32)

async function update() {
  const forYou = (await attune.rank(stories)).map(({ item }) => item);
  const mixed = interleave(stories, forYou, { seed: ++list, limit: 6 });
  await attune.exposure(experiment, { list });
  const read = (id) =>
    act(
      stories.find((story) => story.id === id),
      creditOf(experiment, list, mixed, id),
    );
  show(
    '#stories',
    mixed.map(({ entry: { id, title, summary } }) => ({
      title,
      note: summary,
      more: [button('Read', () => read(id))],
    })),
  );
}

async function act(story, metadata) {
  attune.track('click', story, { metadata });
  const { interactions } = await attune.data.export();
  const counts = countLists(experiment, interactions, Date.now() + 3_600_000); // as if each half hour were over
  const { decision, pValue } = judgeLists(counts, { lists: 20 });
  const verdict = {
    continue: 'nothing is certain yet',
    a: 'the site’s order is better',
    b: 'the order for you is better',
  };
  document.querySelector('#verdict').textContent =
    `Won by the site’s order ${counts.a}, by the order for you ${counts.b}: ${verdict[decision]} (p ${pValue.toFixed(3)}).`;
  await update();
  document.querySelector('#stories button').focus(); // the one that had it is gone
}

await update();
