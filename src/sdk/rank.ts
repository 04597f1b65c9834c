import type { Scan } from '../core/scan.js';
import type { Spread } from '../core/statistics.js';
import { invalid } from '../errors.js';
import type { ItemRecord } from '../domain/item.js';
import type { Plan } from '../domain/pages.js';
import { centredDirection, type ProfileVectors, rocchio, type Taste } from '../domain/profile.js';
import {
  type CandidateRows,
  type HiddenBecause,
  type HiddenItem,
  type LinearTerm,
  type RankedItem,
  type RankedRow,
  type ScalarTerm,
  scoreRows,
} from '../domain/ranking.js';
import type { Slider } from '../domain/slider.js';
import { linearTerm } from '../domain/terms.js';
import type { Learner } from './learn.js';
import type { Embeddings } from './model.js';
import { objectOf, rankWeights } from './options.js';
import { checkPosition, checkSlider } from './positions.js';
import type { SliderReader } from './read-sliders.js';
import type { RankChange, Ranking, RankOptions, RankWeights, SliderState } from './types.js';

/** The path from candidates to a ranking: rows, terms, fold, scan, terms again, diversity. Synchronous throughout. */
export interface Ranker<T> {
  /** Ranks candidates with what is resident now. `missing` of them are still being encoded; `scalar` is what the site wishes. */
  rank(
    items: readonly T[],
    records: readonly ItemRecord[],
    options: Pick<RankOptions<T>, 'limit' | 'diversity'>,
    missing: boolean,
    scalar?: readonly ScalarTerm[],
    selection?: Selection<T>,
  ): Ranking<T>;
  /** @throws AttuneError `input/invalid` for a ranking that didn't come from this Attune */
  rerank(ranking: Ranking<T>, change: RankChange): Ranking<T>;
  /** Linear terms as they rank: of what was ranked before, or in force now. */
  terms(of: Pick<Candidates<T>, 'selection' | 'basis'>): readonly LinearTerm[];
  /** The model is another now: what was ranked stays under the one before, and what was known by it. */
  swapped(profile: ProfileVectors | undefined): void;
  /** Ranks candidates as they are to be. */
  build(candidates: Candidates<T>, change: RankChange): Ranking<T>;
  /** What a ranking was made from, and with which change. @throws AttuneError `input/invalid` */
  madeFrom(ranking: Ranking<T>): Made<T>;
  /** By ranking. */
  readonly made: WeakMap<Ranking<T>, Made<T>>;
  /** From now on places are given by this, and until then by scores alone. */
  use(arrange: Arrange<T>): void;
}

type Made<T> = readonly [Candidates<T>, RankChange];
type Arrange<T> = (parts: ArrangementParts<T>) => Arrangement<T>;

/** What few rank calls ask for, by code that comes with them (select.ts): who gets no place, and how places are given. */
export interface Selection<T> {
  /** Items the site left out. */
  readonly left: readonly HiddenItem<T>[];
  /** The candidates are the best of more, of a catalogue: there is nothing behind them to read on in. */
  readonly isPool?: boolean;
  /** What goes over their rows; plain JavaScript when left out. */
  readonly scan?: Scan;
  /** Why the item may have no place; undefined when it may. */
  because(id: string): HiddenBecause | undefined;
  readonly plan: Plan;
  /** What stands in for what is not known of the person yet. */
  readonly prior?: PriorTerms | undefined;
}

/** The terms of a cold start (cold-start.ts). The same basis gets the same ones. */
export interface PriorTerms {
  linear(own: readonly LinearTerm[], basis: Basis): readonly LinearTerm[];
  scalar(records: readonly ItemRecord[], basis: Basis): readonly ScalarTerm[];
}

/** What places are given by (arrange.ts). */
export interface ArrangementParts<T> {
  readonly candidates: Candidates<T>;
  readonly rows: CandidateRows;
  /** Ids of what the person turned down. */
  readonly hidden: ReadonlySet<string>;
  readonly limit: number;
  readonly diversity: number;
  /** Nothing is known. */
  readonly neutral: boolean;
  /** What their scores are made of. */
  readonly linear: readonly LinearTerm[];
  readonly scalar: readonly ScalarTerm[];
}

/** Who stands where, and who nowhere. */
export interface Arrangement<T> {
  readonly placed: readonly RankedRow[];
  readonly hidden: readonly HiddenItem<T>[];
}

/**
 * What an order rests on beside sliders and refusals. A ranking keeps it, so that nothing else moves what a person is
 * looking at: not what they do, nor what else was offered meanwhile.
 */
export interface Basis {
  readonly modelVersion: string;
  /** What is known by that model. */
  readonly profile: { vectors: () => ProfileVectors | undefined };
  /** Another object once what was known then is void. */
  readonly since: object;
  readonly rows: CandidateRows;
  /** What was known then, and the catalogue's mean. */
  readonly learned: ProfileVectors | undefined;
  readonly mean: Float64Array;
  /** The long taste and the session's, centred on that. */
  readonly tastes: readonly [Float64Array, Float64Array] | undefined;
  /** Sliders that are understood, as they stand without the person's own say. */
  readonly sliders: readonly (Pick<SliderState, 'id' | 'label' | 'inferred'> & {
    readonly axis: Float32Array;
    readonly spread: Spread | null;
  })[];
}

/** What one rank call was about, kept for its reranks. */
interface Candidates<T> {
  /** Of the first order in which all was understood. */
  basis?: Basis | undefined;
  readonly items: readonly T[];
  readonly records: readonly ItemRecord[];
  readonly scalar: readonly ScalarTerm[];
  readonly limit: number;
  readonly diversity: number;
  readonly partial: boolean;
  readonly selection: Selection<T> | undefined;
}

export interface RankerOptions {
  readonly weights: RankWeights;
  readonly standardize: boolean;
  readonly sliders: readonly Slider[];
}

export function createRanker<T>(
  options: RankerOptions,
  model: Embeddings,
  sliders: SliderReader,
  learner: Pick<Learner, 'vectors' | 'hidden' | 'since'>,
  overrides: () => ReadonlyMap<string, number>,
  isOff: () => boolean,
): Ranker<T> {
  const vectors = (): ProfileVectors | undefined => learner.vectors();
  let now: Basis['profile'] = { vectors };
  let arrange: Arrange<T> | undefined;
  const made = new WeakMap<Ranking<T>, Made<T>>();

  function basisOf(records: readonly ItemRecord[]): Basis {
    const rows = rowsOf(model, records); // first: these items are part of the catalogue that the rest is measured by
    const learned = vectors();
    const mean = sliders.mean();
    const centred = (taste: Taste): Float64Array => centredDirection(taste, mean);
    const states = sliders.states(learned, new Map());
    return {
      modelVersion: model.modelVersion,
      profile: now,
      since: learner.since,
      rows,
      learned,
      mean,
      tastes: learned && [centred(learned.long), centred(learned.session)],
      sliders: sliders.axes().map(({ slider, axis }) => ({
        ...states.find(({ id }) => id === slider.id)!,
        axis,
        spread: options.standardize ? sliders.spread(axis) : null,
      })),
    };
  }

  function terms(basis: Basis, change: RankChange, selection?: Selection<T>): readonly LinearTerm[] {
    const { profile, tastes, sliders } = basis;
    const weights = rankWeights(options.weights, change.weights);
    const known = profile.vectors();
    const found: (LinearTerm | null)[] = [];
    if (known !== undefined) {
      const { direction } = known.negative; // refusals act at once
      if (tastes !== undefined) {
        const liked = rocchio(tastes[0], direction, weights.rocchio);
        found.push(
          linearTerm('profile', 'Close to what you like', liked, weights.profile, null),
          linearTerm('session', 'Close to what you liked just now', tastes[1], weights.session, null),
        );
      }
      found.push(linearTerm('avoid', 'Close to what you turned down', direction, -weights.avoid, null));
    }
    const set = changedOverrides(change);
    for (const { id, label, inferred, axis, spread } of sliders) {
      const factor = set.has(id) ? set.get(id)! * weights.slider : inferred * weights.inferred;
      found.push(linearTerm(`slider:${id}`, label, axis, factor, spread));
    }
    const own = found.filter((term) => term !== null);
    return selection?.prior?.linear(own, basis) ?? own;
  }

  function changedOverrides({ sliders: changed }: RankChange): ReadonlyMap<string, number> {
    if (changed === undefined) return overrides();
    const result = new Map(overrides());
    for (const [id, position] of Object.entries(objectOf('sliders', changed))) {
      checkSlider(options.sliders, id);
      checkPosition(id, position);
      if (position === null) result.delete(id);
      else result.set(id, position);
    }
    return result;
  }

  function build(candidates: Candidates<T>, change: RankChange): Ranking<T> {
    const { items, records, scalar, partial, selection } = candidates;
    const limit = change.limit === undefined ? candidates.limit : checkLimit(change.limit, items.length);
    const diversity = change.diversity === undefined ? candidates.diversity : checkDiversity(change.diversity);
    const off = isOff();
    const kept = candidates.basis;
    const basis = kept?.since === learner.since ? kept : basisOf(records);
    if (!partial && !off) candidates.basis = basis; // what was not understood then may be now
    const linear = off ? [] : terms(basis, change, selection);
    const active = off ? [] : [...scalar, ...(selection?.prior?.scalar(records, basis) ?? [])];
    const neutral = linear.length === 0 && active.length === 0;
    const { rows } = basis;
    const { placed, hidden }: Arrangement<T> =
      off || arrange === undefined
        ? { placed: scoreRows(rows, linear, active).slice(0, limit), hidden: selection?.left ?? [] }
        : arrange({
            candidates,
            rows,
            limit,
            diversity,
            linear,
            scalar: active,
            neutral,
            hidden: learner.hidden(),
          });
    const ranked = placed.map(({ index, ...row }, position): RankedItem<T> => ({
      item: items[index]!,
      id: records[index]!.id,
      position,
      propensity: 1,
      ...row,
    }));
    const ranking: Ranking<T> = Object.assign(ranked, {
      partial,
      neutral,
      modelVersion: basis.modelVersion,
      hidden,
    });
    made.set(ranking, [candidates, change]);
    return ranking;
  }

  function madeFrom(ranking: Ranking<T>): Made<T> {
    const found = made.get(ranking);
    if (found === undefined) {
      throw invalid('ranking', ranking, 'Pass a ranking this Attune returned, not a copy; else call rank again.');
    }
    return found;
  }

  return {
    terms: (of) => terms(of.basis ?? basisOf([]), {}, of.selection),
    made,
    madeFrom,
    build,
    use: (by) => void (arrange = by),
    swapped(profile) {
      now.vectors = () => profile;
      now = { vectors };
    },
    rank(items, records, { limit, diversity = 0 }, partial, scalar = [], selection) {
      const candidates = {
        items,
        records,
        scalar,
        limit: limit === undefined ? items.length : checkLimit(limit, items.length),
        diversity: checkDiversity(diversity),
        partial,
        selection,
      };
      return build(candidates, {});
    },
    rerank(ranking, change) {
      const [candidates] = madeFrom(ranking);
      return build(change.refresh ? { ...candidates, basis: undefined } : candidates, change);
    },
  };
}

function rowsOf({ table }: Embeddings, records: readonly ItemRecord[]): CandidateRows {
  const offsets = Int32Array.from(records, ({ text }) => table?.offsets.get(text) ?? -1);
  for (const offset of offsets) if (offset >= 0) table!.items.add(offset);
  return { data: table?.data ?? new Float32Array(0), offsets, dim: table?.dim ?? 0, dots: new WeakMap() };
}

function checkLimit(limit: number, count: number): number {
  if (!Number.isInteger(limit) || limit < 0) throw invalid('limit', limit, 'It is a whole number of 0 or more.');
  return Math.min(limit, count);
}

function checkDiversity(diversity: number): number {
  if (typeof diversity !== 'number' || !(diversity >= 0 && diversity <= 1)) {
    throw invalid('diversity', diversity, 'It lies from 0 to 1.');
  }
  return diversity;
}
