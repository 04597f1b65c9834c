import { hashText } from '../core/hash.js';
import type { DecayedSum } from '../core/decay.js';
import type { ProfileRules, ProfileState } from '../domain/profile.js';

/** The profile state with the last batch key it includes: a cache of the log's beginning. */
export interface Snapshot {
  readonly lastKey: number;
  readonly state: ProfileState;
}

/** A snapshot holds for one model and one set of rules; others have other names. */
export function snapshotName(modelVersion: string, rules: ProfileRules): string {
  return `derived/profile/${modelVersion}/${hashText(JSON.stringify(rules))}`;
}

/**
 * A stored snapshot, or undefined when it is absent, damaged, or made under a clock ahead of ours: the log is then
 * replayed instead.
 */
export function readSnapshot(value: unknown, now: number): Snapshot | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { lastKey, state } = value as Partial<Snapshot>;
  if (typeof lastKey !== 'number' || state === null || typeof state !== 'object') return undefined;
  const sums = [state.long, state.session, state.negative, state.evidence];
  return sums.every((sum) => isSum(sum, now)) ? { lastKey, state } : undefined;
}

function isSum(value: unknown, now: number): boolean {
  const { sum, at } = (value ?? {}) as Partial<DecayedSum>;
  return sum instanceof Float64Array && sum.every(Number.isFinite) && typeof at === 'number' && at <= now;
}
