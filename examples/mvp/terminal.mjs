// node examples/mvp/terminal.mjs [item id], after `npm run build`.
import { readFile } from 'node:fs/promises';
import { createAttune } from 'attune';
import { liteEncoder, memoryStore } from 'attune/core';
import { acts, features, items, options } from './story.mjs';

const model = await readFile(new URL('../../dist/models/lite/lite.attune', import.meta.url));
const bytes = model.buffer.slice(model.byteOffset, model.byteOffset + model.byteLength);

const attune = await createAttune({ ...options, encoder: liteEncoder(bytes), store: memoryStore() });
for (const { kind, about, at } of acts) attune.track(kind, about, { at });
const ranking = await attune.rank(items);
const scored = await Promise.all(ranking.map(async ({ item }) => ({ item, scores: await attune.score(item) })));
await attune.close();

const asked = process.argv[2] ?? items[0].id;
const chosen = scored.find(({ item }) => item.id === asked);
if (chosen === undefined) throw new Error(`No item "${asked}". There are ${items.map(({ id }) => id).join(', ')}.`);
explain(chosen);
list(scored);

function explain({ item, scores }) {
  console.log(`${item.title}: feature × weight = contribution; contributions sum to raw\n`);
  for (const { slider, raw, probability, features: values, weights, contributions } of scores) {
    console.log(`${slider}: raw ${signed(raw)}, probability (uncalibrated) ${probability.toFixed(3)}`);
    for (const { name, label } of features) {
      const product = `${signed(values[name])} × ${weights[name].toFixed(2)} = ${withBar(contributions[name])}`;
      console.log(`  ${label.padEnd(16)}${product}`);
    }
    console.log();
  }
}

function list(all) {
  console.log('All items, in the order of this person\n');
  console.log(row(['', '', '', 'probability']));
  console.log(row(['item', 'slider', 'raw', '(uncalibrated)', ...features.map(({ label }) => label)]));
  for (const { item, scores } of all) {
    for (const [i, { slider, raw, probability, contributions }] of scores.entries()) {
      const parts = features.map(({ name }) => withBar(contributions[name]));
      console.log(row([i === 0 ? item.title : '', slider, signed(raw), probability.toFixed(3), ...parts]));
    }
  }
}

function row(cells) {
  return cells
    .map((cell, i) => cell.padEnd([18, 9, 8, 16][i] ?? 15))
    .join('')
    .trimEnd();
}

/** The number and a bar of its size, in eighths of a place: six places are 0.3. */
function withBar(value) {
  const eighths = Math.round((Math.min(Math.abs(value), 0.3) / 0.3) * 48);
  return `${signed(value)} ${'█'.repeat(eighths >> 3)}${' ▏▎▍▌▋▊▉'[eighths & 7].trim()}`;
}

function signed(value) {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}
