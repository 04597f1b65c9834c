import { describe, expect, test } from 'vitest';
import { countPerson, type StudyCounts, sumCounts } from '../../src/lab/experiments/counts.js';
import { judge, type Verdict } from '../../src/lab/experiments/judge.js';
import { countLists, judgeLists, type ListCounts, sumLists } from '../../src/lab/experiments/lists.js';
import { createWorld } from '../../src/lab/world.js';
import { abLog, mixed, mixedLog, study } from '../experiment-world.js';

const world = createWorld({ seed: 11, items: 40, people: 400, rate: 0.25 });
const LATER = 4e12;
const good = { noise: 0.5, latencyMs: 80 };
const poor = { noise: 2, latencyMs: 80 };

/** Each device counts for itself, a site adds up. */
function verdictOf(arms: Parameters<typeof abLog>[2], people = 400): Verdict {
  const parts: StudyCounts[] = world.people
    .slice(0, people)
    .map((person) => countPerson(study, abLog(world, person, arms), LATER));
  return judge(study, sumCounts(parts))[0]!;
}

function preferenceOf(noiseA: number, noiseB: number, people = 400): ReturnType<typeof judgeLists> {
  const parts: ListCounts[] = world.people
    .slice(0, people)
    .map((person) => countLists(mixed, mixedLog(world, person, noiseA, noiseB), LATER));
  return judgeLists(sumLists(parts));
}

describe('in a world whose effect is planted, from each person’s own log', () => {
  test('the better ranking is found, and said to be worse when it is the control', () => {
    expect(verdictOf({ now: poor, next: good }).decision).toBe('better');
    expect(verdictOf({ now: good, next: poor }).decision).toBe('worse');
  });

  test('two rankings that are alike are left open', () => {
    expect(verdictOf({ now: good, next: good })).toMatchObject({ decision: 'continue', because: [] });
    expect(preferenceOf(1, 1).decision).toBe('continue');
  });

  test('a better ranking that is slower than is put up with is stopped, and why is said', () => {
    const { decision, because } = verdictOf({ now: poor, next: { ...good, latencyMs: 200 } });
    expect(decision).toBe('stop');
    expect(because).toEqual([expect.stringMatching(/^latency differs by 1[12]\d .* more than the 50 put up with\.$/)]);
  });

  test('mixed lists find it with fewer people, whichever of the two it is', () => {
    expect(verdictOf({ now: poor, next: good }, 120).decision).toBe('continue');
    expect(preferenceOf(2, 0.5, 120).decision).toBe('b');
    expect(preferenceOf(0.5, 2, 120).decision).toBe('a');
  });
});
