import type { ScoreContext } from './context.js';

/** What of a visit's context tells which groups it is of. */
export type VisitContext = Pick<ScoreContext, 'segment' | 'device' | 'hour' | 'weekday'>;

/** Hours that make a part of the day, the first from 0 to 6. Judgement: a group an hour would be a fourth as large. */
const HOURS_A_PART = 6;

/**
 * Keys of the groups that a context is of, such as `segment=student` or `hour=18` (from 18 to 24): one a field that is
 * given, and no combination, whose groups would be small. What makes no sense, as in somebody's log, is of no group.
 */
export function cohortKeys(context: Readonly<Record<string, unknown>> | VisitContext): string[] {
  const { segment, device, hour, weekday } = context as Readonly<Record<keyof VisitContext, unknown>>;
  const keys: string[] = [];
  if (typeof segment === 'string' && segment !== '') keys.push(`segment=${segment}`);
  if (typeof device === 'string' && device !== '') keys.push(`device=${device}`);
  if (typeof hour === 'number' && hour >= 0 && hour < 24) {
    keys.push(`hour=${HOURS_A_PART * Math.floor(hour / HOURS_A_PART)}`);
  }
  if (typeof weekday === 'number' && Number.isInteger(weekday) && weekday >= 0 && weekday < 7) {
    keys.push(`weekday=${weekday}`);
  }
  return keys;
}
