export { createAttune } from './sdk/attune.js';
export type { Calibrator, Curve, CurveKind, ScoreVersions } from './domain/calibrator.js';
export type { Consent } from './domain/consent.js';
export type { VisitContext } from './domain/cohort.js';
export type { PriorSource } from './domain/prior.js';
export type { PriorsFile } from './core/priors-file.js';
export type { Prompts } from './domain/prompts.js';
export { AttuneError, type AttuneErrorCode } from './errors.js';
export type {
  ActionRow,
  AttuneData,
  AttuneExport,
  ChatMessage,
  Forgetting,
  ForgetTarget,
  ImportOptions,
  ImportReport,
  ImportSource,
  PrivacyMode,
  RecentInteraction,
} from './sdk/rights-types.js';
export type {
  Attune,
  AttuneEvents,
  AttuneOptions,
  Embedding,
  OffLimits,
  PresetModel,
  Profile,
  Progress,
  RankChange,
  Ranking,
  RankOptions,
  RankWeights,
  SliderState,
  TransformerModel,
  Upgrade,
} from './sdk/types.js';
export type {
  AttuneFoundation,
  FoundationMode,
  FoundationOptions,
  FoundationReport,
  NextKind,
} from './sdk/foundation-types.js';
export type { TermBlock } from './domain/term-trial.js';
export type { Preferences, PriorOptions, PriorWeights } from './sdk/prior-types.js';
export type { Catalogue, CatalogueOptions } from './sdk/catalogue-types.js';
export type { Explanation, Reason } from './sdk/explanation-types.js';
export type { HistoryOptions, HistoryPoint } from './sdk/history-types.js';
export type { AdaptContext, ChallengerReport, LearnedReport } from './sdk/challenger-types.js';
export type { HeldOut } from './domain/contest.js';
export type { GateContext } from './domain/gate-context.js';
export type { LearnedPart } from './domain/training.js';
export type { AttuneInterests, Interest } from './sdk/interest-types.js';
export type { Match, Matches, MatchOptions } from './sdk/matches.js';
export type { AdaptationReport, AdaptOptions, AttuneAdaptation, DriftChange } from './sdk/adaptation-types.js';
export type {
  InterestAnchor,
  InterestChange,
  InterestEdit,
  InterestEdits,
  UndoneChange,
} from './domain/interest-edits.js';
export type { Interaction, KindPreset, KindWeights, TrackDetails } from './domain/interaction.js';
export type { Experiment } from './domain/experiment.js';
export type { Exploration } from './domain/exploration.js';
export type { HiddenBecause, HiddenItem, Moved, RankedItem, Term } from './domain/ranking.js';
export type { FeatureName, FeatureWeights, SliderFeatures } from './domain/features.js';
export type { ContextRule, ScoreContext, Segments } from './domain/context.js';
export type { Rule } from './domain/rule.js';
export type { ExcludeSeen } from './domain/seen.js';
export type { SliderScore } from './domain/score.js';
export type { SliderDefinition } from './domain/slider.js';
export type { SliderCalibration, TrackBlock } from './domain/track-record.js';
export type { CalibrationDecision, Cause } from './domain/calibration.js';
export type { CalibrationError, ReliabilityPoint } from './core/metrics.js';
export type { EmbeddingMatrix, Encoder, Encrypt, Priority, Store, TextRole } from './domain/ports.js';
export type { Device, Dtype } from './encoder/device.js';
export type { PresetName } from './encoder/presets.js';
export type { ItemRecord, StoredEmbedding } from './domain/item.js';
