import { hashText } from '../core/hash.js';
import type { DecayedSum } from '../core/decay.js';
import type { ProfileRules, ProfileState } from '../domain/profile.js';

/** The profile state with the last batch key it includes: a cache of the log's beginning, as it was under `epoch`. */
export interface Snapshot {
  /** A tab that slept may store its snapshot after another took something away: it then has the old name. */
  readonly epoch: string;
  readonly lastKey: number;
  /** Undefined where nothing was done yet: what was only noted makes no profile, and is not read again either. */
  readonly state: ProfileState | undefined;
}

/** A snapshot holds for one model and one set of rules; others have other names. */
export function snapshotName(modelVersion: string, rules: ProfileRules): string {
  return `derived/profile/${modelVersion}/${hashText(JSON.stringify(rules))}`;
}

/**
 * A stored snapshot, or undefined when it is absent, damaged, of another epoch, or made under a clock ahead of ours:
 * the log is then replayed instead.
 */
export function readSnapshot(value: unknown, epoch: string, now: number): Snapshot | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { epoch: madeIn, lastKey, state } = value as Partial<Snapshot>;
  if (madeIn !== epoch || typeof lastKey !== 'number') return undefined;
  if (state === undefined) return { epoch, lastKey, state };
  if (state === null || typeof state !== 'object') return undefined;
  const { long, session, negative, evidence, interactionCount, newestAt, future, hidden } = state;
  const isWhole =
    [long, session, negative, evidence].every((sum) => isSum(sum, now)) &&
    Number.isInteger(interactionCount) &&
    typeof newestAt === 'number' &&
    Array.isArray(future) &&
    Array.isArray(hidden); // snapshots of earlier versions have none
  return isWhole ? { epoch, lastKey, state } : undefined;
}

function isSum(value: unknown, now: number): boolean {
  const { sum, at } = (value ?? {}) as Partial<DecayedSum>;
  return sum instanceof Float64Array && sum.every(Number.isFinite) && typeof at === 'number' && at <= now;
}
