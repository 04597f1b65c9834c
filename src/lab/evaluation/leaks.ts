import { mixSeeds, seeded, shuffled } from '../../core/random.js';
import type { EvaluationLog } from './log.js';
import { ASKS, type Plan, planOf, type Protocol } from './protocol.js';
import type { Ranker } from './ranker.js';
import { scoresFor } from './replay.js';

/** A score that would have been another with another future. */
export interface Leak {
  readonly ranker: string;
  /** Number of the event that was asked. */
  readonly event: number;
  /** Id of the first item whose score moved. */
  readonly itemId: string;
  readonly score: number;
  readonly otherwise: number;
}

/**
 * Looks for rankers that know what they should not: whatever a protocol hides from a question (its answer, what comes after,
 * and what others did too late to count) is drawn anew at random, and no score may move for it, not by a bit.
 *
 * @param make    all that goes before a replay as it is done: rankers, and whatever they were fitted on, from a log
 * @param samples questions that are looked at; each costs two replays up to it. Default 10
 * @returns what moved, by ranker and question; empty where nothing did
 */
export function findLeaks(
  log: EvaluationLog,
  protocol: Protocol,
  make: (log: EvaluationLog, plan: Plan) => readonly Ranker[],
  { samples = 10, seed = 1 }: { readonly samples?: number; readonly seed?: number } = {},
): Leak[] {
  const plan = planOf(log, protocol);
  const asked = [...log.at.keys()].filter((e) => (plan.asks[e]! & ASKS.item) !== 0);
  return shuffled(asked, seeded(mixSeeds(seed, 1)))
    .slice(0, samples)
    .flatMap((event) => {
      const other = withOtherFuture(log, plan, event, seed);
      const rankers = [make(log, plan), make(other, plan)] as const;
      return rankers[0].flatMap((ranker, r): Leak[] => {
        const scores = scoresFor(log, plan, ranker, event);
        const others = scoresFor(other, plan, rankers[1][r]!, event);
        const moved = scores.findIndex((score, item) => !Object.is(score, others[item]));
        if (moved < 0) return [];
        return [
          {
            ranker: ranker.name,
            event,
            itemId: log.items[moved]!.id,
            score: scores[moved]!,
            otherwise: others[moved]!,
          },
        ];
      });
    });
}

/** The log with random items and kinds wherever the question may not look. */
function withOtherFuture(log: EvaluationLog, plan: Plan, event: number, seed: number): EvaluationLog {
  const random = seeded(mixSeeds(seed, 2, event));
  const isKnown = (e: number): boolean =>
    (plan.counts[e] === 1 && (plan.isPooled || e < event)) || (e < event && log.user[e] === log.user[event]);
  const hidden = [...log.at.keys()].filter((e) => !isKnown(e));
  const item = log.item.slice();
  const kind = log.kind.slice();
  shuffled(
    hidden.map((e) => log.kind[e]!),
    random,
  ).forEach((drawn, i) => (kind[hidden[i]!] = drawn));
  for (const e of hidden) item[e] = Math.floor(random() * log.items.length);
  return { ...log, item, kind };
}
