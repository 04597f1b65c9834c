import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { seeded } from '../../src/core/random.js';
import type { Experiment } from '../../src/domain/experiment.js';
import type { Interaction } from '../../src/domain/interaction.js';
import { creditOf, interleave, type Interleaved } from '../../src/lab/experiments/interleave.js';
import { countLists, judgeLists, sumLists } from '../../src/lab/experiments/lists.js';
import golden from '../golden/experiments.json' with { type: 'json' };
import { decidedWithin } from '../lists-decided.js';

interface Item {
  readonly id: string;
}
const items = (text: string): Item[] => Array.from(text, (id) => ({ id }));
const shown = (mixed: readonly Interleaved<Item>[]): string => mixed.map(({ entry }) => entry.id).join('');
const teams = (mixed: readonly Interleaved<Item>[]): string => mixed.map(({ team }) => team ?? '-').join('');

describe('a list mixed of two rankings', () => {
  test('is drafted round by round, each team picking its best that is left', () => {
    const [a, b] = [items('abcdef'), items('cafbed')];
    const mixed = new Set(
      Array.from({ length: 64 }, (_, seed) => {
        const list = interleave(a, b, { seed, limit: 4 });
        return `${shown(list)} ${teams(list)}`;
      }),
    );
    expect([...mixed].sort()).toEqual(['acbf abab', 'acfb abba', 'cabf baab', 'cafb baba']);
  });

  test('holds everything of both once, and nothing else', () => {
    const random = seeded(1);
    for (let seed = 0; seed < 200; seed++) {
      const of = (): Item[] =>
        items('abcdefghij')
          .filter(() => random() < 0.7)
          .sort(() => random() - 0.5);
      const [a, b] = [of(), of()];
      const mixed = interleave(a, b, { seed });
      expect(shown(mixed).split('').sort()).toEqual([...new Set([...a, ...b].map(({ id }) => id))].sort());
      for (const [team, list] of [
        ['a', a],
        ['b', b],
      ] as const) {
        const picks = mixed.filter((place) => place.team === team).map(({ entry }) => list.indexOf(entry));
        expect(picks.every((place, i) => place >= 0 && (i === 0 || place > picks[i - 1]!))).toBe(true);
      }
    }
  });

  test('gives each place to either team equally often, and the teams as many places', () => {
    const [a, b] = [items('abcdefgh'), items('hgfedcba')];
    const first = [0, 0, 0, 0, 0, 0];
    let uneven = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const mixed = teams(interleave(a, b, { seed, limit: 6 }));
      mixed.split('').forEach((team, i) => (first[i]! += team === 'a' ? 1 : 0));
      uneven += mixed.split('a').length === 4 ? 0 : 1;
    }
    expect(uneven).toBe(0);
    expect(first.map((count) => count / 1000)).toBeAllclose([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], { atol: 0.05 });
  });

  test('credits nobody where both begin alike, or only one has any left', () => {
    const mixed = interleave(items('abcx'), items('abdyzw'), { seed: 3 });
    expect(teams(mixed)).toMatch(/^--(ab|ba)(ab|ba)--$/);
    expect(teams(interleave(items('abc'), items('abc'), { seed: 3 }))).toBe('---');
    expect(teams(interleave([], items('ab'), { seed: 3 }))).toBe('--');
    for (let seed = 0; seed < 8; seed++)
      expect(teams(interleave(items('xy'), items('ax'), { seed }))).toMatch(/^(ab|ba)-$/);
    for (let seed = 0; seed < 8; seed++) expect(teams(interleave(items('axy'), items('bx'), { seed }))).toMatch(/--$/);
    expect(interleave([], [], { seed: 3 })).toEqual([]);
  });

  test('is the same for the same seed, in its first places whatever the limit', () => {
    const [a, b] = [items('abcdefgh'), items('hgfedcba')];
    const whole = interleave(a, b, { seed: 9 });
    expect(interleave(a, b, { seed: 9 })).toEqual(whole);
    for (let limit = 1; limit < 8; limit++) expect(interleave(a, b, { seed: 9, limit })).toEqual(whole.slice(0, limit));
  });

  test.each([{ seed: -1 }, { seed: 0.5 }, { seed: 2 ** 32 }, { limit: 0 }, { limit: 1.5 }, { limit: NaN }])(
    '%j is refused',
    (wrong) => {
      const options = { seed: 1, ...wrong };
      expect(() => interleave(items('a'), items('b'), options)).toThrow(/input|It is/);
    },
  );

  test('an id twice, and credit for what is not there, are refused', () => {
    expect(() => interleave(items('aa'), items('b'), { seed: 1 })).toThrow(/each id once/);
    expect(() => creditOf({ id: 'x' }, 1, interleave(items('a'), [], { seed: 1 }), 'z')).toThrow(/not in this list/);
  });
});

const experiment: Experiment = { id: 'order', arms: ['mixed'] };
const MINUTE = 60_000;
let made = 0;
function event(kind: string, itemId: string, at: number, metadata: Interaction['metadata'] = {}): Interaction {
  return { id: String(made++), kind, itemId, at, metadata };
}
const exposure = (list: number, at: number): Interaction =>
  event('exposure', 'experiment:order', at, { experiment: 'order', arm: 'mixed', list });
const act = (team: string, list: number, at: number, item = 'x', kind = 'click'): Interaction =>
  event(kind, item, at, { experiment: 'order', list, team });

describe('lists are won', () => {
  const later = 1000 * MINUTE;

  test('by the team of which more items were acted on within half an hour, each once', () => {
    const log = [
      ...[exposure(1, 0), act('a', 1, MINUTE, 'x'), act('a', 1, 2 * MINUTE, 'x'), act('b', 1, 3 * MINUTE, 'y')],
      ...[exposure(2, 0), act('b', 2, 30 * MINUTE)],
      ...[exposure(3, 0), act('b', 3, 30 * MINUTE + 1)],
      ...[exposure(4, 0), act('a', 4, MINUTE, 'x'), act('a', 4, MINUTE, 'y'), act('b', 4, MINUTE, 'z', 'save')],
      exposure(5, 0),
    ];
    expect(countLists(experiment, log, later)).toEqual({ experiment: 'order', lists: 5, a: 1, b: 1 });
    expect(countLists(experiment, [...log].reverse(), later)).toEqual({ experiment: 'order', lists: 5, a: 1, b: 1 });
  });

  test('by no act that repels, is only noted, or belongs to no list that was shown', () => {
    const log = [
      ...[exposure(1, 0), act('a', 1, MINUTE, 'x', 'hide'), act('a', 1, MINUTE, 'x', 'impression')],
      ...[act('a', 9, MINUTE), event('click', 'x', MINUTE), event('click', 'x', MINUTE, { list: 1, team: 'a' })],
      event('click', 'x', MINUTE, { experiment: 'order', list: 1, team: 'c' }),
      event('exposure', 'experiment:order', 0, { experiment: 'order', arm: 'mixed' }),
    ];
    expect(countLists(experiment, log, later)).toEqual({ experiment: 'order', lists: 1, a: 0, b: 0 });
  });

  test('once their half hour is over, and then for good', () => {
    const log = [exposure(1, 0), act('a', 1, MINUTE)];
    expect(countLists(experiment, log, 30 * MINUTE).lists).toBe(0);
    expect(countLists(experiment, log, 30 * MINUTE + 1)).toEqual(countLists(experiment, log, later));
  });

  test('people’s counts add up, of one experiment only', () => {
    const one = { experiment: 'order', lists: 5, a: 1, b: 2 };
    expect(sumLists([one, one, { ...one, a: 0 }])).toEqual({ experiment: 'order', lists: 15, a: 2, b: 6 });
    for (const wrong of [{ ...one, experiment: 'y' }, { ...one, a: 4 }, { ...one, a: 0.5 }, { ...one, a: -1 }, null]) {
      expect(() => sumLists([one, wrong as never])).toThrow(expect.objectContaining({ code: 'input/invalid' }));
    }
    expect(() => sumLists([])).toThrow(/one or more/);
  });
});

describe('which of two rankings is better', () => {
  test.each(golden.crossing.slice(0, 3).map((row) => row as [number, number, number, number]))(
    'won with %f by b, planned for %i, looked at after each of %i lists: decided exactly as often as NumPy says',
    (p, lists, n, expected) => {
      expect(decidedWithin(p, lists, n)).toBeAllclose(expected, { rtol: 1e-9 });
    },
  );

  test('is not decided falsely more often than said, and found with more than 80 % where it was planned for', () => {
    const [[, , , small], [, , , large]] = golden.crossing as unknown as [number[], number[]];
    expect(Math.max(small!, large!)).toBeLessThan(0.05);
  });

  test('is told for either side alike', () => {
    const [one, other] = [
      judgeLists({ experiment: 'x', lists: 100, a: 20, b: 60 }),
      judgeLists({ experiment: 'x', lists: 100, a: 60, b: 20 }),
    ];
    expect([one.decision, other.decision]).toEqual(['b', 'a']);
    expect([other.share.low, other.share.high]).toBeAllclose([1 - one.share.high, 1 - one.share.low], { atol: 1e-12 });
    expect(judgeLists({ experiment: 'x', lists: 0, a: 0, b: 0 })).toEqual({
      decision: 'continue',
      share: { value: 0.5, low: 0, high: 1 },
      pValue: 1,
    });
  });

  test.each([{ alpha: 0 }, { alpha: 0.5 }, { lists: 0 }, { lists: NaN }])('%j is refused', (options) => {
    const counts = { experiment: 'x', lists: 1, a: 1, b: 0 };
    expect(() => judgeLists(counts, options)).toThrow(expect.objectContaining({ code: 'input/invalid' }));
  });
});
