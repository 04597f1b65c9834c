import { type AdapterVerdict, judgeAdapter } from './adapter.js';
import { decisive } from './contest.js';
import { type GateVerdict, judgeGate } from './gate.js';
import type { Lesson } from './lesson.js';

/** The parts that learn from outcomes. */
export type LearnedPart = 'gate' | 'adapter';

/** What came of a training; null for a part that was not asked for, or that the outcomes say nothing of. */
export interface Trained {
  readonly gate: GateVerdict | null;
  readonly adapter: AdapterVerdict | null;
  /** ms that each took, without pauses. */
  readonly ms: Readonly<Record<LearnedPart, number>>;
}

/** A training under way. */
export interface Training {
  /**
   * Goes on until `isEnough`, which is asked every few ms, or the end.
   *
   * @returns what came of it; undefined while it isn't done
   */
  advance(isEnough: () => boolean): Trained | undefined;
}

/**
 * Trains and judges, by the outcomes up to the last decision. The same lessons and seed give the same answer, however it is cut.
 *
 * @param lessons all there are, in the order in which outcomes became known
 * @param clock   any, in ms
 */
export function createTraining(
  lessons: readonly Lesson[],
  parts: readonly LearnedPart[],
  seed: number,
  clock: () => number,
): Training {
  const own = decisive(lessons);
  const gate = parts.includes('gate') ? judgeGate(own) : undefined;
  const adapter = parts.includes('adapter') ? judgeAdapter(own, seed) : undefined;
  const ms = { gate: 0, adapter: 0 };
  const found: { gate: GateVerdict | null; adapter: AdapterVerdict | null } = { gate: null, adapter: null };
  const left = [gate && (() => goOn(gate, 'gate')), adapter && (() => goOn(adapter, 'adapter'))].filter(
    (each) => each !== undefined,
  );

  /** One step; whether it was the last. */
  function goOn(steps: ReturnType<typeof judgeGate> | ReturnType<typeof judgeAdapter>, part: LearnedPart): boolean {
    const began = clock();
    const { done, value } = steps.next();
    ms[part] += clock() - began;
    if (done === true) Object.assign(found, { [part]: value ?? null });
    return done === true;
  }

  return {
    advance(isEnough) {
      for (let next = left[0]; next !== undefined; next = left[0]) {
        if (next()) left.shift();
        if (left.length > 0 && isEnough()) return undefined;
      }
      return { ...found, ms };
    },
  };
}
