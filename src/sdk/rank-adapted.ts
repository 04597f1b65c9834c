import { adapt, type Adapter } from '../core/adapter.js';
import { dot, type Vector } from '../core/vector.js';
import type { CandidateRows, LinearTerm, ScalarTerm } from '../domain/ranking.js';
import { type ChallengerParts, challengersOf } from './challengers.js';
import type { ArrangementParts } from './rank.js';

/** Rankings with an adapter in use: a term `adapter`, what its moving of an item changes about the terms of the person's taste. */

/** The terms whose directions are the person's, which an adapter was judged by. */
const TASTES: readonly string[] = ['profile', 'session', 'avoid'];

/** What a ranking's items are under its adapter. */
interface Adapted {
  /** By candidate; undefined where nothing is known of it. */
  readonly rows: readonly (Float64Array | undefined)[];
  /** `direction · (x' − x)` of each. A drag changes scales and not directions. */
  readonly changes: WeakMap<Vector, Float64Array>;
}

/** By what a ranking's items stand in memory, which is its own: a list keeps the adapter that it was ranked by, or none. */
const kept = new WeakMap<CandidateRows, Adapted | null>();

/** What has rankings know the adapter in use, and what to wait for before each. */
export interface AdapterTerms<T> {
  ready(): Promise<void>;
  with(given: ArrangementParts<T>): ArrangementParts<T>;
}

/** See {@link AdapterTerms}. */
export function adapterTerms<T>(parts: ChallengerParts<T>): AdapterTerms<T> {
  const challengers = challengersOf(parts);
  return {
    async ready() {
      await challengers.load();
      challengers.soon();
    },
    with: (given) => withAdapter(given, challengers.adapter()),
  };
}

/** Where several interests rank, or nothing is known, no adapter was judged by what ranks. */
function withAdapter<T>(given: ArrangementParts<T>, current: Adapter | undefined): ArrangementParts<T> {
  const { rows, linear, scalar, candidates } = given;
  const tastes = linear.filter(({ name }) => TASTES.includes(name));
  if (candidates.partial || !tastes.some(({ name }) => name === 'profile')) return given;
  let found = kept.get(rows);
  if (found === undefined) {
    found = current === undefined || current.dim !== rows.dim ? null : adaptedRows(current, rows);
    kept.set(rows, found);
  }
  return found === null ? given : { ...given, scalar: [...scalar, termOf(found, tastes, rows)] };
}

function adaptedRows(adapter: Adapter, { data, offsets, dim }: CandidateRows): Adapted {
  const rows = Array.from(offsets, (offset) =>
    offset < 0 ? undefined : adapt(adapter, data.subarray(offset, offset + dim)),
  );
  return { rows, changes: new WeakMap() };
}

/** `Σ scale · direction · (x' − x)` over the terms of the person's taste; 0 for items of which nothing is known. */
function termOf(found: Adapted, tastes: readonly LinearTerm[], rows: CandidateRows): ScalarTerm {
  const values = new Float64Array(rows.offsets.length);
  for (const { direction, scale } of tastes) {
    const changes = changesOf(found, direction, rows);
    for (let i = 0; i < values.length; i++) values[i]! += scale * changes[i]!;
  }
  return { name: 'adapter', label: 'Close to what you chose among others', values };
}

function changesOf(
  { rows: adapted, changes }: Adapted,
  direction: Vector,
  { data, offsets, dim }: CandidateRows,
): Float64Array {
  const known = changes.get(direction);
  if (known !== undefined) return known;
  const found = Float64Array.from(offsets, (offset, i) => {
    const moved = adapted[i];
    return moved === undefined ? 0 : dot(direction, moved) - dot(direction, data.subarray(offset, offset + dim));
  });
  changes.set(direction, found);
  return found;
}
