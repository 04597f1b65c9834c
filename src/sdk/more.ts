import { pageSizes, PLAIN } from '../domain/pages.js';
import type { RankedItem } from '../domain/ranking.js';
import { invalid } from '../errors.js';
import { callOptions } from './options.js';
import type { Ranker, Selection } from './rank.js';
import type { Attune, Ranking } from './types.js';

/** The ranking with its next page behind what it shows. */
export async function more<T>(
  { ranker }: { readonly ranker: Ranker<T> },
  ...[ranking, given]: Parameters<Attune<T>['more']>
): Promise<Ranking<T>> {
  const { limit: asked, signal } = callOptions(given);
  signal?.throwIfAborted();
  const [candidates, { limit: changed, refresh: _, ...change }] = ranker.madeFrom(ranking);
  const { selection } = candidates;
  const shownLimit = changed === undefined ? candidates.limit : Math.min(changed, candidates.items.length);
  const read = pageSizes(selection?.plan.pages ?? [], shownLimit);
  const size = asked ?? read.at(-1) ?? 0;
  if (!Number.isInteger(size) || size < 0) throw invalid('limit', size, 'It is a whole number of 0 or more.');
  const next = {
    ...candidates,
    limit: Math.min(shownLimit + size, candidates.items.length),
    selection: { ...(selection ?? EVERYTHING), plan: { ...(selection?.plan ?? PLAIN), pages: [...read, size] } },
  };
  const whole = ranker.build(next, change);
  const shown = new Set(ranking.map(({ id }) => id));
  const page = whole.filter(({ id }) => !shown.has(id)).slice(0, size);
  if (page.length === 0 && size > 0 && selection?.isPool) {
    const wayOut = 'A catalogue is read on within the pool it was ranked from: rank it with a larger `limit`.';
    throw invalid('limit', ranking.length + size, wayOut);
  }
  const both: RankedItem<T>[] = [...ranking, ...page].map((entry, position) => ({ ...entry, position }));
  const { partial, neutral, modelVersion, hidden } = whole;
  const grown: Ranking<T> = Object.assign(both, { partial, neutral, modelVersion, hidden });
  ranker.made.set(grown, [next, change]);
  return grown;
}

const EVERYTHING: Pick<Selection<never>, 'left' | 'because'> = { left: [], because: () => undefined };
