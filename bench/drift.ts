// `npm run bench:drift`: people of the lab's world who change their mind, who stay as they are, and who only buy a gift, ranked with and
// without the reaction to a change of taste. Seeded; half an hour. SEED, PEOPLE, ROWS and
// THRESHOLD of the environment make it another run.
import { readFileSync } from 'node:fs';
import { AFTER, BEFORE, type Case, type Life, lifeOf } from './drift-people.js';
import { liteEncoder } from '../src/headless.js';
import { resampledSums } from '../src/core/bootstrap.js';
import { seeded } from '../src/core/random.js';
import type { OutcomeCurve } from '../src/lab/curve.js';
import { driftRanker } from '../src/lab/evaluation/rankers/drift.js';
import { createTastes, productRanker } from '../src/lab/evaluation/rankers/taste.js';
import type { Ranker } from '../src/lab/evaluation/ranker.js';
import { worldEncoder } from '../src/lab/encoder.js';
import { createWorld, type TastePeriod, trueProbability, type World, type WorldPerson } from '../src/lab/world.js';

const [SEED, PEOPLE, ITEMS, DAY] = [
  Number(process.env['SEED'] ?? 11),
  Number(process.env['PEOPLE'] ?? 300),
  300,
  86_400_000,
];
/** Of the log odds from which on a person is told; the product's own where nothing is said. */
const THRESHOLD = process.env['THRESHOLD'] === undefined ? undefined : Number(process.env['THRESHOLD']);
/** Likings after the change at which both are asked, a day later, as a visit begins. */
const STEPS = [0, 3, 5, 7, 10, 15, 20, 30, AFTER];
/** As in bench:cold: the second is the lab's own. */
const CURVES: readonly OutcomeCurve[] = [
  { kind: 'logistic', base: 0.05, slope: 4 },
  { kind: 'logistic', base: 0.2, slope: 1.5 },
];
const kindWeights = { click: 1, read: 1.5, save: 3, share: 5, skip: -0.3 };

const bytes = readFileSync('public/models/lite/lite.attune');
const lite = liteEncoder(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

/** A person's expected NDCG@10 at each step by both rankers, and when they were told of a change. */
interface Course {
  readonly before: number;
  readonly plain: readonly number[];
  readonly led: readonly number[];
  /** By who knows of the change at once, and of nothing before it. */
  readonly told: readonly number[];
  /** With as many likings as before the change, all of the new taste. */
  readonly warm: number;
  /** Likings of the new taste until the person was told; Infinity where they were not. */
  readonly delay: number;
  /** Changes told of before there was one. */
  readonly early: number;
}

/** `Σ P(i is next) / log2(1 + rank of i)` over the first ten, P the mean over the tastes that hold in turn. */
function expectedNdcg(world: World, person: WorldPerson, tastes: readonly TastePeriod[], scores: Float64Array): number {
  const chances = tastes.map((taste) => {
    const own = { ...person, periods: [taste] };
    const all = world.items.map((item) => trueProbability(world, own, item));
    const total = all.reduce((sum, p) => sum + p, 0);
    return all.map((p) => p / total / tastes.length);
  });
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, 10);
  return chances.reduce((sum, p) => sum + order.reduce((part, i, place) => part + p[i]! / Math.log2(place + 2), 0), 0);
}

function scoresOf(ranker: Ranker, items: number, at: number): Float64Array {
  const scores = new Float64Array(items);
  ranker.score({ user: 0, history: [], seen: new Set() }, at, scores);
  return scores;
}

function courseOf(world: World, data: Float32Array, dim: number, life: Life, warmLife: Life): Course {
  const options = { rows: { data, dim }, kindWeights };
  const makers = (): [Ranker, ReturnType<typeof driftRanker>] => [
    productRanker(createTastes(options), options),
    driftRanker(options, THRESHOLD),
  ];
  const numbers = new Map(world.items.map(({ id }, i) => [id, i]));
  const tell = (ranker: Ranker, { itemId, kind, at }: Life['acts'][number]): void =>
    ranker.follow!({ user: 0, item: numbers.get(itemId)!, kind, at, weight: 1 });
  const [plain, led] = makers();
  const [told] = makers();
  const found: Course & { plain: number[]; led: number[]; told: number[] } = {
    before: 0,
    plain: [],
    led: [],
    told: [],
    warm: 0,
    delay: Infinity,
    early: 0,
  };
  let [likings, delay, before] = [0, Infinity, 0];
  for (const act of life.acts) {
    for (const ranker of [plain, led]) tell(ranker, act);
    if (act.at >= life.changedAt) tell(told, act);
    likings += act.y;
    const done = likings - BEFORE;
    if (act.y === 0 || done < 0) continue;
    if (done > 0 && delay === Infinity && led.changes(0).some(({ detectedAt }) => detectedAt >= life.changedAt))
      delay = done;
    if (!STEPS.includes(done)) continue;
    const [a, b, c] = [plain, led, told].map((ranker) => scoresOf(ranker, world.items.length, act.at + DAY)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    if (done === 0) before = expectedNdcg(world, life.person, life.tastesBefore, a);
    found.plain.push(expectedNdcg(world, life.person, life.now, a));
    found.led.push(expectedNdcg(world, life.person, life.now, b));
    found.told.push(expectedNdcg(world, life.person, life.now, c));
  }
  const [warmed] = makers();
  for (const act of warmLife.acts) tell(warmed, act);
  const warm = expectedNdcg(
    world,
    life.person,
    life.now,
    scoresOf(warmed, world.items.length, warmLife.acts.at(-1)!.at + DAY),
  );
  const early = led.changes(0).filter(({ detectedAt }) => detectedAt < life.changedAt).length;
  return { ...found, before, warm, delay, early };
}

/** Mean of values, or of their ratio to others: the same people resampled for both. */
function interval(values: readonly number[], against?: readonly number[], digits = 2): string {
  const columns = [values, against ?? values.map(() => 1)].map((each) => Float64Array.from(each));
  const [tops, bottoms] = resampledSums(columns, 1000, seeded(1)) as [Float64Array, Float64Array];
  const drawn = [...tops.map((top, b) => top / bottoms[b]!)].sort((x, y) => x - y);
  const sum = (all: Float64Array): number => all.reduce((total, x) => total + x, 0);
  const value = sum(columns[0]!) / sum(columns[1]!);
  return `${value.toFixed(digits)} (${drawn[24]!.toFixed(digits)} to ${drawn[974]!.toFixed(digits)})`;
}

/** Rows that hold the taste, and such as the default model reads from texts. */
const ROWS = (process.env['ROWS'] ?? 'world,lite').split(',');
const CHANGES: readonly Case[] = ['opposite', 'another', 'neighbouring', 'one of two'];
const OTHERS: readonly Case[] = ['none', 'none, two tastes', 'gift'];
/** Likings of those who are looked at for what the reaction costs who stays the same. */
const LONG = 500;
const LONG_STEPS = [125, 250, 375, LONG];

const row = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);
const percent = (part: number, all: number): string => `${Math.round((100 * part) / all)} %`;

function tellChange(name: Case, courses: readonly Course[]): void {
  const at = STEPS.indexOf(10);
  const mean = (of: (course: Course) => number): number =>
    courses.reduce((sum, course) => sum + of(course), 0) / courses.length;
  const right = (c: Course): number => c.plain[0]!;
  const levels = [
    (c: Course) => c.before,
    right,
    (c: Course) => c.plain[at]!,
    (c: Course) => c.led[at]!,
    (c: Course) => c.warm,
  ];
  const hasLost = mean((c) => c.before) > 1.1 * mean(right); // of two tastes one dropped may be no loss
  const back = (of: (course: Course) => readonly number[], s = at): string =>
    hasLost
      ? interval(
          courses.map((c) => of(c)[s]! - right(c)),
          courses.map((c) => c.before - right(c)),
        )
      : 'no loss';
  const found = STEPS.slice(1).map((step) =>
    percent(courses.filter(({ delay }) => delay <= step).length, courses.length),
  );
  const curve = (of: (course: Course) => readonly number[]): string =>
    hasLost
      ? STEPS.slice(1)
          .map((_, s) => back(of, s + 1).split(' ')[0])
          .join(' ')
      : '';
  row(
    name,
    ...levels.map((of) => mean(of).toFixed(4)),
    back((c) => c.plain),
    back((c) => c.led),
    back((c) => c.told),
  );
  notes.push([name, found.join(', '), curve((c) => c.plain), curve((c) => c.led)]);
}

function tellOther(name: Case, courses: readonly Course[]): void {
  const touched = courses.filter(({ delay, early }) => delay < Infinity || early > 0).length;
  const kept = [0, 5, 10, 20, AFTER].map((step) => {
    const s = STEPS.indexOf(step);
    return interval(
      courses.map((c) => c.led[s]!),
      courses.map((c) => c.plain[s]!),
      3,
    );
  });
  row(name, `${touched} of ${courses.length}`, ...kept);
}

/** People who stay as they are for 500 likings: how many are told of a change, and what they lose by then and on the way. */
function longLives(world: World, data: Float32Array, dim: number, name: Case): string {
  const options = { rows: { data, dim }, kindWeights };
  const numbers = new Map(world.items.map(({ id }, i) => [id, i]));
  let told = 0;
  const courses = world.people.map((person) => {
    const [plain, led] = [productRanker(createTastes(options), options), driftRanker(options, THRESHOLD)];
    const life = lifeOf(world, person, name, LONG - BEFORE);
    const found = { plain: [] as number[], led: [] as number[] };
    let likings = 0;
    for (const { itemId, kind, at, y } of life.acts) {
      for (const ranker of [plain, led]) ranker.follow!({ user: 0, item: numbers.get(itemId)!, kind, at, weight: 1 });
      likings += y;
      if (y === 0 || !LONG_STEPS.includes(likings)) continue;
      for (const [ranker, into] of [[plain, found.plain] as const, [led, found.led] as const]) {
        into.push(expectedNdcg(world, life.person, life.now, scoresOf(ranker, world.items.length, at + DAY)));
      }
    }
    told += Number(led.changes(0).length > 0);
    return found;
  });
  const ratios = LONG_STEPS.map((_, s) =>
    interval(
      courses.map(({ led }) => led[s]!),
      courses.map(({ plain }) => plain[s]!),
      3,
    ),
  );
  return `${name}: ${told} of ${world.people.length} told in ${LONG} likings; NDCG by that without after ${LONG_STEPS.join(', ')}: ${ratios.join(', ')}`;
}

let notes: (readonly string[])[] = [];
for (const [curve, rows] of CURVES.flatMap((each) => ROWS.map((kind) => [each, kind] as const))) {
  const world = createWorld({ seed: SEED, items: ITEMS, people: PEOPLE, curve, driftAt: Date.UTC(2100, 0, 1) });
  const encoder = rows === 'lite' ? lite : worldEncoder(world);
  const { data, dim } = await encoder.encode(world.items.map(({ text }) => text));
  const coursesOf = (name: Case): Course[] =>
    world.people.map((person) => {
      const life = lifeOf(world, person, name);
      const [now] = life.now;
      const isOne = life.now.length === 1;
      const after = isOne ? { ...person, periods: [now!, now!] } : person;
      return courseOf(world, data, dim, life, lifeOf(world, after, isOne ? 'none' : name, 0));
    });
  notes = [];
  console.log(
    `\n${JSON.stringify(curve)}, rows of ${rows}: ${PEOPLE} people, seed ${SEED}; expected NDCG@10, ${BEFORE} likings before the change\n`,
  );
  row(
    'change',
    'before',
    'right after',
    '10 likings after, without',
    'with',
    'warm',
    'loss back, without',
    'with',
    'told',
  );
  row(...Array.from({ length: 9 }, () => '---'));
  for (const name of CHANGES) tellChange(name, coursesOf(name));
  console.log('');
  row('change', `told after ${STEPS.slice(1).join(', ')}`, 'loss back by then, without', 'with');
  row('---', '---', '---', '---');
  for (const note of notes) row(...note);
  console.log('');
  row('who else', 'told', 'NDCG by that without, at once', 'after 5', '10', '20', `${AFTER}`);
  row(...Array.from({ length: 7 }, () => '---'));
  for (const name of OTHERS) tellOther(name, coursesOf(name));
  for (const name of ['none', 'none, two tastes'] as const) {
    console.log(longLives(world, data, dim, name));
  }
}
