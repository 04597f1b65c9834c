import type { embed } from './embed.js';
import type { explain } from './explain.js';
import type { OutcomeParts } from './outcomes.js';
import type { RankParts } from './rank-catalogue.js';
import type { Attune, Catalogue, Ranking, RankOptions } from './types.js';

/** What a page asks now and then, each with what it takes to answer, under the facade's names. Loaded with the first question. */
export { embed } from './embed.js';
export { explain } from './explain.js';
export { calibration, impression, observe, outcome, refit, score } from './outcomes.js';

/** Everything that answers are made from. */
export type Desk<T> = OutcomeParts<T> &
  RankParts<T> &
  Parameters<typeof explain<T>>[0] &
  Parameters<typeof embed<T>>[0];

/** Opens a catalogue, by code that comes with the first. */
export async function openCatalogue<T>(
  desk: Desk<T>,
  ...[source, given]: Parameters<Attune<T>['openCatalogue']>
): Promise<Catalogue<T>> {
  return (await import('./rank-catalogue.js')).openCatalogue<T>(source, given, desk);
}

/** Ranks what is no array: a catalogue, or a mistake. */
export async function rankCatalogue<T>(
  desk: Desk<T>,
  catalogue: Catalogue<T>,
  given: RankOptions<T>,
): Promise<Ranking<T>> {
  return (await import('./rank-catalogue.js')).rankCatalogue(catalogue, given, desk);
}
