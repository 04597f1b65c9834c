import { createAttune } from '../../dist/index.js';
import { show } from '../list.js';
import { sliders, tweaks } from './tweaks.js';

const attune = await createAttune({ sliders, assetBase: '../../dist/', maxWaitMs: 30_000 });
const ranking = await attune.rank(tweaks);
show('#tweaks', ranking);
document.querySelector('#sliders').addEventListener('input', ({ target }) => {
  attune.setSlider(target.name, target.valueAsNumber);
  show('#tweaks', attune.rerank(ranking));
});
