import type { TransitionTable } from '../../../core/transition-table.js';
import type { EvaluationLog } from '../log.js';
import type { Plan } from '../protocol.js';
import type { Ranker } from '../ranker.js';
import type { ItemRows } from '../replay.js';
import { type ColdStartSources, coldStartRankers } from './cold-start.js';
import { itemKnnRanker } from './item-knn.js';
import { popularityRanker, randomRanker, recencyRanker } from './plain.js';
import { createTastes, placeMeanRanker, popularMeanRanker, productRanker, weightedMeanRanker } from './taste.js';
import { tableRanker, transitionsRanker } from './transitions.js';

/** What rankers may be made with besides a log. */
export interface StandardOptions {
  /** Items' embeddings in the log's order; without them rankers by meaning are left out. */
  readonly rows?: ItemRows | undefined;
  readonly table?: TransitionTable | undefined;
  /** What is known of newcomers; without it, and without rows, rankers for them are left out. */
  readonly cold?: ColdStartSources | undefined;
  /** Default 1. */
  readonly seed?: number;
}

/** The baselines of SPEC §9 and the product's own ranking, all new: they have heard of nothing. */
export function standardRankers(
  log: Pick<EvaluationLog, 'items' | 'kindWeights' | 'users' | 'user' | 'contexts'>,
  { offered }: Pick<Plan, 'offered'>,
  { rows, table, cold, seed = 1 }: StandardOptions = {},
): Ranker[] {
  const taste = rows && { rows, kindWeights: log.kindWeights, offered };
  const tastes = taste && createTastes(taste);
  return [
    randomRanker(seed),
    popularityRanker(),
    recencyRanker(),
    itemKnnRanker(),
    transitionsRanker(),
    ...(table === undefined ? [] : [tableRanker(table, log)]),
    ...(taste === undefined || tastes === undefined
      ? []
      : [
          weightedMeanRanker(tastes),
          popularMeanRanker(tastes),
          placeMeanRanker(tastes),
          ...(cold === undefined ? [] : coldStartRankers(log, taste, tastes, cold)),
          productRanker(tastes, taste),
        ]),
  ];
}
