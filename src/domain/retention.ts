import { byTime, type Interaction } from './interaction.js';

const DAY = 86_400_000;

/** How long and how much is kept. SPEC §11. */
export interface Retention {
  readonly maxAgeMs: number;
  readonly maxInteractions: number;
}
export const RETENTION: Retention = { maxAgeMs: 400 * DAY, maxInteractions: 20_000 };

/** When upkeep last ran, epoch ms; `doubted` when the clock had leapt since the time before, and nothing was deleted. */
export interface Upkeep {
  readonly at: number;
  readonly doubted: boolean;
}

/** A clock that leaps further than this between two openings may be wrong. Judgement. */
const LEAP_MS = 30 * DAY;

/**
 * Whether the log is due for upkeep: once a day. A clock that leapt, forward or back, is believed only when a later
 * day confirms it: one set wrong for an hour must not delete a log.
 *
 * @param last what the time before left, or anything when damaged
 */
export function upkeepDue(last: unknown, now: number): 'wait' | 'doubt' | 'due' {
  const { at, doubted } = (last ?? {}) as Partial<Upkeep>;
  if (typeof at !== 'number') return 'due';
  if (now >= at && now - at < DAY) return 'wait';
  const leapt = now < at || now - at > LEAP_MS;
  return leapt && (doubted !== true || now < at) ? 'doubt' : 'due';
}

/**
 * Ids of what is kept no longer: whatever is older than `maxAgeMs`, then the oldest beyond `maxInteractions`.
 * O(n log n).
 */
export function expired(
  interactions: readonly Pick<Interaction, 'id' | 'at'>[],
  now: number,
  { maxAgeMs, maxInteractions }: Retention,
): Set<string> {
  const sorted = [...interactions].sort(byTime);
  const tooMany = sorted.length - maxInteractions;
  return new Set(sorted.filter(({ at }, i) => i < tooMany || now - at > maxAgeMs).map(({ id }) => id));
}
