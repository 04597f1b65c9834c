export { AttuneProvider, useAttune } from './react/provider.js';
export type { AttuneProviderProps } from './react/provider.js';
export { useProfile, useSliders } from './react/use-profile.js';
export type { UsedSliders } from './react/use-profile.js';
export { useRanking } from './react/use-ranking.js';
export type { UsedRanking, UseRankingOptions } from './react/use-ranking.js';
