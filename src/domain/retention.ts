import { byTime, type Interaction, isAction } from './interaction.js';

const DAY = 86_400_000;

/** How long and how much is kept. SPEC §11. */
export interface Retention {
  readonly maxAgeMs: number;
  readonly maxInteractions: number;
}
export const RETENTION: Retention = { maxAgeMs: 400 * DAY, maxInteractions: 20_000 };

/**
 * The same for what is only noted, which comes many times as often and must not crowd out what was done. Judgement: no
 * curve looks back further than 1,000 outcomes, and a taste of three months ago is another's.
 */
const NOTED_RETENTION: Retention = { maxAgeMs: 90 * DAY, maxInteractions: 20_000 };

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
 * Ids of what is kept no longer: whatever is older than `maxAgeMs`, then the oldest beyond `maxInteractions`; actions by
 * `retention`, what is only noted by a limit of its own. O(n log n).
 */
export function expired(
  interactions: readonly Pick<Interaction, 'id' | 'at' | 'kind'>[],
  now: number,
  retention: Retention,
): Set<string> {
  const gone = (some: typeof interactions, { maxAgeMs, maxInteractions }: Retention): string[] => {
    const sorted = [...some].sort(byTime);
    const tooMany = sorted.length - maxInteractions;
    return sorted.filter(({ at }, i) => i < tooMany || now - at > maxAgeMs).map(({ id }) => id);
  };
  const isNoted = (each: Pick<Interaction, 'kind'>): boolean => !isAction(each);
  return new Set([
    ...gone(interactions.filter(isAction), retention),
    ...gone(interactions.filter(isNoted), NOTED_RETENTION),
  ]);
}
