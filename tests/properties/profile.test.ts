import { SOAK } from '../soak.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../allclose.js';
import {
  type EmbeddedInteraction,
  emptyProfile,
  type ProfileRules,
  type ProfileVectors,
  readProfile,
  updateProfile,
} from '../../src/domain/profile.js';
import { DAY, oneHot, START, WORDS } from '../one-hot.js';

const NOW = START + 30 * DAY;

const action = fc.record({
  kind: fc.constantFrom('save', 'view', 'hide', 'juggle', 'count'),
  text: fc.constantFrom(...WORDS, 'jazz calm', 'rock wild sea', 'qwertz'),
  at: fc.integer({ min: START - 400 * DAY, max: NOW + 60 * DAY }), // some of them in the future
  weight: fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: undefined }),
});
const rules = fc.record({
  kinds: fc.constant({ save: 3, view: 0.5, hide: -1.5, count: 0 }),
  temperature: fc.constantFrom(1, 0.5, 2),
  longHalfLifeMs: fc.constantFrom(14 * DAY, DAY),
  sessionHalfLifeMs: fc.constant(DAY / 4),
});

interface Action {
  readonly kind: string;
  readonly text: string;
  readonly at: number;
  readonly weight: number | undefined;
}

function embedded(actions: readonly Action[]): EmbeddedInteraction[] {
  return actions.map(({ kind, text, at, weight }, i) => ({
    interaction: { id: `i${i}`, kind, itemId: text, at, ...(weight !== undefined && { weight }) },
    embedding: oneHot(text),
  }));
}

/** Everything a reading says, lengths included, as numbers. */
function numbers({ long, session, negative, evidence, newestAt, interactionCount }: ProfileVectors): number[] {
  const tastes = [long, session, negative].flatMap(({ sum, direction }) => [sum.total, ...sum.sum, ...direction]);
  return [...tastes, evidence, Math.max(newestAt, 0), interactionCount];
}

function replay(log: readonly EmbeddedInteraction[], given: ProfileRules): number[] {
  return numbers(readProfile(updateProfile(emptyProfile('m', 8, given), log, given, NOW), given, NOW));
}

describe('a profile', () => {
  test('is the same learned one by one as replayed, in any order', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), rules, fc.nat(), (actions, given, turn) => {
        const log = embedded(actions);
        const moved = [...log.slice(turn % (log.length + 1)), ...log.slice(0, turn % (log.length + 1))].reverse();
        const one = moved.reduce(
          (state, entry) => updateProfile(state, [entry], given, NOW),
          emptyProfile('m', 8, given),
        );
        expect(numbers(readProfile(one, given, NOW))).toBeAllclose(replay(log, given), { rtol: 1e-9, atol: 1e-300 });
      }),
      { numRuns: 100 * SOAK },
    );
  });

  test('is the same learned as it happened, future dates waiting for their time, as replayed at the end', () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 30 }),
        fc.array(fc.integer({ min: START, max: NOW }), { maxLength: 30 }),
        rules,
        (actions, times, given) => {
          const log = embedded(actions);
          const clock = [...times].sort((a, b) => a - b);
          const lived = log.reduce(
            (state, entry, i) => updateProfile(state, [entry], given, clock[Math.min(i, clock.length - 1)] ?? START),
            emptyProfile('m', 8, given),
          );
          expect(numbers(readProfile(lived, given, NOW))).toBeAllclose(replay(log, given), {
            rtol: 1e-9,
            atol: 1e-300,
          });
        },
      ),
      { numRuns: 100 * SOAK },
    );
  });

  test('reads the same twice, and reading changes nothing', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), rules, (actions, given) => {
        const state = updateProfile(emptyProfile('m', 8, given), embedded(actions), given, NOW);
        const before = structuredClone(state);
        expect(numbers(readProfile(state, given, NOW))).toEqual(numbers(readProfile(state, given, NOW)));
        expect(state).toEqual(before);
      }),
      { numRuns: 30 * SOAK },
    );
  });
});
