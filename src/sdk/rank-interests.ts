import { scanPairs } from '../core/scan-pairs.js';
import { isZero, type Vector } from '../core/vector.js';
import { centredDirection } from '../domain/profile.js';
import type { CandidateRows, LinearTerm, ScalarTerm } from '../domain/ranking.js';
import type { ItemRecord } from '../domain/item.js';
import type { ChallengerParts } from './challengers.js';
import { arrange } from './arrange.js';
import type { Foundation, FoundationParts } from './foundation.js';
import { foundationMode } from './foundation-mode.js';
import { type InterestParts, interestsOf, type RankedInterest } from './interests.js';
import type { ArrangementParts, Ranker } from './rank.js';
import type { AdapterTerms } from './rank-adapted.js';
import type { SliderReader } from './read-sliders.js';
import type { AttuneOptions } from './types.js';

/**
 * Rankings by several interests: the term `profile` is then the largest product of an item with any of them, instead of
 * that with the one mean of all. Where there is only one interest nothing is touched.
 */

/** What it takes to rank by interests. */
export interface RankInterestParts<T> extends InterestParts {
  readonly ranker: Ranker<T>;
  readonly sliders: SliderReader;
  readonly asked: Pick<AttuneOptions<T>, 'interests'>;
}

/** The directions of a person's interests, centred as the profile's is. */
export interface Directions {
  readonly interests: readonly RankedInterest[];
  readonly directions: readonly Vector[];
}

/** By what a ranking's items stand in memory, which is its own: a list keeps the interests that it was ranked by. */
const kept = new WeakMap<CandidateRows, Directions | null>();

/** Has rankings be arranged with interests, and resolves with what to wait for before each. */
export function prepare<T>(
  parts: RankInterestParts<T> & ChallengerParts<T> & FoundationParts<T>,
): (records?: readonly ItemRecord[]) => Promise<void> {
  const interests = interestsOf(parts);
  let adapter: AdapterTerms<T> | undefined;
  const adapting =
    parts.asked.adapt?.adapter === true
      ? import('./rank-adapted.js').then(({ adapterTerms }) => void (adapter = adapterTerms(parts)), parts.onFailure)
      : undefined;
  let foundation: Foundation<T> | undefined;
  parts.ranker.use((given) => {
    const found = withInterests(given, parts);
    const adapted = adapter === undefined ? found : adapter.with(found);
    return arrange(foundation === undefined ? adapted : foundation.with(adapted));
  });
  return async (records) => {
    await interests.ready(parts.asked.interests === true).catch(parts.onFailure);
    await adapting;
    await adapter?.ready().catch(parts.onFailure);
    if (foundationMode(parts.asked.foundation) === 'off') return;
    foundation ??= (await import('./foundation.js')).foundationOf(parts);
    await foundation?.ready(records);
  };
}

/** The interests a ranking was made with, if it was by several. */
export function interestsBehind(rows: CandidateRows | undefined): Directions | undefined {
  return (rows && kept.get(rows)) ?? undefined;
}

/** What ranks instead of the linear terms: the others, and several directions, of which each item has the best. */
export function foldInterests<T>(
  linear: readonly LinearTerm[],
  parts: RankInterestParts<T>,
): { readonly linear: readonly LinearTerm[]; readonly interests: readonly Vector[] } {
  const term = linear.find(({ name }) => name === 'profile');
  const found = term && directionsOf(parts, term);
  if (!found) return { linear, interests: [] };
  const scaled = found.directions.map((direction, i) =>
    Float64Array.from(direction, (x) => x * term.scale * found.interests[i]!.strength),
  );
  return { linear: linear.filter((each) => each !== term), interests: scaled };
}

/** Index and product of the interest that an item is closest to. */
export function winnerOf({ interests }: Directions, products: readonly number[]): number {
  let best = 0;
  for (const [i, { strength }] of interests.entries()) {
    if (strength * products[i]! > interests[best]!.strength * products[best]!) best = i;
  }
  return best;
}

function withInterests<T>(given: ArrangementParts<T>, parts: RankInterestParts<T>): ArrangementParts<T> {
  const { rows, linear, scalar, candidates } = given;
  const term = linear.find(({ name }) => name === 'profile');
  if (term === undefined || candidates.partial) return given; // what is half understood is ranked anew
  let found = kept.get(rows);
  if (found === undefined) kept.set(rows, (found = directionsOf(parts, term) ?? null));
  const isMoved = candidates.basis?.tastes?.[0] !== term.direction;
  if (found === null || isMoved) return given;
  return { ...given, linear: linear.filter((each) => each !== term), scalar: [bestOf(term, found, rows), ...scalar] };
}

/** Undefined unless the site ranks by interests and there are several; and with Rocchio's rule, which moves one profile. */
function directionsOf<T>(parts: RankInterestParts<T>, term: LinearTerm): Directions | undefined {
  if (parts.asked.interests !== true) return undefined;
  const mean = parts.sliders.mean();
  const some = (interestsOf(parts).current()?.ranked ?? []).map((interest) => ({
    interest,
    direction: centredDirection({ sum: interest.sum, direction: NOWHERE }, mean),
  }));
  const known = some.filter(({ direction }) => direction.length === term.direction.length && !isZero(direction));
  if (known.length < 2) return undefined;
  return { interests: known.map(({ interest }) => interest), directions: known.map(({ direction }) => direction) };
}

const NOWHERE = new Float64Array(0);

/** `scale · max over interests (strengthᵢ · qᵢ·x)`; 0 for items of which nothing is known. */
function bestOf({ name, label, scale }: LinearTerm, found: Directions, rows: CandidateRows): ScalarTerm {
  const products = found.directions.map((direction) => productsOf(direction, rows));
  const values = Float64Array.from(rows.offsets, (offset, i) => {
    if (offset < 0) return 0;
    const own = products.map((each) => each[i]!);
    const best = winnerOf(found, own);
    return scale * found.interests[best]!.strength * own[best]!;
  });
  return { name, label, values };
}

function productsOf(direction: Vector, { data, offsets, dots }: CandidateRows): Float64Array {
  const known = dots.get(direction);
  if (known !== undefined) return known;
  const found = scanPairs(direction, data, offsets, null);
  dots.set(direction, found);
  return found;
}
