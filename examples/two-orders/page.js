import { createAttune } from '../../dist/index.js';
import { countLists, creditOf, interleave, judgeLists } from '../../dist/lab.js';
import { stories } from '../content-feed/stories.js';
import { show } from '../list.js';

const experiment = { id: 'two-orders', arms: ['mixed'] };
const attune = await createAttune({ assetBase: '../../dist/', maxWaitMs: 30_000 });
attune.track('save', stories[1]); // about a reef
await attune.flush();
let list = 0; // on a site: Math.floor(Math.random() * 2 ** 32)

async function update() {
  const forYou = (await attune.rank(stories)).map(({ item }) => item);
  const mixed = interleave(stories, forYou, { seed: ++list, limit: 6 });
  await attune.exposure(experiment, { list });
  const read = (story) => act(story, creditOf(experiment, list, mixed, story.id));
  const shown = mixed.map(({ entry }) => entry);
  show('#stories', shown, { actions: { Read: read } });
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
}

await update();
