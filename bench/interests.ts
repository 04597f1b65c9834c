// `npm run bench:interests`: rankings by several interests against the mean of all, on invented people of one and of several
// tastes: of clear subjects, of a world of sliders, and of the demo's catalogue as lite reads it. Seeded; minutes.
import { readFileSync } from 'node:fs';
import catalog from '../demo/catalog.json';
import { liteEncoder } from '../src/headless.js';
import { gaussian, mixSeeds, seeded, shuffled } from '../src/core/random.js';
import { addScaled, normalize } from '../src/core/vector.js';
import { createLog, type LogRow } from '../src/lab/evaluation/log.js';
import { planOf } from '../src/lab/evaluation/protocol.js';
import { interestsRanker } from '../src/lab/evaluation/rankers/interests.js';
import { createTastes, productRanker } from '../src/lab/evaluation/rankers/taste.js';
import { type ItemRows, replay } from '../src/lab/evaluation/replay.js';
import { summarize } from '../src/lab/evaluation/summary.js';
import { createWorld, matchOf } from '../src/lab/world.js';

const [PEOPLE, DAY] = [800, 86_400_000];
const START = Date.UTC(2026, 0, 1);

/** Items, and how likely a person of a drawn taste is to take each: any numbers ≥ 0. */
interface Field {
  readonly name: string;
  readonly rows: ItemRows;
  readonly draw: (random: () => number) => Float64Array;
  /** What they do in two months, less than they would like. */
  readonly acts: number;
}

/** 1,500 items of 30 subjects in 64 dimensions; within a subject cosines are about 0.6. */
function subjects(): Field {
  const [dim, count, random] = [64, 30, seeded(11)];
  const any = (): Float64Array => Float64Array.from({ length: dim }, () => gaussian(random) / Math.sqrt(dim));
  const [shared, middles] = [any(), Array.from({ length: count }, any)];
  const data = new Float32Array(1500 * dim);
  const subject = Array.from({ length: 1500 }, (_, i) => i % count);
  subject.forEach((s, i) => {
    const row = middles[s]!.slice();
    addScaled(row, shared, 0.7);
    addScaled(row, any(), 1);
    data.set(normalize(row), i * dim);
  });
  const draw = (chance: () => number): Float64Array => {
    const own = Math.floor(count * chance());
    return Float64Array.from(subject, (s) => Number(s === own));
  };
  return { name: 'subjects', rows: { data, dim }, draw, acts: 60 };
}

/** 1,500 items of the lab's world, spread evenly along five sliders: tastes without gaps between them. */
function sliders(): Field {
  const { items, dim } = createWorld({ seed: 5, items: 1500, people: 1 });
  const data = Float32Array.from(items.flatMap(({ embedding }) => [...embedding]));
  const draw = (chance: () => number): Float64Array => {
    const wanted = items[0]!.positions.map(() => 2 * chance() - 1);
    return Float64Array.from(items, ({ positions }) => Math.exp(3 * matchOf(wanted, positions)));
  };
  return { name: 'sliders', rows: { data, dim }, draw, acts: 60 };
}

/** The demo's 432 items of twelve fields by the default model, with less to do: a field has 36. */
async function demo(): Promise<Field> {
  const bytes = readFileSync('public/models/lite/lite.attune');
  const encoder = liteEncoder(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const texts = catalog.map(({ title, summary, tags }) => `${title}. ${summary} ${tags.join(', ')}`);
  const { data, dim } = await encoder.encode(texts);
  const fields = [...new Set(catalog.map(({ field }) => field))];
  const draw = (chance: () => number): Float64Array => {
    const own = fields[Math.floor(fields.length * chance())];
    return Float64Array.from(catalog, ({ field }) => Number(field === own));
  };
  return { name: 'demo, lite', rows: { data, dim }, draw, acts: 30 };
}

/** Index drawn with these odds. */
function drawn(odds: Float64Array, random: () => number): number {
  let left = random() * odds.reduce((sum, odd) => sum + odd, 0);
  return Math.max(
    0,
    odds.findIndex((odd) => (left -= odd) < 0),
  );
}

/** People of so many tastes, the first twice as strong as the second and so on; one act of ten is on anything. Each item once. */
function logOf({ draw, acts, rows }: Field, tastes: number, seed: number): LogRow[] {
  const count = rows.data.length / rows.dim;
  return Array.from({ length: PEOPLE }, (_, person) => {
    const random = seeded(mixSeeds(seed, tastes, person));
    const own = Array.from({ length: tastes }, () => draw(random).slice());
    const strengths = Float64Array.from({ length: tastes }, (_, t) => 1 / (t + 1));
    const left = new Float64Array(count).fill(1);
    return Array.from({ length: acts }, (_, n): LogRow => {
      const odds = random() < 0.1 ? left : own[drawn(strengths, random)]!;
      const item = drawn(odds, random);
      for (const each of [left, ...own]) each[item] = 0;
      return { user: `p${person}`, itemId: `i${item}`, kind: 'save', at: START + Math.floor((n * 60 * DAY) / acts) };
    });
  }).flat();
}

function measure(field: Field, tastes: number): void {
  const rows = shuffled(logOf(field, tastes, 4), seeded(1));
  const texts = new Map(Array.from({ length: field.rows.data.length / field.rows.dim }, (_, i) => [`i${i}`, '']));
  const log = createLog(rows, texts, { kindWeights: { save: 3 } });
  const { dim } = field.rows;
  const data = new Float32Array(log.items.length * dim);
  log.items.forEach(({ id }, i) =>
    data.set(field.rows.data.subarray(Number(id.slice(1)) * dim, (Number(id.slice(1)) + 1) * dim), i * dim),
  );
  const options = { rows: { data, dim }, kindWeights: log.kindWeights };
  const plan = planOf(log, { kind: 'last-out', share: 0.2 });
  const interests = interestsRanker(options);
  const rankers = [interests, productRanker(createTastes(options), options)];
  const answers = [...replay(log, plan, rankers, { rows: options.rows })];
  const names = rankers.map(({ name }) => name);
  const { comparisons, rankers: results } = summarize(log, plan, answers, { names, against: 'attune' });
  const [byInterests, byMean] = results.map(({ measures }) => measures.ndcg.value.toFixed(4));
  const { value, low, high } = comparisons[0]!.differences.ndcg;
  const split = interests.several() / PEOPLE;
  const difference = `${value >= 0 ? '+' : ''}${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
  const share = `${(100 * split).toFixed(0)} %`;
  console.log(`| ${field.name} | ${tastes} | ${share} | ${byMean} | ${byInterests} | ${difference} |`);
}

console.log(
  '| items | tastes | people with several interests | NDCG@10 by the mean | by interests | difference (95 %) |',
);
console.log('| --- | --- | --- | --- | --- | --- |');
for (const field of [subjects(), sliders(), await demo()]) {
  for (const tastes of [1, 2, 3, 5]) measure(field, tastes);
}
