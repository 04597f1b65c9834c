import { checksum } from '../../core/checksum.js';
import type { EvaluationLog } from './log.js';
import { ASKS, type Plan } from './protocol.js';

/**
 * 1 for events that a model may be fitted on before the plan's questions are asked, all of them at once: of `global` everything
 * up to the cut; of `last-out` each person's log before the first of it that is asked for, as with pooled priors.
 */
export function knownBefore({ user, at }: EvaluationLog, { asks, protocol, until }: Plan): Uint8Array {
  if (protocol.kind === 'global') return Uint8Array.from(at, (instant) => Number(instant <= until));
  const isAsked = new Set<number>();
  return Uint8Array.from(asks, (asked, e) => {
    if ((asked & ASKS.item) !== 0) isAsked.add(user[e]!);
    return Number(!isAsked.has(user[e]!));
  });
}

/** The log of some of its events; people, items and kinds keep their numbers. */
export function keepEvents(log: EvaluationLog, keep: Uint8Array): EvaluationLog {
  const isKept = (_: unknown, e: number): boolean => keep[e] === 1;
  return {
    ...log,
    user: log.user.filter(isKept),
    item: log.item.filter(isKept),
    kind: log.kind.filter(isKept),
    at: log.at.filter(isKept),
    weight: log.weight.filter(isKept),
    y: log.y.filter(isKept),
    knownAt: log.knownAt.filter(isKept),
    ...(log.dwellMs && { dwellMs: log.dwellMs.filter(isKept) }),
    ...(log.contexts && { contexts: log.contexts.filter(isKept) }),
  };
}

/** A name of events, so that what was fitted on them is known from what was fitted on others. */
export function nameOfEvents({ users, items, kinds, user, item, kind, at }: EvaluationLog): string {
  const bytes = [user, item, kind, at].map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  const texts = new TextEncoder().encode(JSON.stringify([users, items, kinds]));
  return [...bytes, texts].map((part) => checksum(part).toString(16)).join('-');
}
