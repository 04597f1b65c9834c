import type { Random } from '../core/random.js';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 1440 * MINUTE_MS;

/** A pause that ends a visit, ms: as long as an impression's outcome is waited for (SPEC §6). */
const VISIT_ENDS_MS = 30 * MINUTE_MS;

/** Whole weeks that a log may be moved by: one to ten years' worth. Judgement. */
const MOST_WEEKS = 520;

/** How far a visit is moved for itself, either way, and by what factor a pause within it is changed. Judgement. */
const VISIT_MOVES_MS = 30 * MINUTE_MS;
const PAUSE_CHANGES = 0.2;

/**
 * Instants moved so that none can be told from them: all by one random number of whole weeks, into the past where there is one;
 * each visit by up to half an hour more, so that weekday and hour stay about right; each pause within a visit, below 25
 * minutes, by up to a fifth. Order stays, and whole seconds alone remain.
 *
 * @param instants epoch ms, ascending
 * @returns as many, ascending
 */
export function moveTimes(instants: readonly number[], random: Random): number[] {
  const weeks = (1 + Math.floor(random() * MOST_WEEKS)) * WEEK_MS;
  const offset = (instants[0] ?? 0) > (MOST_WEEKS + 1) * WEEK_MS ? -weeks : weeks;
  const moved: number[] = [];
  instants.forEach((at, i) => {
    const before = instants[i - 1];
    const pause = before === undefined ? Infinity : at - before;
    const jitter = 2 * random() - 1;
    const next =
      pause < VISIT_ENDS_MS
        ? moved[i - 1]! + pause * (1 + PAUSE_CHANGES * jitter)
        : at + offset + VISIT_MOVES_MS * jitter;
    moved.push(Math.max(moved[i - 1] ?? 0, 1000 * Math.round(next / 1000)));
  });
  return moved;
}
