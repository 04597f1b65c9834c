import { isAlive } from '../core/row-table.js';
import {
  decide,
  decideResident,
  type Found,
  found,
  isStale,
  openSearch,
  scanNext,
  takeScanned,
  undecided,
} from '../core/search.js';
import type { Query } from '../core/search-query.js';
import { SLICE } from '../compute/held-rows.js';
import { raceAbort } from '../encoder/abort.js';
import type { CatalogueRows } from './catalogue-rows.js';

/** The best slots and, to be named as hidden, the unwanted ones, with their rows. */
export async function findPool<T>(
  rows: CatalogueRows<T>,
  query: Query,
  unwanted: readonly number[],
  signal: AbortSignal | undefined,
): Promise<{ readonly slots: number[]; readonly data: Float32Array }> {
  const { table } = rows;
  for (;;) {
    const best = await findBest(rows, padded(query, table.slots), signal);
    if (best === undefined) continue; // items changed meanwhile
    const named = unwanted.filter((slot) => isAlive(table, slot));
    const slots = [...best.rows, ...named].sort((a, b) => a - b); // as `rank` has them: equal scores stay in the catalogue's order
    const data = await raceAbort(rows.readRows(slots), signal);
    if (slots.every((slot) => isAlive(table, slot))) return { slots, data };
  }
}

/** The best slots alone, best first, with their scores; undefined when items changed meanwhile: look again then. */
export async function findBest<T>(
  rows: CatalogueRows<T>,
  query: Query,
  signal: AbortSignal | undefined,
): Promise<Found | undefined> {
  const { table, scan } = rows;
  const search = openSearch(table, query);
  if (scan !== undefined && search.next < table.slots) {
    const filter = table.alive.map((word, w) => word & (query.filter?.[w] ?? -1));
    const left = await raceAbort(scan.scan({ ...query, filter }, signal), signal);
    if (left === undefined || isStale(search)) return undefined;
    takeScanned(search, left);
  }
  while (search.next < table.slots && scanNext(search, SLICE)) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    if (isStale(search)) return undefined;
  }
  for (let list = undecided(search); list.length > 0; list = undecided(search)) {
    if (table.coded?.keepsRows) decideResident(search);
    else {
      const data = await raceAbort(rows.readRows([...list]), signal);
      if (isStale(search)) return undefined;
      decide(search, data);
    }
  }
  return found(search);
}

/** The query for a table that grew since it was made: what came has no bias, and is not passed by a filter. */
function padded({ bias, filter, ...query }: Query, slots: number): Query {
  const grown =
    bias === undefined || bias.length >= slots ? bias : Float64Array.from({ length: slots }, (_, i) => bias[i] ?? 0);
  const room =
    filter === undefined || filter.length * 32 >= slots
      ? filter
      : Uint32Array.from({ length: Math.ceil(slots / 32) }, (_, w) => filter[w] ?? 0);
  return { ...query, ...(grown !== undefined && { bias: grown }), ...(room !== undefined && { filter: room }) };
}
