import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Attune, AttuneOptions } from 'attune';
import '../allclose.js';
import { DAY, HOUR, openSongs, song, type Song, START, TestClock } from '../one-hot.js';

/**
 * A catalogue of 60, for which all can be done on paper: 20 items lie on the axis of "wild", 40 on that of "calm".
 * Mean m = (1, 2)/3. Along s = (wild − calm)/√2 items stand at ±1/√2: μ = −1/(3√2), σ² = ½ − 1/18, σ = 2/3. Along
 * "wild", which is u after one of its items was saved: μ = 1/3, σ² = 1/3 − 1/9, σ = √2/3.
 */
const CATALOGUE: readonly Song[] = Array.from({ length: 60 }, (_, i) => song(`${i < 20 ? 'wild' : 'calm'} ${i}`));
const [wild, calm] = [CATALOGUE[0]!, CATALOGUE[20]!];
const AT_HIGH = Math.SQRT2 / 3; // (1/√2 + 1/(3√2)) / 3σ, and along u (1 − 1/3) / 3σ
const AT_LOW = -1 / (3 * Math.SQRT2); // (−1/√2 + 1/(3√2)) / 3σ, and along u (0 − 1/3) / 3σ

const clock = new TestClock();
const opened: Attune<Song>[] = [];
beforeEach(() => void (clock.time = START));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
});

/** An Attune that knows the catalogue. */
async function open(options: Partial<AttuneOptions<Song>> = {}): Promise<Attune<Song>> {
  const sliders = [{ id: 'pace', low: 'calm', high: 'wild' }];
  const attune = await openSongs({ sliders, now: clock.now, ...options });
  opened.push(attune);
  await attune.rank(CATALOGUE);
  return attune;
}

async function saveWild(attune: Attune<Song>): Promise<void> {
  attune.track('save', wild); // evidence 3
  await attune.flush();
}

describe('in a catalogue that speaks for itself', () => {
  test('an item stands on a newcomer’s slider by its own lean alone', async () => {
    const attune = await open();
    const raws = await Promise.all([wild, calm].map((item) => attune.score(item)));
    expect(raws.map(([pace]) => pace!.raw)).toBeAllclose([0.2 * AT_HIGH, 0.2 * AT_LOW], { rtol: 1e-6 });
    expect(raws[0]![0]!.versions.statistics).toBe('catalogue');
  });

  test('each cosine of a score is standardized along its own direction', async () => {
    const attune = await open();
    await saveWild(attune);
    clock.time += 12 * HOUR;
    const [[high], [low]] = await Promise.all([attune.score(wild), attune.score(calm)]);
    expect(high!.features).toMatchObject({ recency: 0.5 });
    expect(high!.raw).toBeAllclose((0.35 + 0.2 + 0.3) * AT_HIGH + 0.15 / 2, { rtol: 1e-6 });
    expect(low!.raw).toBeAllclose(0.35 * AT_HIGH + (0.2 + 0.3) * AT_LOW + 0.15 / 2, { rtol: 1e-6 });
  });

  test('a position is inferred with as much trust as there is evidence, of which half is left after 90 days', async () => {
    const attune = await open();
    await saveWild(attune);
    const erfOf1 = 0.8427007929497149; // z = (1/√2 + 1/(3√2)) / σ = √2, and 2Φ(√2) − 1 = erf(1)
    expect(attune.profile().sliders[0]!.inferred).toBeAllclose((erfOf1 * 3) / 8, { rtol: 1e-6 });
    clock.time += 90 * DAY;
    expect(attune.profile().sliders[0]!.inferred).toBeAllclose((erfOf1 * 1.5) / 6.5, { rtol: 1e-6 });
  });

  test('a rank score is taste, session, refusals and sliders, each by its factor', async () => {
    const attune = await open({ weights: { inferred: 0 } });
    await saveWild(attune);
    attune.track('dislike', calm);
    attune.setSlider('pace', 0.5);
    await attune.flush();
    const ranking = await attune.rank(CATALOGUE);
    const terms = (id: string): number[] => {
      const entry = ranking.find((each) => each.id === id)!;
      return ['profile', 'session', 'avoid', 'slider:pace'].map(
        (name) => entry.terms.find((term) => term.name === name)?.value ?? 0,
      );
    };
    // u − m is (2, −2)/3, of length 1 (1, −1)/√2; n is the axis of "calm", β 0.5
    const half = Math.SQRT1_2;
    expect(terms(wild.id)).toBeAllclose([half, half / 2, 0, AT_HIGH / 2], { rtol: 1e-6, atol: 1e-9 });
    expect(terms(calm.id)).toBeAllclose([-half, -half / 2, -0.5, AT_LOW / 2], { rtol: 1e-6, atol: 1e-9 });
  });
});

test('a fading penalty and a boost stand beside raw, which they leave alone', async () => {
  const attune = await open({
    standardize: false,
    rules: [
      { name: 'too loud', phrase: 'wild', effect: -2, halfLifeMs: 6 * HOUR, since: START },
      { name: 'house pick', when: ({ id }) => id === wild.id, effect: 0.25 },
    ],
  });
  clock.time += 12 * HOUR;
  const [pace] = await attune.score(wild);
  expect(pace!.raw).toBeAllclose(0.2 * Math.SQRT1_2, { rtol: 1e-6 });
  expect(pace!.terms.map(({ name, value }) => [name, value])).toEqual([
    ['rule:too loud', -0.5],
    ['rule:house pick', 0.25],
  ]);
  expect(pace!.score).toBeAllclose(0.2 * Math.SQRT1_2 - 0.25, { rtol: 1e-6 });
  expect(pace!.probability).toBeAllclose(1 / (1 + Math.exp(-0.2 * Math.SQRT1_2)), { rtol: 1e-6 });
});

test('a context in which no feature counts is refused by score()', async () => {
  const nothing = { userToSlider: 0, itemToSlider: -1, userItem: 0, recency: 0 };
  const attune = await open({ segments: { nothing } });
  await expect(attune.score(wild, { context: { segment: 'nothing' } })).rejects.toMatchObject({
    code: 'input/invalid',
  });
});

test('temperature is an exponent on what an action weighs, its kind and its age together', async () => {
  const attune = await open({ temperature: 0.5, halfLifeMs: 7 * DAY });
  await saveWild(attune); // weighs 3, and √(3/2) a half-life later
  clock.time += 7 * DAY;
  attune.track('view', calm); // weighs 1
  await attune.flush();
  const [ofWild, ofCalm] = [...attune.profile().embedding].filter((x) => x !== 0).sort((a, b) => b - a);
  expect(ofWild! / ofCalm!).toBeAllclose(Math.sqrt(3 / 2), { rtol: 1e-6 });
});
