import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { codeDirection, type PriorsFile, readPriors } from '../../src/core/priors-file.js';
import { cohortKeys } from '../../src/domain/cohort.js';
import { choosePrior, withPrior } from '../../src/domain/prior.js';
import { priorShare } from '../../src/domain/prior-share.js';

const row = (...numbers: number[]): Float32Array => Float32Array.from(numbers);
const mean = new Float64Array(3);
const [a, b, c] = [row(1, 0, 0), row(0, 1, 0), row(0, 0, 1)];

describe('the chain', () => {
  test('takes the first that points anywhere: stated, cohort, popular, nothing', () => {
    const all = { stated: [a], cohort: [b], popular: c };
    const sources = [
      choosePrior(all, mean),
      choosePrior({ ...all, stated: [row(0, 0, 0)] }, mean),
      choosePrior({ ...all, stated: [], cohort: [] }, mean),
      choosePrior({ stated: [], cohort: [], popular: undefined }, mean),
    ];
    expect(sources.map((prior) => prior && [prior.source, ...prior.direction])).toEqual([
      ['stated', 1, 0, 0],
      ['cohort', 0, 1, 0],
      ['popular', 0, 0, 1],
      undefined,
    ]);
  });

  test('takes out of stated texts what all items share, as taste is centred, and of groups nothing, which are', () => {
    const shared = Float64Array.of(0, 0.5, 0);
    const stated = choosePrior({ stated: [a, b], cohort: [], popular: undefined }, shared)!;
    expect([...stated.direction]).toEqual([1, 0, 0]);
    const cohort = choosePrior({ stated: [], cohort: [a, b], popular: undefined }, shared)!;
    expect(cohort.direction).toBeAllclose([Math.SQRT1_2, Math.SQRT1_2, 0], { atol: 1e-12 });
  });

  test('does not count a text twice as much because another is not understood', () => {
    const shared = Float64Array.of(0.1, 0.1, 0.1);
    const sources = { cohort: [], popular: undefined };
    expect(choosePrior({ ...sources, stated: [a, row(0, 0, 0)] }, shared)).toEqual(
      choosePrior({ ...sources, stated: [a] }, shared),
    );
  });
});

test('the share is 5/(evidence + 5): all at first, half at 5, little at last', () => {
  expect([0, 5, 95].map(priorShare)).toEqual([1, 0.5, 0.05]);
});

test('own terms stand at 1 − share and the prior at share, by its source; refusals and sliders as they were', () => {
  const term = (name: string) => ({ name, label: name, direction: a, scale: 2, offset: 1 });
  const prior = { source: 'cohort', direction: Float64Array.from(b) } as const;
  const terms = withPrior(['profile', 'session', 'avoid', 'slider:pace'].map(term), prior, 0.25, 3);
  expect(terms.map(({ name, scale, offset }) => [name, scale, offset])).toEqual([
    ['prior', 0.75, 0],
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
      ['y', 7],
    ],
  };

  test('gives back directions of unit length and popularity from 0 to 1', () => {
    const { groups, popular, popularity, modelVersion } = readPriors(JSON.stringify(file));
    expect(modelVersion).toBe('m-1');
    expect(groups.get('segment=student')).toBeAllclose([0.6, -0.8, 0], { atol: 0.01 });
    expect(popular).toEqual(Float64Array.of(0, 0, 1));
    expect([...popularity]).toEqual([
      ['x', 1],
      ['y', 0.5],
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
