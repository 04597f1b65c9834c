import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { codeDirection, type PriorsFile, readPriors } from '../../src/core/priors-file.js';
import { cohortKeys } from '../../src/domain/cohort.js';
import { choosePrior, type PriorPart, withPrior } from '../../src/domain/prior.js';
import { priorShare } from '../../src/domain/prior-share.js';

const row = (...numbers: number[]): Float32Array => Float32Array.from(numbers);
const [a, b, c] = [row(1, 0, 0), row(0, 1, 0), row(0, 0, 1)];
const nobody = { stated: [], cohort: [], popular: undefined };

/** Sources with their weights, and where they point together. */
function told(prior: readonly PriorPart[]): unknown {
  const sum = [0, 1, 2].map((j) => prior.reduce((total, { direction, weight }) => total + weight * direction[j]!, 0));
  return [prior.map(({ source }) => source), sum.map((x) => Math.round(1000 * x) / 1000)];
}

describe('the chain', () => {
  test('has each link leave to the next what it doesn’t know: n/(n + 2) to n stated texts, the rest to others', () => {
    const [prior] = [choosePrior({ stated: [a, a], cohort: [b], popular: c })];
    expect(told(prior)).toEqual([
      ['stated', 'cohort'],
      [0.707, 0.707, 0],
    ]);
    const [most, least] = choosePrior({ stated: Array.from({ length: 6 }, () => a), cohort: [b], popular: c });
    expect(most!.weight / least!.weight).toBeCloseTo(3, 12);
  });

  test('asks what is popular only where no group is known, and whichever is there alone is all of it', () => {
    expect(told(choosePrior({ ...nobody, cohort: [b], popular: c }))).toEqual([['cohort'], [0, 1, 0]]);
    expect(told(choosePrior({ ...nobody, popular: c }))).toEqual([['popular'], [0, 0, 1]]);
    expect(told(choosePrior({ ...nobody, stated: [a] }))).toEqual([['stated'], [1, 0, 0]]);
    expect(choosePrior(nobody)).toEqual([]);
  });

  test('counts no text that is not understood', () => {
    const nothing = row(0, 0, 0);
    expect(choosePrior({ stated: [a, nothing], cohort: [b], popular: c })).toEqual(
      choosePrior({ stated: [a], cohort: [b], popular: c }),
    );
    expect(told(choosePrior({ ...nobody, stated: [nothing], popular: c }))).toEqual([['popular'], [0, 0, 1]]);
  });

  test('has unit length, and none where its links cancel each other', () => {
    const prior = choosePrior({ ...nobody, stated: [a, b], cohort: [c] });
    const [, sum] = told(prior) as [unknown, number[]];
    expect(Math.hypot(...sum)).toBeCloseTo(1, 3);
    expect(choosePrior({ ...nobody, stated: [a, a], cohort: [row(-1, 0, 0)] })).toEqual([]);
  });
});

test('the share is 20/(evidence + 20): all at first, half at 20, little at last', () => {
  expect([0, 20, 380].map(priorShare)).toEqual([1, 0.5, 0.05]);
});

test('own terms stand at 1 − share and each link at its part of share; refusals and sliders as they were', () => {
  const term = (name: string) => ({ name, label: name, direction: a, scale: 2, offset: 1 });
  const prior = choosePrior({ ...nobody, cohort: [b] });
  const terms = withPrior(['profile', 'session', 'avoid', 'slider:pace'].map(term), prior, 0.25, 3);
  expect(terms.map(({ name, scale, offset }) => [name, scale, offset])).toEqual([
    ['prior:cohort', 0.75, 0],
    ['profile', 1.5, 0.75],
    ['session', 1.5, 0.75],
    ['avoid', 2, 1],
    ['slider:pace', 2, 1],
  ]);
  expect(terms[0]!.label).toBe('Close to what people like you like');
});

test('a context is of one group a field, hours by the part of the day, and what makes no sense of none', () => {
  expect(cohortKeys({ segment: 'student', device: 'phone', hour: 23.5, weekday: 6 })).toEqual([
    'segment=student',
    'device=phone',
    'hour=18',
    'weekday=6',
  ]);
  expect(cohortKeys({ segment: '', device: 3, hour: 24, weekday: 1.5, page: 'home' })).toEqual([]);
});

describe('a file of priors', () => {
  const file: PriorsFile = {
    ...{ format: 'attune-priors', version: 1, modelVersion: 'm-1', dim: 3, people: 90, until: 5, least: 20 },
    groups: { 'segment=student': { people: 40, direction: codeDirection(Float64Array.of(0.6, -0.8, 0)) } },
    popular: [0, 0, 127],
    items: [
      ['x', 63],
      ['y', 21],
    ],
  };

  test('gives back directions of unit length and popularity from 0 to 1', () => {
    const { groups, popular, popularity, modelVersion } = readPriors(JSON.stringify(file));
    expect(modelVersion).toBe('m-1');
    expect(groups.get('segment=student')).toBeAllclose([0.6, -0.8, 0], { atol: 0.01 });
    expect(popular).toEqual(Float64Array.of(0, 0, 1));
    expect([...popularity]).toEqual([
      ['x', 1],
      ['y', 1 / 3],
    ]);
  });

  test('whose item is called like a prototype’s key is nothing special', () => {
    expect(readPriors({ ...file, items: [['__proto__', 3]] }).popularity.get('__proto__')).toBe(1);
    expect(readPriors({ ...file, items: [] }).popularity.get('constructor')).toBeUndefined();
  });

  test.each([
    ['{"format":', 'no JSON'],
    ['null', 'format undefined'],
    [JSON.stringify({ ...file, version: 2 }), 'attune-priors 2'],
    [JSON.stringify({ ...file, dim: 4 }), 'not 4 whole numbers'],
    [JSON.stringify({ ...file, popular: [0.5, 0, 0] }), 'not 3 whole numbers'],
    [JSON.stringify({ ...file, modelVersion: 3 }), 'of what it is'],
    [JSON.stringify({ ...file, items: [['x', -1]] }), 'not counted'],
    [JSON.stringify({ ...file, groups: { a: null } }), 'not 3 whole numbers'],
  ])('that is damaged is refused: %s', (text, why) => {
    expect(() => readPriors(text)).toThrow(expect.objectContaining({ code: 'model/corrupt' }));
    expect(() => readPriors(text)).toThrow(why);
  });
});
