import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { biasedChances, biasLoss } from '../../src/core/heads.js';
import { gaussian, type Random, seeded } from '../../src/core/random.js';
import { finish } from '../../src/core/steps.js';
import { judgeBias, type KindLesson } from '../../src/domain/heads.js';

const drawn = (random: Random, length: number): Float64Array => Float64Array.from({ length }, () => gaussian(random));

/** `(loss(x + h) − loss(x − h)) / 2h` of each parameter. */
function differences(at: Float64Array, loss: (parameters: Float64Array) => number): number[] {
  return [...at.keys()].map((j) => {
    const moved = (by: number): number => loss(at.map((x, k) => (k === j ? x + by : x)));
    return (moved(1e-5) - moved(-1e-5)) / 2e-5;
  });
}

describe('gradients by hand are those of finite differences', () => {
  const random = seeded(3);
  test('of a bias on kinds', () => {
    const [bias, logs] = [drawn(random, 4), drawn(random, 4 * 30)];
    const kinds = Int32Array.from({ length: 30 }, () => Math.floor(4 * random()));
    const gradient = new Float64Array(4);
    biasLoss(bias, logs, kinds, 0.7, gradient);
    const wanted = differences(bias, (at) => biasLoss(at, logs, kinds, 0.7, new Float64Array(4)));
    expect(gradient).toBeAllclose(wanted, { rtol: 1e-6, atol: 1e-8 });
  });
});

test('a head of zeros is the plain model', () => {
  const logs = Float64Array.from([0.2, 0.5, 0.3], Math.log);
  const chances = new Float64Array(3);
  biasedChances(new Float64Array(3), logs, 0, chances);
  expect(chances).toBeAllclose([0.2, 0.5, 0.3], { rtol: 1e-12 });
});

/** Actions whose kinds are as the model expects, or by a bias that it doesn't know of. */
function acted(bias: readonly number[], count: number, random: Random): KindLesson[] {
  const own = Float64Array.from(bias);
  return Array.from({ length: count }, () => {
    const logs = drawn(random, bias.length);
    const chances = new Float64Array(bias.length);
    biasedChances(own, logs, 0, chances);
    let left = random();
    const kind = chances.findIndex((chance) => (left -= chance) < 0);
    return { logs, kind: kind < 0 ? bias.length - 1 : kind };
  });
}

describe('a head wins', () => {
  test('where the person has ways of their own, and comes close to them', () => {
    const random = seeded(7);
    const bias = finish(judgeBias(acted([1.5, 0, -1.5], 800, random)))!;
    expect(bias.heldOut.interval.low).toBeGreaterThan(0);
    expect(bias.head[0]! - bias.head[2]!).toBeCloseTo(3, 0);
  });

  test('nowhere where there is nothing to be learned, nor with too little to tell', () => {
    for (let seed = 1; seed <= 3; seed++) {
      const random = seeded(seed);
      expect(finish(judgeBias(acted([0, 0, 0], 400, random)))!.heldOut.interval.low).toBeLessThanOrEqual(0);
    }
    expect(finish(judgeBias(acted([2, 0], 199, seeded(1))))).toBeUndefined();
  });
});
