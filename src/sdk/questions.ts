import type { ColdStartParts } from './cold-start.js';
import type { embed } from './embed.js';
import type { explain } from './explain.js';
import type { MatchParts } from './match.js';
import type { FoundationParts } from './foundation.js';
import type { FoundationReport } from './foundation-types.js';
import type { more } from './more.js';
import type { OutcomeParts } from './outcomes.js';
import type { RankParts } from './rank-catalogue.js';
import type { RankInterestParts } from './rank-interests.js';
import type { SelectParts } from './select.js';
import type { Catalogue } from './catalogue-types.js';
import type { Attune, Ranking, RankOptions } from './types.js';

/** What a page asks now and then, each with what it takes to answer, under the facade's names. Loaded with the first question. */
export { adaptation as report, resetAdaptation as reset, undoAdaptation as undo } from './adaptation.js';
export { embed } from './embed.js';
export { explain } from './explain.js';
export { exposure } from './expose.js';
export { history } from './history.js';
export { editInterest, interests, undoInterest } from './interest-questions.js';
export { related, search } from './match.js';
export { more } from './more.js';
export { preferences } from './state-preferences.js';
export { calibration, impression, observe, outcome, refit, score } from './outcomes.js';

type FirstOf<F extends (...given: never[]) => unknown> = Parameters<F>[0];

/** Everything that answers are made from. */
export type Desk<T> = OutcomeParts<T> &
  RankParts<T> &
  MatchParts<T> &
  SelectParts<T> &
  ColdStartParts &
  FirstOf<typeof embed<T>> &
  FirstOf<typeof explain<T>> &
  FirstOf<typeof more<T>> &
  FoundationParts<T> &
  RankInterestParts<T>;

/** Kept, because each `import()` is a task of its own, 0.2 ms also of what is there (Chromium). */
let catalogues: typeof import('./rank-catalogue.js') | undefined;

/** What the sequence model makes of the person, by code that comes where a site has one. */
export async function foundation<T>(
  desk: Desk<T>,
  ...given: Parameters<Attune<T>['foundation']['report']>
): Promise<FoundationReport> {
  return (await import('./foundation.js')).foundationReport(desk, ...given);
}

/** Opens a catalogue, by code that comes with the first. */
export async function openCatalogue<T>(
  desk: Desk<T>,
  ...[source, given]: Parameters<Attune<T>['openCatalogue']>
): Promise<Catalogue<T>> {
  return (catalogues ??= await import('./rank-catalogue.js')).openCatalogue<T>(source, given, desk);
}

/** Ranks what is no array: a catalogue, or a mistake. */
export async function rankCatalogue<T>(
  desk: Desk<T>,
  catalogue: Catalogue<T>,
  given: RankOptions<T>,
): Promise<Ranking<T>> {
  return (catalogues ??= await import('./rank-catalogue.js')).rankCatalogue(catalogue, given, desk);
}
