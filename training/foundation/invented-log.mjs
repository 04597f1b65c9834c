// A log of people who do not exist, acting on a catalogue: what the demo's model is made of.
//
//   node training/foundation/invented-log.mjs CATALOGUE FOLDER [--people 400] [--visits 12] [--seed 1] [--shown 0] [--unlike]
//
// CATALOGUE is JSON like demo/catalog.json: id, field, title, summary, tags. FOLDER gets an export a person.
//
// Everybody has two to four fields they like, a mood (lively or calm, by tags) and one of four ways of going on from an item: who
// keeps, who passes on, who reads only, who looks only. A visit stays mostly with one field; another comes after it by a way that is
// the same for all. So there is a taste, an order of fields and an order of kinds to be learned, and nothing else.
//
// With --shown N each visit ends with N items at random, noted as shown, and clicked by chances that taste gives. People who are --unlike
// those that a model was made of share first, then save, seldom read, and like what is cheap, or what is not, of any field.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSources } from '../source-modules.mjs';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ people: option('400'), visits: option('12'), seed: option('1'), shown: option('0') },
    unlike: { type: 'boolean', default: false },
  },
});
const [file, folder] = positionals;
if (folder === undefined) throw new Error('Name a catalogue and a folder.');
const [people, visits, seed] = [values.people, values.visits, values.seed].map(Number);
const sources = await openSources();
const { createIdMaker } = await sources.load('/src/domain/id.ts');
const { gaussian, mixSeeds, seeded, shuffled } = await sources.load('/src/core/random.ts');
await sources.close();

const catalogue = JSON.parse(readFileSync(file, 'utf8'));
const fields = [...new Set(catalogue.map(({ field }) => field))];
const around = shuffled(fields, seeded(mixSeeds(seed, 1)));
const LIVELY = new Set(['loud', 'thrilling', 'fast', 'energetic', 'party', 'group', 'challenging', 'team', 'friends']);
const CALM = new Set(['quiet', 'slow', 'calm', 'gentle', 'cosy', 'solo', 'alone', 'sleep', 'simple', 'at home']);
const count = (tags, words) => tags.filter((tag) => words.has(tag)).length;
const CHEAP = new Set(['free', 'cheap', 'frugal', 'budget', 'saving', 'simple', 'at home', 'easy']);
const items = catalogue.map((item) => ({
  ...item,
  isCheap: count(item.tags, CHEAP) > 0,
  mood: Math.sign(count(item.tags, LIVELY) - count(item.tags, CALM)),
}));

/** Chances that a click is followed by reading, reading by a save, and a save or reading by a share. */
const WAYS = [
  { read: 0.9, save: 0.75, share: 0.1 },
  { read: 0.85, save: 0.15, share: 0.7 },
  { read: 0.9, save: 0.1, share: 0.05 },
  { read: 0.2, save: 0.1, share: 0.05 },
];
const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 5, 1);

function logOf(person) {
  const random = seeded(mixSeeds(seed, 2, person));
  const makeId = createIdMaker(random);
  const way = WAYS[person % WAYS.length];
  const mood = random() < 0.5 ? 1 : -1;
  const liked = shuffled(fields, random).slice(0, 2 + Math.floor(random() * 3));
  const seen = new Set();
  const interactions = [];
  let at = START + random() * DAY_MS;
  let field = liked[0];
  const act = (kind, item, wait, more) => {
    at += Math.ceil(wait);
    interactions.push({ id: makeId(at), kind, itemId: item.id, at: Math.round(at), ...more });
  };
  for (let visit = 0; visit < visits; visit++) {
    at += DAY_MS * (0.3 + 1.5 * random());
    for (let n = 3 + Math.floor(random() * 5); n > 0; n--) {
      const item = choose(items, field, mood, seen, random);
      seen.add(item.id);
      act('click', item, 5000 + 20_000 * random(), {});
      if (values.unlike) {
        if (random() < 0.7) act('share', item, 4000, {});
        if (random() < 0.6) act('save', item, 2000, {});
        if (random() < 0.1) act('read', item, 9000, { dwellMs: 9000 });
        continue;
      }
      const isLiked = liked.includes(item.field);
      const ofMood = item.mood === mood;
      if (!isLiked && random() < 0.4) act('hide', item, 3000, {});
      else if (random() < way.read) {
        const dwellMs = Math.round(1000 * Math.exp((isLiked ? 3.4 : 2) + (ofMood ? 0.4 : 0) + 0.5 * gaussian(random)));
        act('read', item, dwellMs, { dwellMs });
        if (random() < way.save * (ofMood ? 1 : 0.5)) act('save', item, 2000, {});
        if (random() < way.share * (ofMood ? 1 : 0.5)) act('share', item, 4000, {});
      }
      if (random() < 0.3) field = next(field, liked, random);
    }
    field = next(field, liked, random);
    for (let n = 0; n < Number(values.shown); n++) {
      const item = items[Math.floor(random() * items.length)];
      const likes = values.unlike ? item.isCheap === mood > 0 : liked.includes(item.field) && item.mood !== -mood;
      act('impression', item, 10_000, { weight: 0, position: n });
      if (random() < (likes ? 0.6 : 0.15)) act('click', item, 3000, {});
    }
  }
  return interactions;
}

/** One of a field that was not seen, one of the person's mood three times as often. */
function choose(all, field, mood, seen, random) {
  const left = all.filter((item) => item.field === field && !seen.has(item.id));
  const from = left.length > 0 ? left : all.filter((item) => !seen.has(item.id));
  const weights = from.map((item) => (item.mood === mood ? 3 : 1));
  let at = random() * weights.reduce((sum, weight) => sum + weight, 0);
  return from.find((_, i) => (at -= weights[i]) < 0) ?? from.at(-1);
}

/** The one that follows for all, one of the person's own, or any. */
function next(field, liked, random) {
  const draw = random();
  if (draw < 0.45) return around[(around.indexOf(field) + 1) % around.length];
  return draw < 0.9 ? liked[Math.floor(random() * liked.length)] : fields[Math.floor(random() * fields.length)];
}

mkdirSync(folder, { recursive: true });
let actions = 0;
for (let person = 0; person < people; person++) {
  const interactions = logOf(person);
  actions += interactions.length;
  const acted = new Set(interactions.map(({ itemId }) => itemId));
  const own = items
    .filter(({ id }) => acted.has(id))
    .map(({ id, title, summary, tags }) => ({ id, title, text: `${title}. ${summary} ${tags.join(' ')}` }));
  const log = { format: 'attune-export', version: 1, exportedAt: interactions.at(-1).at, interactions, items: own };
  writeFileSync(join(folder, `p${String(person).padStart(4, '0')}.json`), JSON.stringify({ ...log, sliders: {} }));
}
console.log(`${people} invented people, ${actions} actions on ${items.length} items: ${folder}`);
