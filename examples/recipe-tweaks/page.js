import { createAttune } from '../../dist/index.js';
import { show } from '../list.js';
import { sliders, tweaks } from './tweaks.js';

const assetBase = new URL('../../dist/', import.meta.url);
const attune = await createAttune({ sliders, assetBase, maxWaitMs: 30_000 });
let ranking = await attune.rank(tweaks);
const update = () =>
  show(
    '#tweaks',
    ranking.map(({ item, score }) => ({ title: item.title, note: item.description, value: score })),
  );
document.querySelector('#sliders').addEventListener('input', ({ target }) => {
  attune.setSlider(target.name, target.valueAsNumber);
  ranking = attune.rerank(ranking);
  update();
});
update();
