import { expect, test } from 'vitest';
import '../allclose.js';
import { finish } from '../../src/core/steps.js';
import { contest, decidedAfter, decisive } from '../../src/domain/contest.js';
import { contextWeights, FEATURE_NAMES } from '../../src/domain/context.js';
import { gateContext, inputsOf, namesOf, widthOf } from '../../src/domain/gate-context.js';
import { type Gate, gateFactors, judgeGate } from '../../src/domain/gate.js';
import { type Lesson, lessonsOf } from '../../src/domain/lesson.js';
import { drawLog, makePlace, TRUTHS } from '../adaptive-people.js';

function lessonsIn(truth: string, count: number, seed: number): Lesson[] {
  const place = makePlace(seed, 1, 16);
  const { events } = drawLog(place, TRUTHS[truth]!, count, seed);
  return lessonsOf(events, events.at(-1)!.at + 3_600_000, place.under);
}

test('a gate of zeros is the plain score, to the bit, in any context', () => {
  const names = { segments: ['a'], devices: ['phone'] };
  const gate: Gate = { names, matrix: new Float64Array(4 * widthOf(names)), curves: [] };
  for (const context of [{}, { hour: 3, weekday: 0, device: 'phone', segment: 'a', sessionLength: 1e9 }]) {
    expect(Object.values(gateFactors(gate, context))).toEqual([1, 1, 1, 1]);
  }
});

test('the hour is on a circle, and what is not said plays no part', () => {
  const names = { segments: ['a', 'b'], devices: ['phone'] };
  expect(inputsOf({}, names)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const [late, early] = [23.99, 0].map((hour) => inputsOf({ hour }, names));
  expect(late).toBeAllclose(early!, { atol: 0.01 });
  expect(inputsOf({ segment: 'b', device: 'other' }, names).slice(6)).toEqual([0, 1, 0]);
  expect(gateContext({ hour: '3', segment: '__proto__' })).toEqual({ segment: '__proto__' });
});

test('names are those met most often, and bounded', () => {
  const many = Array.from({ length: 40 }, (_, i) => ({ segment: `s${i % 12}`, device: i < 30 ? 'phone' : `d${i}` }));
  const names = namesOf([...many, { segment: 's11' }]);
  expect(names.segments).toEqual(['s0', 's1', 's11', 's2', 's3', 's10', 's4', 's5']);
  expect(names.devices).toEqual(['phone', 'd30', 'd31', 'd32']);
});

test('a decision holds until there are a quarter more outcomes, a hundred at least', () => {
  expect([199, 200, 299, 300, 500, 1000].map(decidedAfter)).toEqual([0, 200, 200, 300, 500, 976]);
  const list = Array.from({ length: 5000 }, (_, i) => i);
  expect(decisive(list)).toHaveLength(2000);
  expect(decisive(list).at(-1)).toBe(decidedAfter(5000) - 1);
  expect(decisive(list.slice(0, 150))).toEqual([]);
});

test('a contest knows which is better, and how sure that is', () => {
  const plain = Array.from({ length: 100 }, (_, i) => 1 + (i % 7) / 10);
  const better = plain.map((loss, i) => loss - 0.1 + (i % 2) / 100);
  const { n, interval, ...losses } = finish(contest(plain, better, 5))!;
  expect([n, interval.low > 0.09, interval.high < 0.1]).toEqual([100, true, true]);
  expect(losses.plain - losses.learned).toBeAllclose(0.095, { rtol: 1e-9 });
  const turned = plain.map((loss, i) => loss + (i % 3 === 0 ? 0.2 : -0.12));
  expect(finish(contest(plain, turned, 1))!.interval.low).toBeLessThan(0);
  expect(finish(contest(plain.slice(0, 95), better.slice(0, 95), 5))).toBeUndefined(); // 19 runs
});

const lessons = lessonsIn('device', 800, 4);

test('where weights differ by device a gate learns whose, and wins on what it was not trained on', () => {
  const { heldOut, gate } = finish(judgeGate(lessons))!;
  expect(heldOut.interval.low).toBeGreaterThan(0);
  const [phone, desktop] = ['phone', 'desktop'].map((device) => gateFactors(gate, { device }));
  const lean = (name: 'itemToSlider' | 'userItem'): number => Math.log(phone![name] / desktop![name]);
  expect(Math.abs(lean('itemToSlider') - lean('userItem'))).toBeGreaterThan(0.7);
  expect(finish(judgeGate(lessons))).toEqual({ heldOut, gate });
});

test('a gate that no longer wins is dethroned', () => {
  const since = lessonsIn('plain', 400, 5);
  expect(finish(judgeGate([...lessons, ...since]))!.heldOut.interval.low).toBeLessThan(0);
});

test('where the plain score is the truth no gate is taken up', () => {
  const verdict = finish(judgeGate(lessonsIn('plain', 400, 5)));
  expect(verdict!.heldOut.interval.low).toBeLessThan(0);
});

test('outcomes that are all alike, and logs of nothing, put nothing to the test', () => {
  const some = lessons.slice(0, 200);
  expect(finish(judgeGate(some.map((lesson) => ({ ...lesson, y: 1 }))))).toBeUndefined();
  expect(finish(judgeGate([]))).toBeUndefined();
  expect(finish(judgeGate(some.map((lesson) => ({ ...lesson, features: [] }))))).toBeUndefined();
});

test('weights under a gate stay at 0 or above, and sum to 1', () => {
  const names = { segments: [], devices: [] };
  const matrix = Float64Array.from({ length: 4 * widthOf(names) }, (_, i) => (i % 6 === 0 ? 900 * (i - 9) : 0));
  const factors = gateFactors({ names, matrix, curves: [] }, {});
  const weights = contextWeights({}, {}, [], factors);
  expect(FEATURE_NAMES.reduce((sum, name) => sum + weights[name], 0)).toBeAllclose(1, { rtol: 1e-12 });
  expect(Object.values(weights).every((weight) => weight >= 0)).toBe(true);
});
