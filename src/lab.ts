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
export { assign, type Experiment } from './domain/experiment.js';
export { anonymizeLog, type AnonymizeOptions } from './lab/anonymize.js';
export { bayesLimit, type BayesLimit, type LimitOptions } from './lab/bayes-limit.js';
export { actProbability, type OutcomeCurve } from './lab/curve.js';
export { worldEncoder } from './lab/encoder.js';
export { type Priors, type PriorsFile, readPriors } from './core/priors-file.js';
export { priorsOf, type PriorsOptions } from './lab/evaluation/build-priors.js';
export { transitionsOf, type TransitionOptions } from './lab/evaluation/build-transitions.js';
export { findLeaks, type Leak } from './lab/evaluation/leaks.js';
export { createLog, type EvaluationLog, type LoggedItem, type LogOptions, type LogRow } from './lab/evaluation/log.js';
export { type Plan, planOf, type Protocol } from './lab/evaluation/protocol.js';
export type { Person, Ranker, ToldEvent } from './lab/evaluation/ranker.js';
export type { ColdStartSources } from './lab/evaluation/rankers/cold-start.js';
export { standardRankers, type StandardOptions } from './lab/evaluation/rankers/standard.js';
export { type Answered, type ItemRows, replay, type ReplayOptions } from './lab/evaluation/replay.js';
export { reportHtml } from './lab/evaluation/report-html.js';
export { reportText } from './lab/evaluation/report-text.js';
export {
  joinSources,
  type LogSource,
  sourceOfExport,
  sourceOfTable,
  type TableColumns,
} from './lab/evaluation/sources.js';
export {
  type Comparison,
  type Evaluation,
  type Measure,
  type RankerResult,
  summarize,
  type SummaryOptions,
} from './lab/evaluation/summary.js';
export type { ProbabilityResult } from './lab/evaluation/probabilities.js';
export type { Interval } from './core/bootstrap.js';
export {
  readTransitionTable,
  type TransitionHeader,
  type TransitionTable,
  writeTransitionTable,
} from './core/transition-table.js';
export { type ArmCounts, countPerson, releaseCounts, type StudyCounts, sumCounts } from './lab/experiments/counts.js';
export {
  creditOf,
  interleave,
  type Interleaved,
  type InterleaveOptions,
  type Team,
} from './lab/experiments/interleave.js';
export { type Effect, judge, type Verdict } from './lab/experiments/judge.js';
export { countLists, judgeLists, type ListCounts, type Preference, sumLists } from './lab/experiments/lists.js';
export { listsNeeded, peopleNeeded } from './lab/experiments/plan.js';
export type { Metric, Study } from './lab/experiments/study.js';
export { didAny, meanNoted, perHundred, timesDone } from './lab/experiments/values.js';
export {
  evaluate,
  type EvaluateOptions,
  type EvaluationProgress,
  type PersonalEvaluation,
} from './own-log/evaluate.js';
export type { LogOwner } from './own-log/read-own.js';
export { drawHabits, type Habitual, type HabitOptions } from './lab/habits.js';
export { exportOf, interactionsOf } from './lab/log.js';
export { type LoggedChoice, offPolicyValue, type OffPolicyValue } from './lab/off-policy.js';
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
