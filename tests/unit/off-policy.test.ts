import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { seeded } from '../../src/core/random.js';
import { explore } from '../../src/domain/exploration.js';
import { type LoggedChoice, offPolicyValue, type OffPolicyValue } from '../../src/lab/off-policy.js';
import { positionBias } from '../../src/lab/sessions.js';
import { createWorld, trueProbability } from '../../src/lab/world.js';
import { SOAK } from '../soak.js';

const world = createWorld({ seed: 3, items: 30, people: 1 });
const [PLACES, POOL, RATE] = [4, 6, 0.5];
const examination = positionBias(0.5, PLACES);
/** Items as a site orders them: by one of their positions, not by what the person likes. */
const order = [...world.items.keys()]
  .sort((a, b) => world.items[b]!.positions[0]! - world.items[a]!.positions[0]!)
  .map((index) => ({ index, score: 0, terms: [] }));
const rewardOf = (index: number, place: number): number =>
  examination[place]! * trueProbability(world, world.people[0]!, world.items[index]!);

/** Another way of ranking: what stands behind the first places, last first. */
const other = order
  .slice(PLACES, PLACES + POOL)
  .reverse()
  .slice(0, PLACES);
const truth = other.reduce((sum, { index }, place) => sum + rewardOf(index, place), 0) / PLACES;

/** What was shown with the product's exploration, and what came of it by the world's own probabilities. */
function shown(seed: number, lists: number): LoggedChoice[] {
  const random = seeded(seed);
  return Array.from({ length: lists }, () =>
    explore(order, { rate: RATE, pool: POOL }, PLACES, 0, Math.floor(random() * 2 ** 32)),
  )
    .flatMap((list) => list.slice(0, PLACES))
    .map(({ index, propensity }, i) => ({
      reward: Number(random() < rewardOf(index, i % PLACES)),
      propensity: propensity!,
      chance: Number(other[i % PLACES]!.index === index),
    }));
}

const runs = Array.from({ length: 100 * SOAK }, (_, seed) => offPolicyValue(shown(seed, 250)));
const mean = (of: (value: OffPolicyValue) => number): number =>
  runs.reduce((sum, one) => sum + of(one), 0) / runs.length;
const spread = (of: (value: OffPolicyValue) => number): number => Math.sqrt(mean((one) => (of(one) - mean(of)) ** 2));

describe('what another order would have earned, from lists with some places left to chance', () => {
  test('is the truth on average by IPS, and nearly by SNIPS; the mean of what was shown is not', () => {
    const error = spread(({ ips }) => ips.value) / Math.sqrt(runs.length);
    expect(Math.abs(mean(({ ips }) => ips.value) - truth)).toBeLessThan(3 * error);
    expect(Math.abs(mean(({ snips }) => snips.value) - truth)).toBeLessThan(3 * error + 0.005);
    const naive = shown(1, 2000).reduce((sum, { reward }) => sum + reward, 0) / 2000 / PLACES;
    expect(Math.abs(naive - truth)).toBeGreaterThan(0.03);
  });

  test('lies in its interval about 95 times of 100', () => {
    for (const which of ['ips', 'snips'] as const) {
      const held = mean((one) => Number(one[which].low <= truth && truth <= one[which].high));
      expect(held, which).toBeGreaterThan(0.88);
    }
  });

  test('weighs 1 on average, and rests on as many choices as had the chance', () => {
    expect(mean(({ meanWeight }) => meanWeight)).toBeAllclose(1, { atol: 0.03 });
    expect(mean(({ effective }) => effective)).toBeAllclose((1000 * RATE) / POOL, { rtol: 0.05 });
  });
});

test('three choices by hand', () => {
  const { ips, snips, effective } = offPolicyValue([
    { reward: 1, propensity: 0.5, chance: 1 },
    { reward: 0, propensity: 0.25, chance: 1 },
    { reward: 1, propensity: 0.5, chance: 0 },
  ]);
  expect([ips.value, snips.value, effective]).toBeAllclose([2 / 3, 1 / 3, 36 / 20], { atol: 1e-12 });
});

test('SNIPS moves with the rewards, IPS doesn’t where weights are uneven', () => {
  const choices = shown(7, 200);
  const [a, b] = [choices, choices.map((choice) => ({ ...choice, reward: choice.reward + 10 }))].map(offPolicyValue);
  expect(b!.snips.value - a!.snips.value).toBeAllclose(10, { atol: 1e-9 });
  expect(b!.ips.value - a!.ips.value).toBeAllclose(10 * a!.meanWeight, { atol: 1e-9 });
});

test.each([{ propensity: 0 }, { propensity: 1.5 }, { chance: -1 }, { reward: NaN }])('%j is refused', (wrong) => {
  const choice = { reward: 1, propensity: 0.5, chance: 1, ...wrong };
  expect(() => offPolicyValue([choice])).toThrow(expect.objectContaining({ code: 'input/invalid' }));
});
