import { isZero } from '../core/vector.js';
import { raceAbort } from '../encoder/abort.js';
import { insideOf, warnOfModel } from './catalogue.js';
import { findBest } from './catalogue-pool.js';
import type { CatalogueRows } from './catalogue-rows.js';
import type { Match } from './matches.js';
import type { MatchParts, Question, Shelf, Unwanted } from './match.js';
import type { Catalogue } from './catalogue-types.js';

/**
 * A catalogue to look through, by the scan that ranks it. What nobody understands is left out, as among items.
 *
 * @throws AttuneError `input/invalid` for what is no catalogue; `closest` rejects with `model/corrupt` for a file that was
 * changed since it was opened, or `signal.reason`
 */
export function catalogued<T>(
  parts: MatchParts<T>,
  catalogue: Catalogue<T>,
  unwanted: Unwanted,
  signal: AbortSignal | undefined,
): Shelf<T> {
  const inside = insideOf(catalogue);
  return {
    texts: [],
    async closest(question, limit) {
      const { rows, modelVersion } = inside;
      if (rows === undefined || rows.size === 0) return [];
      if (question.modelVersion !== modelVersion || question.row.length !== rows.table.dim) {
        warnOfModel(inside, parts);
        return undefined;
      }
      if (limit === 0 || isZero(question.row)) return [];
      return closestOf(rows, question, unwanted, limit, parts.recordOf, signal);
    },
  };
}

async function closestOf<T>(
  rows: CatalogueRows<T>,
  { row }: Question,
  { ids, text }: Unwanted,
  limit: number,
  recordOf: MatchParts<T>['recordOf'],
  signal: AbortSignal | undefined,
): Promise<Match<T>[]> {
  const { table } = rows;
  for (let more = 0; ;) {
    const filter = Uint32Array.from(table.alive);
    for (const slot of rows.unknown) filter[slot >> 5]! &= ~(1 << (slot & 31));
    for (const id of ids) {
      const slot = rows.slotOf(id);
      if (slot >= 0) filter[slot >> 5]! &= ~(1 << (slot & 31));
    }
    const { version } = table;
    const k = Math.min(limit + more, table.slots);
    const best = await findBest(rows, { q: row, k, filter }, signal);
    const slots = best === undefined ? [] : [...best.rows];
    const stored = await raceAbort(rows.readItems(slots), signal);
    if (best === undefined || table.version !== version) continue;
    const matches = stored.flatMap(({ item }, i): Match<T>[] => {
      const record = recordOf(item);
      return record.text === text ? [] : [{ item, id: record.id, score: best.scores[i]! }];
    });
    if (matches.length >= limit || slots.length < k || k === table.slots) return matches.slice(0, limit);
    more = 2 * more + slots.length - matches.length; // copies of the text took places
  }
}
