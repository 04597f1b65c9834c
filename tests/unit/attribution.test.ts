import { describe, expect, test } from 'vitest';
import { type Answer, attribute, type Trial, WINDOW_MS } from '../../src/domain/attribution.js';
import { byTime, type Interaction } from '../../src/domain/interaction.js';

const KINDS = { save: 3, view: 1, count: 0, hide: -1, skip: -0.3 };
const MINUTE = 60_000;

/** An event `minutes` after the start; its id says where it stands among those of one instant. */
function event(minutes: number, kind: string, itemId = 'a', more: Partial<Interaction> = {}): Interaction {
  return {
    id: `${String(minutes * 1000).padStart(9, '0')} ${kind} ${itemId}`,
    kind,
    itemId,
    at: minutes * MINUTE,
    ...more,
  };
}

const shown = (minutes: number, itemId = 'a', id?: string): Interaction =>
  event(minutes, 'impression', itemId, id === undefined ? {} : { id });

/** Answers as `item@minute shown:y@minute known`. */
function answersOf(events: readonly Interaction[], until = 1000): string[] {
  return attribute([], [...events].sort(byTime), until * MINUTE, KINDS, tell).answers.map(told);
}

const tell = ({ itemId, at }: Interaction): string => `${itemId}@${at / MINUTE}`;
const told = ({ shown: what, y, at }: Answer<string>): string => `${what}:${y}@${at / MINUTE}`;

describe('what came of showing an item', () => {
  test('is 1 from the moment of a positive action on it within 30 minutes, the last one included', () => {
    expect(answersOf([shown(0), event(5, 'save')])).toEqual(['a@0:1@5']);
    expect(answersOf([shown(0), event(30, 'view')])).toEqual(['a@0:1@30']);
  });

  test('is 0 once the window has closed without one, and nothing before', () => {
    expect(answersOf([shown(0)], 30)).toEqual([]);
    expect(answersOf([shown(0)], 30 + 1 / MINUTE)).toEqual(['a@0:0@30']);
    expect(answersOf([shown(0), event(30 + 1 / MINUTE, 'save')])).toEqual(['a@0:0@30']);
  });

  test('is not told by actions on other items, by actions before it, or by kinds that weigh nothing', () => {
    const before = event(-1, 'save');
    expect(answersOf([before, shown(0), event(1, 'save', 'b'), event(2, 'count')])).toEqual(['a@0:0@30']);
    expect(answersOf([shown(0), event(1, 'save', 'a', { weight: 0 })])).toEqual(['a@0:0@30']);
  });

  test('is 1 for a kind nobody listed, which weighs 1', () => {
    expect(answersOf([shown(0), event(1, 'juggle')])).toEqual(['a@0:1@1']);
  });

  test('is 0 at once after a negative action, whatever follows in the window', () => {
    expect(answersOf([shown(0), event(2, 'hide'), event(3, 'save')])).toEqual(['a@0:0@2']);
  });

  test('is told once, by the first action', () => {
    expect(answersOf([shown(0), event(2, 'view'), event(3, 'save'), event(4, 'hide')])).toEqual(['a@0:1@2']);
  });

  test('is told of each item by its own actions', () => {
    const events = [shown(0, 'a'), shown(1, 'b'), shown(2, 'c'), event(3, 'save', 'b'), event(4, 'skip', 'a')];
    expect(answersOf(events)).toEqual(['b@1:1@3', 'a@0:0@4', 'c@2:0@32']);
  });

  test('in one instant goes by the ids: an action made before the impression is none of its', () => {
    const same = (id: string, kind: string): Interaction => event(1, kind, 'a', { id });
    expect(answersOf([same('1', 'impression'), same('2', 'save')])).toEqual(['a@1:1@1']);
    expect(answersOf([same('2', 'impression'), same('1', 'save')])).toEqual(['a@1:0@31']);
  });

  test('is in the order in which it was known', () => {
    const events = [shown(0, 'a'), shown(1, 'b'), shown(40, 'c'), event(41, 'save', 'c'), shown(42, 'd')];
    expect(answersOf(events)).toEqual(['a@0:0@30', 'b@1:0@31', 'c@40:1@41', 'd@42:0@72']);
  });
});

describe('an item that is shown again', () => {
  test('within its window is one trial, which begins anew', () => {
    expect(answersOf([shown(0), shown(20)])).toEqual(['a@20:0@50']);
    expect(answersOf([shown(0), shown(20), event(45, 'save')])).toEqual(['a@20:1@45']);
    expect(answersOf([shown(0), shown(30)])).toEqual(['a@30:0@60']);
    expect(answersOf([shown(0), shown(1, 'b'), shown(20)])).toEqual(['b@1:0@31', 'a@20:0@50']);
  });

  test('after its window is another trial', () => {
    expect(answersOf([shown(0), shown(31), event(32, 'save')])).toEqual(['a@0:0@30', 'a@31:1@32']);
  });

  test('after its answer, within the window, changes nothing: who comes back to the list is not asked again', () => {
    expect(answersOf([shown(0), event(1, 'save'), shown(2), shown(29)])).toEqual(['a@0:1@1']);
    expect(answersOf([shown(0), event(1, 'save'), shown(2), shown(31)])).toEqual(['a@0:1@1', 'a@31:0@61']);
  });
});

describe('an outcome that the site supplies', () => {
  const outcome = (minutes: number, y: unknown, itemId = 'a'): Interaction =>
    event(minutes, 'outcome', itemId, { weight: 0, metadata: { y: y as number } });

  test('answers the open trial of its item', () => {
    expect(answersOf([shown(0), outcome(3, 1)])).toEqual(['a@0:1@3']);
    expect(answersOf([shown(0), outcome(3, 0), event(4, 'save')])).toEqual(['a@0:0@3']);
  });

  test('stands by itself where no window is open', () => {
    expect(answersOf([outcome(3, 1), outcome(4, 0)])).toEqual(['a@3:1@3', 'a@4:0@4']);
    expect(answersOf([shown(0), outcome(45, 1)])).toEqual(['a@0:0@30', 'a@45:1@45']);
  });

  test('comes too late for a trial that was answered', () => {
    expect(answersOf([shown(0), event(1, 'save'), outcome(2, 0)])).toEqual(['a@0:1@1']);
  });

  test('without an answer in it says nothing', () => {
    expect(answersOf([shown(0), outcome(3, 0.5), outcome(4, '1')])).toEqual(['a@0:0@30']);
  });
});

test('two tabs that show and act at the same time make one log, whichever record arrives first', () => {
  const one = [shown(0, 'a'), event(10, 'save', 'b'), shown(20, 'c')];
  const other = [shown(0, 'b', 'x'), shown(5, 'a', 'y'), event(6, 'hide', 'a'), event(25, 'save', 'c')];
  const known = answersOf([...one, ...other]);
  expect(known).toEqual(['a@5:0@6', 'b@0:1@10', 'c@20:1@25']);
  expect(answersOf([...other, ...one])).toEqual(known);
});

test('a trial is carried from one part of the log to the next', () => {
  const events = [shown(0), shown(1, 'b'), event(10, 'save'), event(40, 'save', 'b')];
  let open: readonly Trial<string>[] = [];
  const answers: string[] = [];
  for (const each of events) {
    const next = attribute(open, [each], each.at, KINDS, tell);
    open = next.open;
    answers.push(...next.answers.map(told));
  }
  expect(answers).toEqual(['a@0:1@10', 'b@1:0@31']);
  expect(answers).toEqual(answersOf(events));
  expect(WINDOW_MS).toBe(30 * MINUTE);
});
