import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { gaussian, seeded } from '../../src/core/random.js';
import type { Interaction } from '../../src/domain/interaction.js';
import { countPerson, releaseCounts, type StudyCounts, sumCounts } from '../../src/lab/experiments/counts.js';
import { judge, type Verdict } from '../../src/lab/experiments/judge.js';
import { listsNeeded, peopleNeeded } from '../../src/lab/experiments/plan.js';
import type { Metric, Study } from '../../src/lab/experiments/study.js';
import { didAny, meanNoted, perHundred, timesDone } from '../../src/lab/experiments/values.js';
import { SOAK } from '../soak.js';

const HOUR = 3_600_000;
const saved: Metric = { name: 'saved', value: didAny(['save']), range: [0, 1], wanted: 'more' };
const hides: Metric = {
  name: 'hides',
  value: timesDone(['hide']),
  range: [0, 10],
  wanted: 'less',
  deviation: 1,
};
const study: Study = {
  experiment: { id: 'spring', arms: ['now', 'next'] },
  windowMs: 24 * HOUR,
  goal: saved,
  guardrails: [hides],
  people: 1000,
};

let made = 0;
function event(kind: string, at: number, metadata: Interaction['metadata'] = {}): Interaction {
  return { id: String(made++).padStart(6, '0'), kind, itemId: 'x', at, metadata };
}
const exposed = (arm: string, at: number, noted = {}): Interaction =>
  event('exposure', at, { experiment: 'spring', arm, ...noted });

describe('one person’s part', () => {
  const log = [
    ...[event('save', 0), event('hide', 5), exposed('next', 10), exposed('next', 20), event('hide', 30)],
    ...[event('hide', 10 + 24 * HOUR), event('save', 11 + 24 * HOUR), exposed('now', 12 + 24 * HOUR)],
  ];
  const nobody = { people: 0, sums: { saved: 0, hides: 0 }, squares: { saved: 0, hides: 0 } };

  test('is what they did from their first exposure until the window closed, in the arm of then', () => {
    expect(countPerson(study, log, 1e12)).toEqual({
      experiment: 'spring',
      arms: { now: nobody, next: { people: 1, sums: { saved: 0, hides: 2 }, squares: { saved: 0, hides: 4 } } },
    });
    expect(countPerson(study, [...log].reverse(), 1e12)).toEqual(countPerson(study, log, 1e12));
  });

  test('is not there before the window closed, and the same ever after', () => {
    expect(countPerson(study, log, 10 + 24 * HOUR)).toEqual({
      experiment: 'spring',
      arms: { now: nobody, next: nobody },
    });
    expect(countPerson(study, log, 11 + 24 * HOUR)).toEqual(countPerson(study, log, 1e12));
    expect(countPerson(study, [event('save', 5)], 1e12).arms['next']).toEqual(nobody);
  });

  test('is whole numbers and names that the study gives, nothing else', () => {
    const told = JSON.stringify(countPerson(study, log, 1e12));
    expect(told.replaceAll(/"(experiment|arms|people|sums|squares|spring|now|next|saved|hides)"/g, '')).toMatch(
      /^[\d{}:,]+$/,
    );
    const odd = { ...study, goal: { ...saved, range: [0, 100] as const, value: () => 12.6 }, guardrails: [] };
    expect(countPerson(odd, log, 1e12).arms['next']!.sums['saved']).toBe(13);
    expect(
      countPerson({ ...odd, goal: { ...odd.goal, value: () => 1e9 } }, log, 1e12).arms['next']!.sums['saved'],
    ).toBe(100);
  });

  test.each([
    ['no number', () => NaN],
    ['a text', () => 'x' as never],
    [
      'an error',
      () => {
        throw new Error('no');
      },
    ],
  ])('a metric that gives %s is told by name', (_, value) => {
    expect(() => countPerson({ ...study, goal: { ...saved, value } }, log, 1e12)).toThrow(/saved/);
  });

  test('usual metrics count what was done, by hundred of what was shown, and noted numbers', () => {
    const events = [event('hide', 1), event('impression', 2), event('impression', 3), exposed('now', 4, { ms: 30 })];
    const later = [...events, exposed('now', 5, { ms: 50 }), exposed('now', 6, { ms: 'slow' })];
    expect(
      [didAny(['hide', 'skip']), didAny(['save']), timesDone(['impression', 'hide'])].map((of) => of(later)),
    ).toEqual([1, 0, 3]);
    expect(
      [perHundred(['hide']), perHundred(['hide'], 'view'), meanNoted('ms'), meanNoted('s')].map((of) => of(later)),
    ).toEqual([50, 0, 40, 0]);
  });
});

/** Counts as they are after people were dealt one by one: by `numbers` of a person in the arm, or not. */
function counted(
  people: number,
  seed: number,
  numbers: (isArm: boolean, random: () => number) => Record<string, number>,
  share = 0.5,
): StudyCounts[] {
  const random = seeded(seed);
  const zero = (): { people: number; sums: Record<string, number>; squares: Record<string, number> } => ({
    people: 0,
    sums: { saved: 0, hides: 0 },
    squares: { saved: 0, hides: 0 },
  });
  const arms = { now: zero(), next: zero() };
  return Array.from({ length: people }, () => {
    const isArm = random() < share;
    const arm = isArm ? 'next' : 'now';
    const own = { saved: 0, hides: 0, ...numbers(isArm, random) };
    const { people: before, sums, squares } = arms[arm];
    arms[arm] = {
      people: before + 1,
      sums: { saved: sums['saved']! + own.saved, hides: sums['hides']! + own.hides },
      squares: { saved: squares['saved']! + own.saved ** 2, hides: squares['hides']! + own.hides ** 2 },
    };
    return { experiment: 'spring', arms: { ...arms } };
  });
}

const coin = (p: number) => (_: boolean, random: () => number) => ({ saved: random() < p ? 1 : 0 });
const only: Study = { ...study, guardrails: [] };
/** Share of runs in which a look after any person decides. */
function everDecided(
  of: Study,
  runs: number,
  people: number,
  numbers: Parameters<typeof counted>[2],
  share = 0.5,
  alpha = 0.05,
): number {
  let decided = 0;
  for (let seed = 0; seed < runs; seed++) {
    const looks = counted(people, seed, numbers, share);
    if (looks.some((counts) => judge(of, counts)[0]!.effects[0]!.pValue <= alpha)) decided++;
  }
  return decided / runs;
}

describe('an arm that does nothing, looked at after each person', () => {
  const RUNS = 40 * SOAK;
  /** What 5 % is exceeded by in one of a thousand experiments of this size, about. */
  const most = (share: number, runs: number): number => share + 3.1 * Math.sqrt((share * (1 - share)) / runs);

  test.each<{ name: string; of?: Partial<Study>; numbers?: Parameters<typeof counted>[2]; share?: number }>([
    { name: 'one of five saves' },
    { name: 'one of fifty saves', numbers: coin(0.02) },
    { name: 'nearly everybody saves', numbers: coin(0.95) },
    { name: 'ten people were planned', of: { people: 10 } },
    { name: 'a tenth is in the arm', of: { experiment: { ...study.experiment, weights: [9, 1] } }, share: 0.1 },
    {
      name: 'a few do very much',
      of: { goal: { ...saved, range: [0, 10_000], deviation: 20 } },
      numbers: (_, random) => ({ saved: Math.floor(Math.min(10_000, 1 / random())) }),
    },
  ])('is decided on in at most 5 % of runs: $name', ({ of, numbers = coin(0.2), share = 0.5 }) => {
    const found = everDecided({ ...only, people: 50, ...of }, RUNS, 300, numbers, share);
    console.log(`false decisions in ${RUNS} runs of 300 people: ${found}`);
    expect(found).toBeLessThan(most(0.05, RUNS));
  });

  test('would be decided on far more often by a test made for one look', () => {
    const z = ({ arms }: StudyCounts): number => {
      const [a, b] = [arms['next']!, arms['now']!];
      const p = (a.sums['saved']! + b.sums['saved']!) / (a.people + b.people);
      return (
        Math.abs(a.sums['saved']! / a.people - b.sums['saved']! / b.people) /
        Math.sqrt(p * (1 - p) * (1 / a.people + 1 / b.people))
      );
    };
    let decided = 0;
    for (let seed = 0; seed < 100; seed++)
      decided += counted(300, seed, coin(0.2))
        .slice(20)
        .some((counts) => z(counts) > 1.96)
        ? 1
        : 0;
    expect(decided / 100).toBeGreaterThan(0.2);
  });

  test('has its true difference in the interval at all looks, in 95 % of runs, also where there is one', () => {
    let out = 0;
    for (let seed = 0; seed < RUNS; seed++) {
      const looks = counted(300, seed, (isArm, random) => ({ saved: random() < (isArm ? 0.35 : 0.2) ? 1 : 0 }));
      const isOut = looks.some((counts, i) => {
        if (i % 10 > 0) return false;
        const { low, high } = judge(only, counts)[0]!.effects[0]!.difference;
        return low > 0.15 || high < 0.15;
      });
      out += isOut ? 1 : 0;
    }
    expect(out / RUNS).toBeLessThan(most(0.05, RUNS));
  });
});

describe('an arm that does something', () => {
  test('is found in about 80 % of runs with as many people as are said to be needed, the sooner the larger it is', () => {
    const planned = { ...only, goal: { ...saved, deviation: Math.sqrt(0.275 * 0.725) } }; // of both arms together
    const people = peopleNeeded(planned, 0.15);
    const runs = 40 * SOAK;
    const better = (isArm: boolean, random: () => number) => ({ saved: random() < (isArm ? 0.35 : 0.2) ? 1 : 0 });
    const found = everDecided({ ...planned, people }, runs, people, better);
    console.log(`found with ${people} people: ${found} of ${runs} runs`);
    expect(found).toBeGreaterThan(0.65);
    expect(found).toBeLessThan(0.97);
    expect(peopleNeeded(planned, 0.075) / people).toBeAllclose(4, { rtol: 0.01 });
    expect(peopleNeeded(planned, -0.15)).toBe(people);
    expect(peopleNeeded({ ...planned, experiment: { ...study.experiment, weights: [9, 1] } }, 0.15)).toBeGreaterThan(
      2 * people,
    );
  });

  test('lists needed are those in which the share is found with 80 %, by the exact chance', () => {
    expect(listsNeeded(0.6)).toBeGreaterThan(300); // where tests/golden has 0.769
    expect(listsNeeded(0.6)).toBeLessThan(400);
    expect(listsNeeded(0.4)).toBe(listsNeeded(0.6));
  });

  test.each([0, NaN, Infinity])('a change of %f needs no people', (change) => {
    expect(() => peopleNeeded(only, change)).toThrow(/change/);
  });
  test.each([0, 0.5, 1])('a share of %f needs no lists', (share) => {
    expect(() => listsNeeded(share)).toThrow(expect.objectContaining({ code: 'input/invalid' }));
  });
  test('a power beyond reach is refused', () => {
    expect(() => peopleNeeded(only, 0.1, 1)).toThrow(/power/);
  });
});

/** Counts of 2,000 people, half in each arm, with these means of 0 or 1. */
function halves(now: Record<string, number>, next: Record<string, number>): StudyCounts {
  const arm = (means: Record<string, number>) => {
    const sums = Object.fromEntries(Object.entries(means).map(([name, mean]) => [name, 1000 * mean]));
    return { people: 1000, sums, squares: sums };
  };
  return { experiment: 'spring', arms: { now: arm(now), next: arm(next) } };
}

describe('a verdict', () => {
  const verdict = (of: Study, counts: StudyCounts): Verdict => judge(of, counts)[0]!;

  test('says better, worse or go on, by what the goal wants', () => {
    const same = { saved: 0.2, hides: 0.1 };
    expect(verdict(study, halves(same, same))).toMatchObject({
      decision: 'continue',
      because: [],
      people: [1000, 1000],
    });
    expect(verdict(study, halves(same, { ...same, saved: 0.3 })).decision).toBe('better');
    expect(verdict(study, halves(same, { ...same, saved: 0.1 })).decision).toBe('worse');
    const less = { ...study, goal: { ...saved, wanted: 'less' as const } };
    expect(verdict(less, halves(same, { ...same, saved: 0.1 })).decision).toBe('better');
    expect(verdict(study, halves(same, { ...same, saved: 0.3 })).because).toEqual([
      expect.stringMatching(/^saved differs by 0\.1 \(0\.0\d+ to 0\.1\d+\)\.$/),
    ]);
  });

  test('stops for a guardrail that got worse by more than is put up with, however good the goal, and says which', () => {
    const [now, next] = [
      { saved: 0.2, hides: 0.1 },
      { saved: 0.5, hides: 0.3 },
    ];
    expect(verdict(study, halves(now, next))).toMatchObject({
      decision: 'stop',
      because: [expect.stringMatching(/^hides differs by 0\.2 .* That is worse\.$/)],
    });
    expect(verdict(study, halves({ ...now, hides: 0.3 }, { ...next, hides: 0.1 })).decision).toBe('better');
    const patient = { ...study, guardrails: [{ ...hides, tolerance: 0.3 }] };
    expect(verdict(patient, halves(now, next)).decision).toBe('better');
    expect(verdict(patient, halves(now, { ...next, hides: 0.9 })).because[0]).toMatch(
      /by more than the 0.3 put up with/,
    );
  });

  test('stops where people are not dealt by the weights', () => {
    const even = halves({ saved: 0.2, hides: 0 }, { saved: 0.2, hides: 0 });
    const lost: StudyCounts = { ...even, arms: { ...even.arms, next: { ...even.arms['next']!, people: 800 } } };
    expect(verdict(study, lost)).toMatchObject({
      decision: 'stop',
      because: ['800 of 1800 people are in the arm, where 50 % belong: something loses people of one arm.'],
    });
    expect(verdict(study, even).evenness).toBe(1);
  });

  test('compares each of several arms with the control, as alone with less of alpha and of the people', () => {
    const three = {
      ...study,
      guardrails: [],
      people: 1500,
      experiment: { id: 'spring', arms: ['now', 'next', 'other'] },
    };
    const counts = halves({ saved: 0.2 }, { saved: 0.25 });
    const all = { ...counts, arms: { ...counts.arms, other: counts.arms['now']! } };
    const [next, other] = judge(three, all);
    expect([next!.arm, other!.arm, other!.effects[0]!.difference.value]).toEqual(['next', 'other', 0]);
    expect(next!.effects).toEqual(verdict({ ...study, guardrails: [], alpha: 0.025 }, counts).effects);
  });

  test('shares one alpha among its guardrails', () => {
    const means = { saved: 0.2, hides: 0.1, skips: 0.1 };
    const counts = halves(means, { ...means, hides: 0.2 });
    const two = verdict({ ...study, guardrails: [hides, { ...hides, name: 'skips' }] }, counts);
    expect(two.effects[0]).toEqual(verdict(study, counts).effects[0]);
    expect(two.effects[1]).toEqual(verdict({ ...study, alpha: 0.025 }, counts).effects[1]);
  });

  test('knows nothing of nobody', () => {
    expect(verdict(study, { experiment: 'spring', arms: {} })).toEqual({
      arm: 'next',
      decision: 'continue',
      because: [],
      people: [0, 0],
      effects: [
        { metric: 'saved', means: [NaN, NaN], difference: { value: NaN, low: -1, high: 1 }, pValue: 1 },
        { metric: 'hides', means: [NaN, NaN], difference: { value: NaN, low: -10, high: 10 }, pValue: 1 },
      ],
      evenness: 1,
    });
  });
});

describe('counts of many people', () => {
  const random = seeded(4);
  const part = (): StudyCounts =>
    counted(1, Math.floor(random() * 2 ** 32), () => ({
      saved: 1,
      hides: Math.max(0, Math.round(gaussian(random))),
    }))[0]!;
  const parts = Array.from({ length: 30 }, part);

  test('add up, in any order and in any groups', () => {
    const all = sumCounts(parts);
    expect(sumCounts([...parts].reverse())).toEqual(all);
    expect(sumCounts([sumCounts(parts.slice(0, 9)), sumCounts(parts.slice(9))])).toEqual(all);
    expect(all.arms['now']!.people + all.arms['next']!.people).toBe(30);
  });

  test('of few people are left out whole', () => {
    const arm = (people: number) => ({ people, sums: { saved: 3 }, squares: { saved: 3 } });
    const counts = { experiment: 'spring', arms: { now: arm(20), next: arm(19) } };
    expect(releaseCounts(counts)).toEqual({ experiment: 'spring', arms: { now: arm(20) } });
    expect(Object.keys(releaseCounts(counts, 5).arms)).toEqual(['now', 'next']);
    expect(releaseCounts(countPerson(study, [exposed('now', 0)], 1e12)).arms).toEqual({});
    expect(() => releaseCounts(counts, 0)).toThrow(/least/);
  });

  test.each([
    ['none', []],
    ['another experiment', [parts[0], { ...parts[0], experiment: 'autumn' }]],
    ['other arms', [parts[0], { ...parts[0], arms: { now: parts[0]!.arms['now'] } }]],
    ['parts of people', [{ experiment: 'spring', arms: { now: { people: 0.5, sums: {}, squares: {} } } }]],
    ['no counts', [null]],
  ])('of %s are refused', (_, counts) => {
    expect(() => sumCounts(counts as StudyCounts[])).toThrow(expect.objectContaining({ code: 'input/invalid' }));
  });
});

test.each<[string, object]>([
  ['windowMs', { windowMs: 0 }],
  ['windowMs', { windowMs: 1e11 }],
  ['people', { people: 3 }],
  ['alpha', { alpha: 0.9 }],
  ['metrics', { guardrails: [saved] }],
  ['metric', { goal: { ...saved, name: '' } }],
  ['value', { goal: { ...saved, value: 3 } }],
  ['range', { goal: { ...saved, range: [0, 0.5] } }],
  ['range', { goal: { ...saved, range: 3 } }],
  ['wanted', { goal: { ...saved, wanted: 'any' } }],
  ['deviation', { goal: { ...saved, deviation: 0 } }],
  ['tolerance', { goal: { ...saved, tolerance: -1 } }],
])('a study of a wrong %s is refused by that name', (name, wrong) => {
  expect(() => judge({ ...study, ...wrong }, { experiment: 'spring', arms: {} })).toThrow(new RegExp(name));
});

test('counts of another experiment, and what are none, are refused by a judge', () => {
  expect(() => judge(study, { experiment: 'autumn', arms: {} })).toThrow(/spring/);
  expect(() => judge(study, null as never)).toThrow(/counts/);
  expect(() => judge(study, { experiment: 'spring', arms: { now: { people: 1 } as never } })).toThrow(/whole numbers/);
});
