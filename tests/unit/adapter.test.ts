import { expect, test } from 'vitest';
import '../allclose.js';
import { seeded } from '../../src/core/random.js';
import { finish } from '../../src/core/steps.js';
import { judgeAdapter, misordered, trainAdapter, tripletsOf } from '../../src/domain/adapter.js';
import { type Lesson, lessonsOf } from '../../src/domain/lesson.js';
import { createTraining } from '../../src/domain/training.js';
import { drawLog, hidden, makePlace, TRUTHS } from '../adaptive-people.js';

function lessonsIn(truth: string, count: number, seed: number): Lesson[] {
  const place = makePlace(seed, 3, 32, hidden(0.3));
  const { events } = drawLog(place, TRUTHS[truth]!, count, seed);
  return lessonsOf(events, events.at(-1)!.at + 3_600_000, place.under);
}

const lessons = lessonsIn('taste', 800, 2);

test('an adapter orders pairs of later visits better where embeddings hide what matters', () => {
  const { heldOut } = finish(judgeAdapter(lessons, 1))!;
  expect(heldOut.interval.low).toBeGreaterThan(0);
  expect(heldOut.learned).toBeLessThan(heldOut.plain);
});

test('triplets are of one visit, one liked and one not', () => {
  const triplets = tripletsOf(lessons, seeded(1));
  const sets = new Map<number, [Set<Float32Array>, Set<Float32Array>]>();
  for (const { visit, y, item } of lessons) {
    if (!sets.has(visit)) sets.set(visit, [new Set(), new Set()]);
    sets.get(visit)![y].add(item!);
  }
  const isRight = ({ liked, passed }: (typeof triplets)[number]): boolean =>
    [...sets.values()].some(([no, yes]) => yes.has(liked) && no.has(passed));
  expect(triplets.length).toBeGreaterThan(500);
  expect(triplets.every(isRight)).toBe(true);
});

test('misordered pairs of a visit are counted, ties half', () => {
  const item = (x: number): Float32Array => Float32Array.from([x, 0]);
  const lesson = (y: 0 | 1, x: number, visit = 0): Lesson => ({
    ...{ id: `${x}`, visit, at: 0, y, context: {}, features: [], bases: [] },
    ...{ item: item(x), anchor: Float32Array.from([1, 0]) },
  });
  const visits = [lesson(1, 0.5), lesson(0, 0.6), lesson(0, 0.5), lesson(0, 0.1), lesson(1, 0.9), lesson(1, 0.3, 1)];
  expect(finish(misordered(visits, undefined))).toEqual([1.5 / 6]);
});

test('the same lessons and seed train the same adapter; another seed another', () => {
  const some = lessons.slice(0, 200);
  const made = finish(trainAdapter(some, 3))!;
  expect(finish(trainAdapter(some, 3))).toEqual(made);
  expect(finish(trainAdapter(some, 4))!.up).not.toEqual(made.up);
});

test('nothing shown, or nothing liked, trains nothing', () => {
  expect(finish(judgeAdapter([], 1))).toBeUndefined();
  expect(
    finish(
      judgeAdapter(
        lessons.map((lesson) => ({ ...lesson, y: 0 })),
        1,
      ),
    ),
  ).toBeUndefined();
});

test('a training cut into parts gives what one without pauses gives, for each part', () => {
  let time = 0;
  const some = lessons.slice(0, 500);
  const make = () => createTraining(some, ['gate', 'adapter'], 1, () => time++);
  const whole = make().advance(() => false)!;
  const cut = make();
  let [done, times] = [cut.advance(() => true), 1];
  for (; done === undefined; times++) done = cut.advance(() => true);
  expect(done).toEqual(whole);
  expect(times).toBeGreaterThan(100);
  expect([whole.gate!.heldOut.n, whole.ms.gate > 50, whole.ms.adapter > 50]).toEqual([200, true, true]);
  expect(createTraining(some, ['gate'], 1, () => 0).advance(() => false)!.adapter).toBeNull();
  expect(createTraining(some.slice(0, 150), ['gate', 'adapter'], 1, () => 0).advance(() => false)).toMatchObject({
    ...{ gate: null, adapter: null },
  });
});
