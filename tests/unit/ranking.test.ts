import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { shuffled } from '../../src/core/random.js';
import { scanPairs } from '../../src/core/scan-pairs.js';
import { givePlaces, PLAIN } from '../../src/domain/pages.js';
import { poolSize, scoreBest, scorePool } from '../../src/domain/pool.js';
import {
  type CandidateRows,
  type LinearTerm,
  type RankedRow,
  type ScalarTerm,
  scoreRows,
} from '../../src/domain/ranking.js';
import { linearTerm } from '../../src/domain/terms.js';
import { seeded, unit } from '../seeded.js';

const data = Float32Array.of(1, 0, 0, 1, 0.6, 0.8);

/** Candidates whose rows start at these offsets. */
function rowsAt(...offsets: number[]): CandidateRows {
  return { data, offsets: Int32Array.from(offsets), dim: 2, dots: new WeakMap() };
}

/** The places that scores and diversity give. */
function rankRows(
  candidates: CandidateRows,
  linear: readonly LinearTerm[],
  scalar: readonly ScalarTerm[],
  limit: number,
  diversity: number,
): readonly RankedRow[] {
  const pool = scorePool(candidates, linear, scalar, poolSize(limit), scanPairs);
  return givePlaces(PLAIN, pool, candidates, limit, diversity).placed;
}

const first: LinearTerm = { name: 'profile', label: 'p', direction: Float64Array.of(1, 0), scale: 2, offset: -0.5 };
const second: LinearTerm = { name: 'slider:a', label: 's', direction: Float64Array.of(0, 1), scale: 1, offset: 0.25 };
const boost = { name: 'boost:new', label: 'new', values: Float64Array.of(0, 3, 0) };

describe('a ranking', () => {
  test('puts the largest sum of terms first, each term by its name', () => {
    const rows = rankRows(rowsAt(0, 2, 4), [first, second], [boost], 3, 0);
    expect(rows.map(({ index }) => index)).toEqual([1, 2, 0]);
    expect(rows[0]!.terms.map(({ name, value }) => [name, value])).toEqual([
      ['profile', -0.5],
      ['slider:a', 1.25],
      ['boost:new', 3],
    ]);
    expect(rows.map(({ score }) => score)).toBeAllclose([3.75, 1.75, 1.75], { rtol: 1e-6 });
    for (const { score, terms } of rows) expect(terms.reduce((sum, { value }) => sum + value, 0)).toBe(score);
  });

  test('without any term is the given order', () => {
    expect(rankRows(rowsAt(0, 2, 4), [], [], 3, 0)).toEqual([0, 1, 2].map((index) => ({ index, score: 0, terms: [] })));
  });

  test('keeps the given order among equals, past the pool as well', () => {
    const many = rowsAt(...Array<number>(1000).fill(2));
    const rows = rankRows(many, [first], [], 1000, 0);
    expect(rows.map(({ index }) => index)).toEqual([...Array(1000).keys()]);
  });

  test('judges an item nobody understands by its scalar terms alone', () => {
    const rows = rankRows(rowsAt(-1, -1, -1), [first, second], [boost], 3, 0);
    expect(rows.map(({ index, score }) => [index, score])).toEqual([
      [1, 3],
      [0, 0],
      [2, 0],
    ]);
  });

  test('of nothing is nothing, and a limit is kept', () => {
    expect(rankRows(rowsAt(), [first], [], 5, 0.5)).toEqual([]);
    expect(rankRows(rowsAt(0, 2, 4), [first], [], 0, 0)).toEqual([]);
    expect(rankRows(rowsAt(0, 2, 4), [first], [], 2, 0)).toHaveLength(2);
  });
});

test('diversity moves places and never scores, and a moved item says so', () => {
  const three = rowsAt(0, 0, 2);
  const bias = { name: 'boost:b', label: 'b', values: Float64Array.of(1, 0.9, 0.5) };
  const rows = rankRows(three, [], [bias], 3, 0.9);
  expect(rows.map(({ index, score, moved }) => [index, score, moved])).toEqual([
    [0, 1, undefined],
    [2, 0.5, 'diversity'],
    [1, 0.9, 'diversity'],
  ]);
});

test('past the pool the order is the one every term gives, as within it', () => {
  const many = rowsAt(...Array.from({ length: 1000 }, (_, i) => 2 * (i % 3)));
  const values = Float64Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
  const everyone = rankRows(many, [first, second], [{ name: 'boost:b', label: 'b', values }], 1000, 0);
  const best = rankRows(many, [first, second], [{ name: 'boost:b', label: 'b', values }], 10, 0);
  expect(best).toEqual(everyone.slice(0, 10));
});

test('of scores that differ by rounding alone the first are those that the sums of their terms put first', () => {
  const [DIM, ALIKE, ALL] = [384, 150, 400];
  const random = seeded(5);
  const one = unit(random, DIM);
  const rows = Array.from({ length: ALL }, (_, i) =>
    i < ALIKE ? shuffled([...one], random) : unit(random, DIM).map((x) => -Math.abs(x)),
  );
  const candidates: CandidateRows = {
    data: Float32Array.from(rows.flatMap((row) => [...row])),
    offsets: Int32Array.from(rows.keys(), (i) => DIM * i),
    dim: DIM,
    dots: new WeakMap(),
  };
  const linear = [0.3, 0.7, 1.1].map((scale, t): LinearTerm => {
    return { name: `t${t}`, label: '', direction: new Float64Array(DIM).fill(1 / Math.sqrt(DIM)), scale, offset: 0.1 };
  });
  const everyone = scoreRows(candidates, linear, []);
  expect(new Set(everyone.slice(0, ALIKE).map(({ score }) => score)).size).toBeGreaterThan(5);
  for (const limit of [0, 1, 20, 149]) {
    const best = scoreBest(candidates, linear, [], limit, scanPairs);
    expect(best.slice(0, limit)).toEqual(everyone.slice(0, limit));
    expect(best).toHaveLength(ALIKE);
  }
});

test('where more are alike than the pool has places their terms are not all computed', () => {
  expect(scoreBest(rowsAt(...Array<number>(400).fill(2)), [first], [], 20, scanPairs)).toHaveLength(poolSize(20));
});

describe('a linear term', () => {
  const direction = Float64Array.of(0, 1);

  test('is factor · (direction · x − mean) / (3 sd)', () => {
    const term = linearTerm('profile', 'p', direction, 2, { mean: 0.25, sd: 0.5, count: 60 })!;
    expect([term.scale, term.offset]).toBeAllclose([4 / 3, -1 / 3], { rtol: 1e-12 });
  });

  test('is the plain dot product times its factor without a spread', () => {
    expect(linearTerm('profile', 'p', direction, 2, null)).toMatchObject({ scale: 2, offset: 0 });
  });

  test('is left out where it could change no order', () => {
    expect(linearTerm('profile', 'p', direction, 0, null)).toBeNull();
    expect(linearTerm('profile', 'p', new Float64Array(2), 2, null)).toBeNull();
  });
});
