import { type Interval, percentileInterval, resampledSums } from '../src/core/bootstrap.js';
import { adapt, identityAdapter } from '../src/core/adapter.js';
import { mixSeeds, seeded } from '../src/core/random.js';
import { ndcg } from '../src/core/ranking-metrics.js';
import { sigmoid } from '../src/core/special.js';
import { finish } from '../src/core/steps.js';
import { dot } from '../src/core/vector.js';
import { ADAPTER, judgeAdapter } from '../src/domain/adapter.js';
import { decisive } from '../src/domain/contest.js';
import { GATE_PENALTY, judgeGate, lossesUnder, plainLike } from '../src/domain/gate.js';
import { type Lesson, lessonsOf } from '../src/domain/lesson.js';
import { drawLog, hidden, makePlace, type Place, TRUTHS } from '../tests/adaptive-people.js';

/**
 * Gate and adapter beside the plain product, on invented people: how often each is in use after so many outcomes, what that gains on
 * the next 300, and what it costs. `TUNE=1` takes the seeds that settings were chosen on, `PART`, `PEOPLE`, `COUNTS` and `CASES` less of it,
 * `PENALTIES` and `ADAPTERS` (JSON) other settings.
 */

const env = process.env;
const PEOPLE = Number(env['PEOPLE'] ?? 60);
/** Where nothing is to be gained, what is lost is little, and takes more people to see. */
const MORE = 3;
const SEED = env['TUNE'] === undefined ? 1001 : 1;
const COUNTS = (env['COUNTS'] ?? '300,1000,3000').split(',').map(Number);
const FRESH = 300;

/** CPU of this process so far, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean over people, 95 % by resampling them. */
function overPeople(values: readonly number[]): Interval {
  const [sums] = resampledSums([Float64Array.from(values)], 2000, seeded(5));
  return percentileInterval(
    mean(values),
    sums!.map((sum) => sum / values.length),
  );
}

function shown({ value, low, high }: Interval, digits = 4): string {
  const sign = (x: number): string => `${x >= 0 ? '+' : ''}${x.toFixed(digits)}`;
  return `${sign(value)} (${sign(low)} to ${sign(high)})`;
}

/** A person's lessons: those that decide, and later ones with the true chance behind each. */
interface Drawn {
  readonly past: readonly Lesson[];
  readonly fresh: readonly (readonly [Lesson, number])[];
}

function drawn(place: Place, name: string, count: number, seed: number): Drawn {
  const { events, asked } = drawLog(place, TRUTHS[name]!, count + FRESH, seed);
  const all = lessonsOf(events, events.at(-1)!.at + 3_600_000, place.under);
  const chances = new Map(asked.map(({ id, logit }) => [id, sigmoid(logit)]));
  return { past: all.slice(0, count), fresh: all.slice(count).map((lesson) => [lesson, chances.get(lesson.id)!]) };
}

/** What a learned part did for one person. */
interface Result {
  readonly isUsed: boolean;
  /** Less loss, or more NDCG, on what came after the decision, were it used. */
  readonly gain: number;
  readonly ms: number;
}

function tryGate({ past, fresh }: Drawn, penalty: number): Result {
  const began = cpuMs();
  const lessons = decisive(past);
  const verdict = finish(judgeGate(lessons, penalty));
  const ms = cpuMs() - began;
  if (verdict === undefined) return { isUsed: false, gain: 0, ms };
  const known = fresh.filter(([{ features }]) => features.length > 0);
  const expected = (gate: typeof verdict.gate): number => {
    const as = (y: 0 | 1): number[] =>
      finish(
        lossesUnder(
          gate,
          known.map(([lesson]) => ({ ...lesson, y })),
        ),
      );
    const [no, yes] = [as(0), as(1)];
    return mean(known.map(([, p], i) => p * yes[i]! + (1 - p) * no[i]!));
  };
  const gain = expected(finish(plainLike(verdict.gate, lessons))) - expected(verdict.gate);
  return { isUsed: verdict.heldOut.interval.low > 0, gain, ms };
}

function tryAdapter({ past, fresh }: Drawn, settings: typeof ADAPTER): Result {
  const began = cpuMs();
  const verdict = finish(judgeAdapter(decisive(past), 1, settings));
  const ms = cpuMs() - began;
  if (verdict === undefined) return { isUsed: false, gain: 0, ms };
  const lists = new Map<number, (readonly [Lesson, number])[]>();
  for (const each of fresh) lists.set(each[0].visit, [...(lists.get(each[0].visit) ?? []), each]);
  const gains = [...lists.values()].flatMap((list) => {
    const { anchor } = list[0]![0];
    if (anchor === undefined || list.length < 2) return [];
    const gainOf = (score: (x: Float32Array) => number): number => {
      const ranked = list.map(([{ item }, p]) => ({ p, score: score(item!) })).sort((a, b) => b.score - a.score);
      return ndcg(
        ranked.map(({ p }) => p),
        3,
      );
    };
    return [gainOf((x) => dot(anchor, adapt(verdict.adapter, x))) - gainOf((x) => dot(anchor, x))];
  });
  return { isUsed: verdict.heldOut.interval.low > 0, gain: mean(gains), ms };
}

/** What of a world a person's chances depend on: items' embeddings, how many sliders, whether anything is to be gained. */
interface Case {
  readonly truth: string;
  readonly sliders: number;
  readonly embed?: Parameters<typeof makePlace>[3];
  readonly isNothing?: boolean;
}

/** Where the plain score of one slider is the truth it is that of no other: there is one. */
const GATES: Readonly<Record<string, Case>> = {
  'nothing: one chance for all': { truth: 'flat', sliders: 2, isNothing: true },
  'the plain score': { truth: 'plain', sliders: 1, isNothing: true },
  'taste, no context': { truth: 'taste', sliders: 2 },
  ...Object.fromEntries(
    ['device', 'hour', 'work hours', 'segment', 'session length'].map((truth) => [truth, { truth, sliders: 2 }]),
  ),
};

const ADAPTERS: Readonly<Record<string, Case>> = {
  'nothing: one chance for all': { truth: 'flat', sliders: 3, isNothing: true },
  'the plain ranking, clear embeddings': { truth: 'close', sliders: 3, isNothing: true },
  'the plain ranking, hiding embeddings': { truth: 'close', sliders: 3, isNothing: true, embed: hidden(0.3) },
  'taste, clear embeddings': { truth: 'taste', sliders: 3 },
  'taste, half hidden': { truth: 'taste', sliders: 3, embed: hidden(0.6) },
  'taste, hiding embeddings': { truth: 'taste', sliders: 3, embed: hidden(0.3) },
};

/** The lines of a part's table: each case after each count of outcomes, under each of some settings. */
function table<S>(
  part: string,
  cases: Readonly<Record<string, Case>>,
  dim: number,
  settings: Readonly<Record<string, S>>,
  attempt: (log: Drawn, setting: S) => Result,
): void {
  for (const [name, { truth, sliders, embed, isNothing }] of Object.entries(cases)) {
    if (!(env['CASES'] ?? name).includes(name)) continue;
    for (const count of COUNTS) {
      const people = isNothing === true ? MORE * PEOPLE : PEOPLE;
      const seeds = Array.from({ length: people }, (_, p) => mixSeeds(SEED, count, p));
      const logs = seeds.map((seed) => drawn(makePlace(seed, sliders, dim, embed), truth, count, seed));
      for (const [label, setting] of Object.entries(settings)) {
        const results = logs.map((log) => attempt(log, setting));
        const used = results.map(({ isUsed, gain }) => (isUsed ? gain : 0));
        const share = (100 * mean(results.map(({ isUsed }) => Number(isUsed)))).toFixed(1);
        const always = mean(results.map(({ gain }) => gain));
        const ms = mean(results.map(({ ms }) => (1000 * ms) / Math.min(count, 2000)));
        const figures = `${people} | ${share} % | ${shown(overPeople(used))} | ${always.toFixed(4)} | ${ms.toFixed(0)}`;
        console.log(`| ${part}${label} | ${name} | ${count} | ${figures} |`);
      }
    }
  }
}

console.log(
  '| part | what outcomes depend on | outcomes | people | in use | gained (95 %) | if always used | ms per 1,000 |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
if (env['PART'] !== 'adapter') {
  const penalties = (env['PENALTIES'] ?? `${GATE_PENALTY}`).split(',').map((each) => [` ${each}`, Number(each)]);
  const settings = penalties.length === 1 ? { '': GATE_PENALTY } : Object.fromEntries(penalties);
  table<number>('gate', GATES, 32, settings, tryGate);
}
if (env['PART'] !== 'gate') {
  const variants = JSON.parse(env['ADAPTERS'] ?? '{"":{}}') as Record<string, object>;
  const settings = Object.entries(variants).map(([label, each]) => [label, { ...ADAPTER, ...each }]);
  table<typeof ADAPTER>('adapter', ADAPTERS, 64, Object.fromEntries(settings), tryAdapter);
}

/** What training costs at the size of a sentence encoder's rows. */
if (env['CASES'] === undefined) {
  const log = drawn(makePlace(SEED, 5, 384, hidden(0.3)), 'taste', 976, SEED);
  const trained = [tryGate(log, GATE_PENALTY), tryAdapter(log, ADAPTER)];
  const figures = trained.map(({ ms }) => `${(ms / 0.976).toFixed(0)} ms of CPU`);
  console.log(`\n1,000 outcomes, 5 sliders, 384 dimensions: gate ${figures[0]}, adapter ${figures[1]}`);
  const row = Float32Array.from({ length: 384 }, () => 1 / Math.sqrt(384));
  const adapter = identityAdapter(row, ADAPTER.rank, seeded(1));
  const passes = 20_000;
  let [sum, began] = [0, 0];
  for (let i = 0; i < 2 * passes; i++) {
    if (i === passes) began = cpuMs(); // warm from here on
    sum += dot(row, adapt(adapter, row));
  }
  console.log(
    `1,000 candidates under an adapter: ${((1000 * (cpuMs() - began)) / passes).toFixed(1)} ms of CPU (${sum > 0})`,
  );
}
