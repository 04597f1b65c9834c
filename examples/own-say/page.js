import { createAttune } from '../../dist/index.js';
import { defineElements } from '../../dist/elements.js';
import { show } from '../list.js';
import { evenings, sliders } from './evenings.js';

const attune = await createAttune({ assetBase: '../../dist/', maxWaitMs: 30_000, sliders });
defineElements();
const [controls, inspector] = document.querySelectorAll('attune-sliders, attune-inspector');
Object.assign(controls, { attune, sliders });
inspector.attune = attune;
let ranking = await attune.rank(evenings);
const draw = (change) => show('#evenings', (ranking = attune.rerank(ranking, change)), { actions: { Save: save } });
const save = (evening) => (attune.track('save', evening), attune.flush().then(() => draw({ refresh: true })));
for (const type of ['input', 'attune-erase']) addEventListener(type, () => draw({ refresh: type !== 'input' }));
draw();
