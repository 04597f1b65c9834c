import { invalid } from '../errors.js';
import type { EmbeddingTable } from '../domain/embedding-table.js';
import type { ItemRecord } from '../domain/item.js';
import { centredDirection, type ProfileVectors, rocchio, type Taste } from '../domain/profile.js';
import { type CandidateRows, type LinearTerm, type RankedItem, rankRows, type ScalarTerm } from '../domain/ranking.js';
import type { Slider } from '../domain/slider.js';
import { linearTerm } from '../domain/terms.js';
import type { Embeddings } from './model.js';
import { objectOf, rankWeights } from './options.js';
import { checkPosition, checkSlider } from './positions.js';
import { createSliderReader, type SliderReader } from './read-sliders.js';
import type { RankChange, Ranking, RankOptions, RankWeights } from './types.js';

/** The path from candidates to a ranking: rows, terms, fold, scan, terms again, diversity. Synchronous throughout. */
export interface Ranker<T> {
  /** Ranks candidates with what is resident now. `missing` of them are still being encoded; `scalar` is what the site wishes. */
  rank(
    items: readonly T[],
    records: readonly ItemRecord[],
    options: Pick<RankOptions<T>, 'limit' | 'diversity'>,
    missing: boolean,
    scalar?: readonly ScalarTerm[],
  ): Ranking<T>;
  /** @throws AttuneError `input/invalid` for a ranking that didn't come from this Attune */
  rerank(ranking: Ranking<T>, change: RankChange): Ranking<T>;
  /** Linear terms in force now, as they rank. */
  terms(): LinearTerm[];
  /** The same under the model in use now, where the ranking was made under another. */
  renewed(ranking: Ranking<T>): Ranking<T>;
  /** The model is another now: what was ranked stays under `before`, and what was known then, whatever changes in it. */
  swapped(before: Embeddings, profile: ProfileVectors | undefined): void;
  /** What a ranking was made from. */
  candidatesOf(ranking: Ranking<T>): Candidates<T>;
}

/** What rankings are made from under one model. */
interface View {
  embeddings: Embeddings;
  sliders: SliderReader;
  vectors: () => ProfileVectors | undefined;
}

/** What one rank call was about, kept for its reranks. */
interface Candidates<T> {
  readonly view: View;
  readonly items: readonly T[];
  readonly records: readonly ItemRecord[];
  readonly scalar: readonly ScalarTerm[];
  readonly limit: number;
  readonly diversity: number;
  readonly partial: boolean;
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
  vectors: () => ProfileVectors | undefined,
  overrides: () => ReadonlyMap<string, number>,
  isOff: () => boolean,
): Ranker<T> {
  let now: View = { embeddings: model, sliders, vectors };
  const made = new WeakMap<Ranking<T>, Candidates<T>>();
  const rowsBy = new WeakMap<
    Candidates<T>,
    { readonly table: EmbeddingTable | undefined; readonly rows: CandidateRows }
  >();
  const centredBy = new WeakMap<Taste, { readonly mean: Float64Array; readonly direction: Float64Array }>();

  function terms({ sliders, vectors }: View, change: RankChange): LinearTerm[] {
    if (isOff()) return [];
    const weights = rankWeights(options.weights, change.weights);
    const profile = vectors();
    const centred = (taste: Taste): Float64Array => centredOn(sliders.mean(), taste);
    const found: (LinearTerm | null)[] = [];
    if (profile !== undefined) {
      const { long, session, negative } = profile;
      const liked = rocchio(centred(long), negative.direction, weights.rocchio);
      found.push(
        linearTerm('profile', 'Close to what you like', liked, weights.profile, null),
        linearTerm('session', 'Close to what you liked just now', centred(session), weights.session, null),
        linearTerm('avoid', 'Close to what you turned down', negative.direction, -weights.avoid, null),
      );
    }
    const axes = new Map(sliders.axes().map(({ slider, axis }) => [slider.id, axis]));
    for (const { id, label, override, position } of sliders.states(profile, changedOverrides(change))) {
      const axis = axes.get(id);
      if (axis === undefined) continue;
      const factor = position * (override === null ? weights.inferred : weights.slider);
      found.push(linearTerm(`slider:${id}`, label, axis, factor, options.standardize ? sliders.spread(axis) : null));
    }
    return found.filter((term) => term !== null);
  }

  /** Kept while taste and catalogue stay: a drag computes none anew. */
  function centredOn(mean: Float64Array, taste: Taste): Float64Array {
    const known = centredBy.get(taste);
    if (known?.mean === mean) return known.direction;
    const direction = centredDirection(taste, mean);
    centredBy.set(taste, { mean, direction });
    return direction;
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
    const { items, records, scalar, partial } = candidates;
    const view = partial ? now : candidates.view; // what was not understood then may be now
    const limit = change.limit === undefined ? candidates.limit : checkLimit(change.limit, items.length);
    const diversity = change.diversity === undefined ? candidates.diversity : checkDiversity(change.diversity);
    const rows = rowsOf(view, candidates); // before the terms: these items are part of the catalogue they are measured by
    const linear = terms(view, change);
    const active = isOff() ? [] : scalar;
    const ranked = rankRows(rows, linear, active, limit, isOff() ? 0 : diversity).map(
      ({ index, ...row }, position): RankedItem<T> => ({
        item: items[index]!,
        id: records[index]!.id,
        position,
        ...row,
      }),
    );
    const ranking: Ranking<T> = Object.assign(ranked, {
      partial,
      neutral: linear.length === 0 && active.length === 0,
      modelVersion: view.embeddings.modelVersion,
    });
    made.set(ranking, candidates);
    return ranking;
  }

  /** Kept for reranks, and looked up anew when items were missing or the model gave way. */
  function rowsOf({ embeddings: { table } }: View, candidates: Candidates<T>): CandidateRows {
    const known = rowsBy.get(candidates);
    if (known !== undefined && known.table === table && !candidates.partial) return known.rows;
    const offsets = Int32Array.from(candidates.records, ({ text }) => table?.offsets.get(text) ?? -1);
    for (const offset of offsets) if (offset >= 0) table!.items.add(offset);
    const rows = { data: table?.data ?? new Float32Array(0), offsets, dim: table?.dim ?? 0, dots: new WeakMap() };
    rowsBy.set(candidates, { table, rows });
    return rows;
  }

  function candidatesOf(ranking: Ranking<T>): Candidates<T> {
    const candidates = made.get(ranking);
    if (candidates === undefined) {
      throw invalid('ranking', ranking, 'Pass a ranking this Attune returned, not a copy; else call rank again.');
    }
    return candidates;
  }

  return {
    terms: () => terms(now, {}),
    candidatesOf,
    renewed: (ranking) => build({ ...candidatesOf(ranking), view: now }, { limit: candidatesOf(ranking).items.length }),
    swapped(before, profile) {
      Object.assign(now, {
        embeddings: before,
        sliders: createSliderReader(options.sliders, before),
        vectors: () => profile,
      } satisfies View);
      now = { embeddings: model, sliders, vectors };
    },
    rank(items, records, { limit, diversity = 0 }, partial, scalar = []) {
      const candidates = {
        view: now,
        items,
        records,
        scalar,
        limit: limit === undefined ? items.length : checkLimit(limit, items.length),
        diversity: checkDiversity(diversity),
        partial,
      };
      return build(candidates, {});
    },
    rerank: (ranking, change) => build(candidatesOf(ranking), change),
  };
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
