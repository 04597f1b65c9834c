import type { EvaluationLog } from '../log.js';
import type { Plan } from '../protocol.js';
import type { Ranker } from '../ranker.js';
import { givenOrderRanker, popularityRanker, randomRanker, recencyRanker } from './plain.js';
import type { StandardOptions } from './standard.js';
import { createTastes, placeMeanRanker, productRanker, type TasteSettings, weightedMeanRanker } from './taste.js';
import { tableRanker, transitionsRanker } from './transitions.js';

/** What rankers of one person's log are made with. */
export interface PersonalOptions extends StandardOptions {
  readonly rows: NonNullable<StandardOptions['rows']>;
  readonly settings: TasteSettings;
  /** Ids as the site lists them by itself, first things first. */
  readonly order: readonly string[] | undefined;
}

/**
 * The baselines that can say something of one person, and the product's ranking, last. Counts of everybody's actions are not on
 * this device: popularity, recency and transitions speak only where things done before may be asked for again; item-kNN never.
 */
export function personalRankers(
  log: Pick<EvaluationLog, 'items' | 'kindWeights'>,
  { offered, protocol }: Pick<Plan, 'offered' | 'protocol'>,
  { rows, settings, table, order, seed = 1 }: PersonalOptions,
): Ranker[] {
  const taste = { rows, kindWeights: log.kindWeights, settings, offered };
  const tastes = createTastes(taste);
  return [
    randomRanker(seed),
    ...(order === undefined ? [] : [givenOrderRanker(order, log)]),
    ...(protocol.repeats ? [popularityRanker(), recencyRanker(), transitionsRanker()] : []),
    ...(table === undefined ? [] : [tableRanker(table, log)]),
    weightedMeanRanker(tastes),
    placeMeanRanker(tastes),
    productRanker(tastes, taste),
  ];
}
