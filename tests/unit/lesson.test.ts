import { expect, test } from 'vitest';
import '../allclose.js';
import { finish } from '../../src/core/steps.js';
import { normalize } from '../../src/core/vector.js';
import { byTime, type Interaction } from '../../src/domain/interaction.js';
import { lessonsOf, teaching } from '../../src/domain/lesson.js';
import { drawLog, makePlace, TRUTHS } from '../adaptive-people.js';

const MINUTE = 60_000;
const place = makePlace(1, 2, 16);
const { events } = drawLog(place, TRUTHS['device']!, 60, 1);
const END = events.at(-1)!.at + 60 * MINUTE;
const lessons = lessonsOf(events, END, place.under);

test('a lesson says what was known when the item was shown, whatever came later', () => {
  const cut = events.findIndex(({ id }) => id === lessons[30]!.id) + 1;
  const before = lessonsOf(events.slice(0, cut), END, place.under);
  const same = before.find(({ id }) => id === lessons[30]!.id)!;
  const { y: _, at: _at, ...known } = lessons[30]!;
  expect(same).toMatchObject(known);
});

test('lessons are of what was shown, answered as calibration has it, in the order in which that was known', () => {
  expect(lessons).toHaveLength(60);
  expect(lessons.map(({ at }) => at)).toEqual(lessons.map(({ at }) => at).toSorted((a, b) => a - b));
  const clicked = new Set(events.filter(({ kind }) => kind === 'click').map(({ itemId }) => itemId));
  expect(lessons.filter(({ y }) => y === 1).length).toBeGreaterThan(5);
  const shown = new Map(events.map(({ id, itemId }) => [id, itemId]));
  expect(lessons.filter(({ y }) => y === 1).every(({ id }) => clicked.has(shown.get(id)!))).toBe(true);
});

test('a pause of more than half an hour begins another visit', () => {
  const visits = new Map(lessons.map(({ id, visit }) => [id, visit]));
  for (const [i, event] of events.slice(1).entries()) {
    const [a, b] = [visits.get(events[i]!.id), visits.get(event.id)];
    if (a === undefined || b === undefined) continue;
    expect(b - a).toBe(event.at - events[i]!.at > 30 * MINUTE ? 1 : 0);
  }
});

test('the replay in parts is the replay at once', () => {
  expect(finish(teaching(events, END, place.under))).toEqual(lessons);
});

test('within a thread items are compared with what was engaged with there', () => {
  const at = (minutes: number): number => END + minutes * MINUTE;
  const [a, b, c] = [0, 1, 2].map((i) => place.world.items[i]!.id) as [string, string, string];
  const in1 = { context: { thread: 't1' } };
  const more: Interaction[] = [
    { id: 'x1', kind: 'impression', itemId: a, at: at(1), ...in1 },
    { id: 'x2', kind: 'click', itemId: a, at: at(2), ...in1 },
    { id: 'x3', kind: 'skip', itemId: b, at: at(3), ...in1 },
    { id: 'x4', kind: 'impression', itemId: c, at: at(4), ...in1 },
    { id: 'x5', kind: 'impression', itemId: b, at: at(5) },
  ];
  const found = lessonsOf([...events, ...more].sort(byTime), at(60), place.under);
  const anchorOf = (id: string): Float32Array | undefined => found.find((lesson) => lesson.id === id)!.anchor;
  expect(anchorOf('x4')).toBeAllclose(normalize(place.rows[0]!), { rtol: 1e-6 });
  expect(anchorOf('x1')).not.toEqual(anchorOf('x4'));
  expect(anchorOf('x5')).not.toEqual(anchorOf('x4'));
});

test('what nobody understands teaches nothing of features, and a context that makes no sense says nothing', () => {
  const odd: Interaction = {
    ...{ id: 'y1', kind: 'impression', itemId: 'nobody', at: END },
    context: { hour: 25, weekday: 1.5, device: '', segment: 7, sessionLength: -1 },
  };
  const [lesson] = lessonsOf([odd], END + 60 * MINUTE, place.under);
  expect(lesson).toMatchObject({ y: 0, features: [], item: undefined, anchor: undefined, context: {} });
});
