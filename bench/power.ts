// `npm run bench:power`: how often experiments decide falsely, and how many people and lists they need. Seeded; minutes.
import { seeded } from '../src/core/random.js';
import { countPerson, sumCounts } from '../src/lab/experiments/counts.js';
import { judge } from '../src/lab/experiments/judge.js';
import { countLists, sumLists } from '../src/lab/experiments/lists.js';
import { listsNeeded, peopleNeeded } from '../src/lab/experiments/plan.js';
import type { Study } from '../src/lab/experiments/study.js';
import { createWorld } from '../src/lab/world.js';
import { abLog, acts, mixed, mixedLog, study } from '../tests/experiment-world.js';
import { decidedWithin } from '../tests/lists-decided.js';

const RUNS = 400;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A study of whether people act at all, with the deviation of both arms together. */
function shareStudy(control: number, arm: number, people = 100, weights: readonly number[] = [1, 1]): Study {
  const mean = (control * weights[0]! + arm * weights[1]!) / (weights[0]! + weights[1]!);
  return {
    experiment: { id: 'x', arms: ['now', 'next'], weights },
    windowMs: 1,
    people,
    goal: { name: 'y', value: () => 0, range: [0, 1], wanted: 'more', deviation: Math.sqrt(mean * (1 - mean)) },
  };
}

/** People one by one, looked at after each: after how many it was decided, or never. */
function decidedAfter(of: Study, control: number, arm: number, most: number, seed: number): number {
  const random = seeded(seed);
  const [a, b] = of.experiment.weights as [number, number];
  const [sums, people] = [
    { now: 0, next: 0 },
    { now: 0, next: 0 },
  ];
  for (let n = 1; n <= most; n++) {
    const name = random() < b / (a + b) ? 'next' : 'now';
    people[name]++;
    sums[name] += random() < (name === 'next' ? arm : control) ? 1 : 0;
    const counts = (which: 'now' | 'next') => ({
      people: people[which],
      sums: { y: sums[which] },
      squares: { y: sums[which] },
    });
    const [verdict] = judge(of, { experiment: 'x', arms: { now: counts('now'), next: counts('next') } });
    if (verdict!.effects[0]!.pValue <= 0.05) return n;
  }
  return Infinity;
}

const runs = (of: Study, control: number, arm: number, most: number): number[] =>
  Array.from({ length: RUNS }, (_, seed) => decidedAfter(of, control, arm, most, seed)).sort((x, y) => x - y);
const shareDecided = (found: readonly number[]): string => percent(found.filter((n) => n < Infinity).length / RUNS);

console.log(`An arm that does nothing, looked at after each of 3,000 people, ${RUNS} runs: decided in`);
for (const [name, rate, people, weights] of [
  ['one of five acts, planned for 100', 0.2, 100, [1, 1]],
  ['one of five acts, planned for 1,000', 0.2, 1000, [1, 1]],
  ['one of fifty acts, planned for 100', 0.02, 100, [1, 1]],
  ['one of five acts, a tenth in the arm, planned for 1,000', 0.2, 1000, [9, 1]],
] as const) {
  console.log(`  ${name}: ${shareDecided(runs(shareStudy(rate, rate, people, weights), rate, rate, 3000))}`);
}

console.log('An arm that does something: people needed for 80 %, and what became of that many, looked at after each');
for (const [control, arm, weights] of [
  [0.2, 0.3, [1, 1]],
  [0.2, 0.25, [1, 1]],
  [0.05, 0.075, [1, 1]],
  [0.2, 0.3, [9, 1]],
] as const) {
  const of = shareStudy(control, arm, 100, weights);
  const people = peopleNeeded(of, arm - control);
  const found = runs({ ...of, people }, control, arm, people);
  const half = found[RUNS / 2]!;
  console.log(
    `  ${percent(control)} to ${percent(arm)}, ${weights.join(':')}: ${people} people, found in ${shareDecided(found)}, half of them by ${half}`,
  );
}

console.log(
  'Mixed lists, exactly: lists needed for 80 % that either wins, and the chance of that many, looked at after each',
);
for (const share of [0.7, 0.6, 0.55]) {
  const lists = listsNeeded(share);
  console.log(
    `  ${percent(share)} won: ${lists} lists, ${percent(decidedWithin(share, lists, lists))}; falsely within ten times as many: ${percent(decidedWithin(0.5, lists, Math.min(4000, 10 * lists)))}`,
  );
}

console.log('Two rankings that know more or less of people’s tastes, six places, one visit each, 8,000 people:');
const world = createWorld({ seed: 11, items: 40, people: 8000, rate: 0.25 });
const LATER = 4e12;
for (const [noise, better] of [
  [2, 0.5],
  [1, 0.5],
  [0.75, 0.5],
] as const) {
  const arms = { now: { noise, latencyMs: 80 }, next: { noise: better, latencyMs: 80 } };
  const counts = sumCounts(world.people.map((person) => countPerson(study, abLog(world, person, arms), LATER)));
  const { means, difference } = judge(study, counts)[0]!.effects[0]!;
  const all = Object.values(counts.arms).reduce((sum, { squares }) => sum + squares['acts']!, 0);
  const deviation = Math.sqrt(all / 8000 - ((means[0] + means[1]) / 2) ** 2);
  const people = peopleNeeded({ ...study, goal: { ...acts, deviation } }, difference.value);
  const lists = sumLists(
    world.people.map((person) => countLists(mixed, mixedLog(world, person, noise, better), LATER)),
  );
  const won = lists.b / (lists.a + lists.b);
  const visits = Math.ceil((listsNeeded(won) * lists.lists) / (lists.a + lists.b));
  console.log(
    `  noise ${noise} to ${better}: ${means[0].toFixed(3)} to ${means[1].toFixed(3)} acts a visit, ${people} people; ` +
      `${percent(won)} of won lists, ${visits} visits: ${(people / visits).toFixed(1)} times fewer`,
  );
}
