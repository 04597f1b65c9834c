import { finish, type Steps } from '../../core/steps.js';
import { isAction } from '../../domain/interaction.js';
import { invalid } from '../../errors.js';
import { type EvaluationLog, weightOf } from './log.js';

/**
 * What is asked, and what may be known then. Results of different protocols never stand in one table.
 *
 * - `last-out`: each person's last actions are asked for, each with that person's log before it. What everybody did counts
 *   only up to the instant before it (`priors: 'before'`), or, to compare with published figures, as the first parts of all
 *   logs whatever their dates (`'pooled'`), which nobody could have known.
 * - `global`: everything after one instant is asked for. What everybody did, and which items there are, is as it was at that
 *   instant; a person's own log goes on, as it does on their device.
 */
export interface Protocol {
  readonly kind: 'last-out' | 'global';
  /** Share of each log (`last-out`) or of all actions (`global`) asked for, in (0, 1); default 0.2. 0: the very last action of each log. */
  readonly share?: number;
  /** Of `last-out` only. */
  readonly priors?: 'before' | 'pooled';
  /** What counts as an answer, and in what everybody did: any action, or what its kind says is positive. Default 'positive'. */
  readonly targets?: 'all' | 'positive';
  /** Whether what a person acted on before may be the answer; default not, and it is then not offered either. */
  readonly repeats?: boolean;
}

/** A protocol applied to a log: one number an event. */
export interface Plan {
  readonly protocol: Required<Protocol>;
  /** 1: which item is asked; 2: what came of it; 3: both. */
  readonly asks: Uint8Array;
  /** 1 for actions that count as an answer. */
  readonly isTarget: Uint8Array;
  /** 1 where the event is part of what everybody did: in its turn, or before all else where `isPooled`. */
  readonly counts: Uint8Array;
  readonly isPooled: boolean;
  /** The last instant of what everybody did, epoch ms; +Infinity where it goes on to the end. */
  readonly until: number;
  /** 1 for items that may be offered. */
  readonly offered: Uint8Array;
  /** Events whose item is asked. */
  readonly targets: number;
}

/** Events planned between two pauses. Judgement: about a ms. */
const AT_ONCE = 2048;

/** What of an event is asked. */
export const ASKS = { item: 1, outcome: 2 } as const;

/** @throws AttuneError `input/invalid` for a protocol that makes no sense, or leaves nothing to ask */
export function planOf(log: EvaluationLog, protocol: Protocol): Plan {
  const plan = finish(planning(log, protocol));
  if (plan.targets > 0) return plan;
  const events = `${log.at.length} events`;
  throw invalid('log', events, 'Nothing of it can be asked for: it needs people with two actions or more.');
}

/** The same in parts, and where there may be nothing to ask. @throws AttuneError `input/invalid` for a protocol that makes no sense */
export function* planning(log: EvaluationLog, protocol: Protocol): Steps<Plan> {
  const { kind, share = 0.2, priors = 'before', targets = 'positive', repeats = false } = protocol;
  if (kind !== 'last-out' && kind !== 'global') throw invalid('protocol', kind, "It is 'last-out' or 'global'.");
  if (!(share >= 0 && share < 1) || (kind === 'global' && share === 0)) {
    throw invalid(
      'share',
      share,
      'It lies between 0 and 1; 0 asks for the last action of each log, by last-out alone.',
    );
  }
  const full = { kind, share, priors, targets, repeats };
  const size = log.at.length;
  const isTarget = Uint8Array.from(log.at, (_, e) =>
    Number(targets === 'all' ? isAction({ kind: log.kinds[log.kind[e]!]! }) : weightOf(log, e) > 0),
  );
  yield;
  const isLate = kind === 'global' ? lateOf(log, isTarget, share) : lastOf(log, isTarget, share);
  const first = kind === 'global' ? isLate.indexOf(1) : 0;
  const until = kind === 'global' && first > 0 ? log.at[first - 1]! : Infinity;
  const seen = new Set<number>();
  const asks = new Uint8Array(size);
  const counts = new Uint8Array(size);
  const offered = new Uint8Array(log.items.length).fill(kind === 'global' ? 0 : 1);
  let count = 0;
  for (let e = 0; e < size; e++) {
    if (e % AT_ONCE === 0) yield;
    const pair = log.user[e]! * log.items.length + log.item[e]!;
    const isNew = repeats || !seen.has(pair);
    if (isAction({ kind: log.kinds[log.kind[e]!]! })) seen.add(pair);
    if (kind === 'global' && isLate[e] === 0) offered[log.item[e]!] = 1;
    if (isLate[e] === 1) {
      if (isTarget[e] === 1 && isNew) asks[e] = ASKS.item;
      if (log.y[e]! >= 0) asks[e]! |= ASKS.outcome;
      count += asks[e]! & ASKS.item;
    }
    counts[e] = Number(isTarget[e] === 1 && (isLate[e] === 0 || (kind === 'last-out' && priors === 'before')));
  }
  return {
    protocol: full,
    asks,
    isTarget,
    counts,
    isPooled: kind === 'last-out' && priors === 'pooled',
    until,
    offered,
    targets: count,
  };
}

/** Whether a table, or a file of priors, counted what is asked for, or what came after it. */
export function knowsAnswers({ until }: { readonly until: number }, { at }: EvaluationLog, { asks }: Plan): boolean {
  return until >= at[asks.findIndex((asked) => (asked & ASKS.item) !== 0)]!;
}

/** 1 from the instant on after which the last `share` of the targets lie; all of one instant on the same side. */
function lateOf({ at }: EvaluationLog, isTarget: Uint8Array, share: number): Uint8Array {
  const targets = isTarget.reduce((sum, one) => sum + one, 0);
  let before = Math.floor((1 - share) * targets);
  const cut = at[isTarget.findIndex((one) => (before -= one) < 0)] ?? Infinity;
  return Uint8Array.from(at, (instant) => Number(instant >= cut));
}

/** 1 from the first of each person's last targets on: `share` of them, rounded, and one at least where another comes before it. */
function lastOf(log: EvaluationLog, isTarget: Uint8Array, share: number): Uint8Array {
  const left = new Uint32Array(log.users.length);
  isTarget.forEach((one, e) => (left[log.user[e]!]! += one));
  left.forEach((count, user) => (left[user] = count - Math.min(count - 1, Math.max(1, Math.round(share * count)))));
  return isTarget.map((one, e) => {
    const user = log.user[e]!;
    if (one === 0) return Number(left[user] === 0);
    if (left[user] === 0) return 1;
    left[user]!--;
    return 0;
  });
}
