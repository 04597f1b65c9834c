/**
 * `attune/lab`: synthetic people, items and outcomes whose truth is known, and what results are measured by. Runs in Node, in a
 * page and in a Worker; needs no model, no network and no clock.
 */
export { gaussian, mixSeeds, type Random, seeded, shuffled } from './core/random.js';
export {
  brier,
  type CalibrationError,
  debiasedEce,
  logLoss,
  logLossOf,
  reliability,
  type ReliabilityPoint,
  wilson,
} from './core/metrics.js';
export { hitRate, ndcg, reciprocalRank } from './core/ranking-metrics.js';
export { anonymizeLog, type AnonymizeOptions } from './lab/anonymize.js';
export { bayesLimit, type BayesLimit, type LimitOptions } from './lab/bayes-limit.js';
export { actProbability, type OutcomeCurve } from './lab/curve.js';
export { worldEncoder } from './lab/encoder.js';
export { exportOf, interactionsOf } from './lab/log.js';
export { drawSessions, type Impression, positionBias, type Session, type SessionOptions } from './lab/sessions.js';
export {
  createWorld,
  matchOf,
  type TastePeriod,
  trueProbability,
  type World,
  type WorldItem,
  type WorldOptions,
  type WorldPerson,
  type WorldSlider,
} from './lab/world.js';
