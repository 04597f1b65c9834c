import type { Random } from '../core/random.js';
import { createIdMaker } from '../domain/id.js';
import type { Interaction } from '../domain/interaction.js';
import type { AttuneExport } from '../sdk/rights-types.js';
import type { Session } from './sessions.js';

/** The log of visits as the product holds one: an `impression` for everything shown, and what was done, oldest first. */
export function interactionsOf(sessions: Iterable<Session>, random: Random): Interaction[] {
  const makeId = createIdMaker(random);
  const interactions: Interaction[] = [];
  for (const { impressions } of sessions) {
    for (const { item, at, position, act } of impressions) {
      interactions.push({ id: makeId(at), kind: 'impression', itemId: item.id, at, position });
      if (act === null) continue;
      const { kind, dwellMs } = act;
      interactions.push({ id: makeId(act.at), kind, itemId: item.id, at: act.at, dwellMs, position });
    }
  }
  return interactions;
}

/** The same as a file that `attune.data.import` takes: docs/export.md. Dated when its last interaction was. */
export function exportOf(sessions: Iterable<Session>, random: Random): AttuneExport {
  const visits = [...sessions];
  const interactions = interactionsOf(visits, random);
  const shown = new Set(visits.flatMap(({ impressions }) => impressions.map(({ item }) => item)));
  return {
    format: 'attune-export',
    version: 1,
    exportedAt: interactions.at(-1)?.at ?? 0,
    interactions,
    items: Array.from(shown, ({ id, text, title }) => ({ id, text, title })),
    sliders: {},
  };
}
