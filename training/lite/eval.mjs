// Measures a lite file as pages run it (src/encoder and src/domain, in Node): STS pairs and the probe sets.
//
//   npm run eval:lite -- --sts FILE [--model FILE] [--second]
//
// FILE: JSON rows [a, b, score], or tab-separated lines of them (STS-B's own seven columns too).
// --second also reads the second probe set, which is reported, never chosen on.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openSources } from '../source-modules.mjs';
import { pearson, readPairs, spearman } from './sts.mjs';

const { values } = parseArgs({
  options: {
    sts: { type: 'string' },
    model: { type: 'string', default: 'public/models/lite/lite.attune' },
    second: { type: 'boolean', default: false },
  },
});
if (!values.sts) throw new Error('usage: npm run eval:lite -- --sts FILE [--model FILE] [--second]');

const sources = await openSources();
const { openLite } = await sources.load('/src/encoder/lite.ts');
const { makeSliders, sliderAxis } = await sources.load('/src/domain/slider.ts');
const { dot } = await sources.load('/src/core/vector.ts');
await sources.close();

const file = readFileSync(values.model);
const model = openLite(file.buffer.slice(file.byteOffset, file.byteOffset + file.length), 'measured');
console.log(`${values.model}: ${file.length} bytes, ${model.dim} dimensions`);

const pairs = readPairs(values.sts);
const a = await embed(pairs.map(([text]) => text));
const b = await embed(pairs.map(([, text]) => text));
const given = pairs.map(([, , score]) => score);
const found = a.map((x, i) => dot(x, b[i]));
console.log(
  `${values.sts}: ${pairs.length} pairs, Spearman ${percent(spearman(found, given))}, Pearson ${percent(pearson(found, given))}`,
);
for (const name of values.second ? ['first', 'second'] : ['first']) await probe(name);

async function probe(name) {
  const { topics, sliders } = JSON.parse(readFileSync(new URL(`probes/${name}.json`, import.meta.url), 'utf8'));
  const prototypes = await embed(topics.map(({ prototype }) => prototype));
  const missedTopics = [];
  for (const [t, { id, items }] of topics.entries()) {
    for (const [i, x] of (await embed(items)).entries()) {
      const scores = prototypes.map((p) => dot(x, p));
      const nearest = scores.indexOf(Math.max(...scores));
      if (nearest !== t) missedTopics.push(`${id} as ${topics[nearest].id}: ${items[i]}`);
    }
  }
  const missedSides = [];
  for (const slider of makeSliders(sliders)) {
    const { lowItems, highItems } = sliders.find(({ id }) => id === slider.id);
    const { axis } = sliderAxis(slider, await embed(slider.poles));
    for (const [side, items] of [
      [-1, lowItems],
      [1, highItems],
    ]) {
      for (const [i, x] of (await embed(items)).entries()) {
        if (!(dot(x, axis) * side > 0)) missedSides.push(`${slider.id} ${side}: ${items[i]}`);
      }
    }
  }
  const items = topics.length * 10;
  const sides = sliders.length * 8;
  console.log(
    `${name} probe: topics ${percent(1 - missedTopics.length / items)} % of ${items}, sliders ${percent(1 - missedSides.length / sides)} % of ${sides}`,
  );
  if (name === 'first') for (const missed of [...missedTopics, ...missedSides]) console.log(`  missed ${missed}`);
}

/** Unit rows of the texts. */
async function embed(texts) {
  const { data, dim } = await model.encode(texts);
  return texts.map((_, i) => data.subarray(i * dim, (i + 1) * dim));
}

function percent(share) {
  return (100 * share).toFixed(2);
}
