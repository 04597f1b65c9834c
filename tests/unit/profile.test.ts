import { describe, expect, test } from 'vitest';
import '../allclose.js';
import {
  centredDirection,
  contributionsTo,
  type EmbeddedInteraction,
  emptyProfile,
  type ProfileRules,
  type ProfileVectors,
  readProfile,
  rocchio,
  updateProfile,
} from '../../src/domain/profile.js';
import { DAY, HOUR, oneHot, START } from '../one-hot.js';

const rules: ProfileRules = {
  kinds: { save: 3, view: 1, hide: -1, count: 0 },
  temperature: 1,
  longHalfLifeMs: 14 * DAY,
  sessionHalfLifeMs: 6 * HOUR,
};
const [JAZZ, ROCK, FOLK] = [0, 1, 2];

let made = 0;
function act(kind: string, word: string, at: number, weight?: number): EmbeddedInteraction {
  const interaction = { id: `i${made++}`, kind, itemId: word, at, ...(weight !== undefined && { weight }) };
  return { interaction, embedding: oneHot(word) };
}

function read(batch: readonly EmbeddedInteraction[], now: number, given: ProfileRules = rules): ProfileVectors {
  return readProfile(updateProfile(emptyProfile('one-hot-1', 8, given), batch, given, now), given, now);
}

describe('what an interaction adds', () => {
  test('is its kind’s weight, halved every half-life, in the long, session and evidence sums alike', () => {
    const { long, session, evidence } = read([act('save', 'jazz', START - 14 * DAY)], START);
    expect(long.sum.sum[JAZZ]).toBeAllclose(1.5, { rtol: 1e-12 });
    expect(long.sum.total).toBeAllclose(1.5, { rtol: 1e-12 });
    expect(session.sum.sum[JAZZ]).toBeAllclose(3 * 2 ** -56, { rtol: 1e-12 });
    expect(evidence).toBeAllclose(3 * 2 ** (-14 / 90), { rtol: 1e-12 });
  });

  test('points the profile at what was liked, in proportion', () => {
    const { long } = read([act('save', 'jazz', START), act('view', 'rock', START)], START);
    expect([...long.direction.slice(0, 3)]).toBeAllclose([3 / Math.sqrt(10), 1 / Math.sqrt(10), 0], { rtol: 1e-12 });
  });

  test('goes to the refusals for a negative kind, and to no evidence', () => {
    const { long, negative, evidence } = read([act('hide', 'rock', START)], START);
    expect([...long.direction]).toEqual(Array(8).fill(0));
    expect(negative.direction[ROCK]).toBe(1);
    expect(evidence).toBe(0);
  });

  test('is nothing but a count for a weight of 0', () => {
    const profile = read([act('count', 'jazz', START), act('save', 'jazz', START, 0)], START);
    expect([profile.long.sum.total, profile.negative.sum.total, profile.evidence]).toEqual([0, 0, 0]);
    expect([profile.interactionCount, profile.newestAt]).toEqual([2, START]);
  });

  test('is evidence without direction for a text nobody understands', () => {
    const { long, evidence, interactionCount } = read([act('save', 'qwertz', START)], START);
    expect([long.sum.total, evidence, interactionCount]).toEqual([0, 3, 1]);
  });
});

test('an empty log reads as nothing known', () => {
  const profile = read([], START);
  expect([...profile.long.direction, ...profile.negative.direction]).toEqual(Array(16).fill(0));
  expect([profile.newestAt, profile.interactionCount, profile.evidence]).toEqual([-Infinity, 0, 0]);
});

test('updating leaves the state it came from as it was', () => {
  const before = updateProfile(emptyProfile('one-hot-1', 8, rules), [act('save', 'jazz', START)], rules, START);
  const copy = structuredClone(before);
  updateProfile(before, [act('save', 'rock', START + DAY), act('hide', 'folk', START)], rules, START + DAY);
  expect(before).toEqual(copy);
});

describe('temperature', () => {
  const cool = { ...rules, temperature: 0.5 };

  test('is an exponent on the whole weight, age included', () => {
    const { long } = read([act('save', 'jazz', START - 14 * DAY), act('view', 'rock', START)], START, cool);
    expect([...long.sum.sum.slice(0, 2)]).toBeAllclose([(3 * 0.5) ** 0.5, 1], { rtol: 1e-12 });
  });

  test('keeps refusals refusals', () => {
    const { negative } = read([act('hide', 'rock', START, 4)], START, cool);
    expect(negative.sum.sum[ROCK]).toBeAllclose(2, { rtol: 1e-12 });
  });
});

describe('an interaction dated in the future', () => {
  const state = updateProfile(emptyProfile('one-hot-1', 8, rules), [act('save', 'jazz', START + DAY)], rules, START);

  test('counts as made now until its time', () => {
    for (const now of [START, START + HOUR, START + DAY]) {
      const { long, evidence, newestAt, interactionCount } = readProfile(state, rules, now);
      expect([long.sum.sum[JAZZ], evidence, newestAt, interactionCount]).toEqual([3, 3, now, 1]);
    }
  });

  test('ages from its time on', () => {
    const { long, newestAt } = readProfile(state, rules, START + 15 * DAY);
    expect(long.sum.sum[JAZZ]).toBeAllclose(1.5, { rtol: 1e-12 });
    expect(newestAt).toBe(START + DAY);
  });

  test('neither ages nor hides what came before it', () => {
    const later = updateProfile(state, [act('save', 'rock', START)], rules, START);
    expect([...readProfile(later, rules, START).long.sum.sum.slice(0, 2)]).toEqual([3, 3]);
  });
});

test('a clock set back ages nothing twice', () => {
  const state = updateProfile(emptyProfile('one-hot-1', 8, rules), [act('save', 'jazz', START)], rules, START);
  const back = updateProfile(state, [act('save', 'rock', START - 14 * DAY)], rules, START - 14 * DAY);
  expect([...readProfile(back, rules, START).long.sum.sum.slice(0, 2)]).toBeAllclose([3, 1.5], { rtol: 1e-12 });
});

describe('Rocchio', () => {
  const [jazz, rock] = [Float64Array.from(oneHot('jazz')), Float64Array.from(oneHot('rock'))];

  test('moves the profile away from what was refused', () => {
    const moved = rocchio(jazz, rock, 0.15);
    const length = Math.hypot(1, 0.15);
    expect([moved[JAZZ]!, moved[ROCK]!]).toBeAllclose([1 / length, -0.15 / length], { rtol: 1e-12 });
  });

  test('with γ 0, or without likings or refusals, changes nothing', () => {
    const nothing = new Float64Array(8);
    expect(rocchio(jazz, rock, 0)).toBe(jazz);
    expect(rocchio(jazz, nothing, 0.15)).toBe(jazz);
    expect(rocchio(nothing, rock, 0.15)).toBe(nothing);
  });
});

describe('a centred taste', () => {
  const mean = Float64Array.from({ length: 8 }, () => 0.1);
  const log = [
    act('save', 'jazz', START - DAY),
    act('view', 'rock', START),
    act('hide', 'folk', START - DAY),
    act('save', 'city', START + DAY),
    act('save', 'qwertz', START),
  ];
  const profile = read(log, START);

  test('is what differs from the mean item', () => {
    const { long } = read([act('save', 'jazz', START)], START);
    const length = Math.hypot(0.9, ...Array<number>(7).fill(0.1));
    expect([...centredDirection(long, mean)]).toBeAllclose(
      [0.9, ...Array<number>(7).fill(-0.1)].map((x) => x / length),
      { rtol: 1e-12 },
    );
  });

  test('of an empty profile is no direction', () => {
    expect([...centredDirection(read([], START).long, mean)]).toEqual(Array(8).fill(0));
  });

  test('is brought about by its interactions to the last digit', () => {
    const x = oneHot('jazz city');
    for (const taste of [profile.long, profile.session]) {
      const parts = contributionsTo(x, log, rules, taste, mean, 1);
      const direction = centredDirection(taste, mean);
      const whole = direction.reduce((sum, d, j) => sum + d * x[j]!, 0);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeAllclose(whole, { atol: 1e-12 });
      expect([parts[2], parts[4]]).toEqual([0, 0]);
    }
  });

  test('leaves the refusals to the refusals', () => {
    const parts = contributionsTo(oneHot('folk'), log, rules, profile.negative, new Float64Array(8), -1);
    expect(parts).toBeAllclose([0, 0, 1, 0, 0], { atol: 1e-12 });
    expect(profile.negative.direction[FOLK]).toBe(1);
  });
});
