// Whether the model learns what people do next where it can be known: a log of people with habits (src/lab/habits.ts), a model
// trained on it by train.py, and its next kinds beside the most frequent kind and beside the best forecast there is.
//
//   node training/foundation/kinds.mjs FOLDER [--seed 1] [-- options of train.py]
//
// PYTHON names the interpreter; default python3.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSources } from '../source-modules.mjs';

const split = process.argv.indexOf('--');
const [own, more] =
  split < 0 ? [process.argv.slice(2), []] : [process.argv.slice(2, split), process.argv.slice(split + 1)];
const { values, positionals } = parseArgs({
  args: own,
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, people: { type: 'string', default: '500' } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name a folder.');
const sources = await openSources();
const { createWorld, drawHabits } = await sources.load('/src/lab.ts');
const world = createWorld({ seed: Number(values.seed), items: 200, people: Number(values.people) });
const people = [...drawHabits(world)];
await sources.close();

mkdirSync(folder, { recursive: true });
const rows = people.flatMap(({ person, interactions }) =>
  interactions.map(({ kind, itemId, at }) => `${at},${person},${itemId},${kind}`),
);
writeFileSync(join(folder, 'log.csv'), `at,user,item,kind\n${rows.join('\n')}\n`);
const texts = world.items.map(({ id, text }) => `${id},"${text}"`);
writeFileSync(join(folder, 'items.csv'), `id,text\n${texts.join('\n')}\n`);

// The last fifth of each log is the test part, as attune sequences cuts it.
const asked = people.flatMap(({ interactions, chances }) => {
  const from = interactions.length - Math.round(interactions.length / 5);
  return chances.slice(from).map((chance, n) => ({ kind: interactions[from + n].kind, chance }));
});
const counts = new Map();
for (const { kind } of asked) counts.set(kind, (counts.get(kind) ?? 0) + 1);
const majority = Math.max(...counts.values()) / asked.length;
const bayes = asked.reduce((sum, { chance }) => sum + Math.max(...chance), 0) / asked.length;

const train = [join(import.meta.dirname, 'train.py'), join(folder, 'log.csv'), '--work', join(folder, 'work')];
const options = ['--', '--items', join(folder, 'items.csv'), '--targets', 'all', '--repeats'];
const only = ['--only', 'transitions,foundation']; // its items are at random
const args = [...train, '--out', join(folder, 'kinds'), '--seed', values.seed, ...only, ...more, ...options];
const { status } = spawnSync(process.env.PYTHON ?? 'python3', args, { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const card = readFileSync(join(folder, 'kinds.md'), 'utf8');
const { kinds } = JSON.parse(/^- test: (.*)$/m.exec(card)[1]);
const share = (kinds - majority) / (bayes - majority);
const shown = [majority, bayes, kinds, share].map((x) => `${(100 * x).toFixed(1)} %`);
console.log(
  `next kind of ${asked.length} actions: most frequent ${shown[0]}, best there is ${shown[1]}, model ${shown[2]}: ${shown[3]} of the gap`,
);
