import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Attune, Ranking, RankOptions } from '../index.js';
import { defaultKey, type KeyOf, type Listed } from './display.js';
import { useHeldAttune } from './provider.js';
import { createRankingStore } from './ranking-store.js';

/**
 * Options of {@link useRanking}, beside those of `rank`; read whenever it ranks, so they may be written inline. A `limit` that grows
 * brings the next page behind what is shown.
 */
export interface UseRankingOptions<T> extends Omit<RankOptions<T>, 'signal'> {
  /** What is shown before there is a ranking: the items as given (default), or nothing. Also on a server. */
  readonly first?: 'given' | 'ranked';
  /** An item's id, the same as in Attune's option `id`. Default: its `id`, `slug` or `url`. */
  readonly id?: (item: T) => string;
}

/** A list in the person's order. */
export interface UsedRanking<T> {
  /** What to show, in order: always there, whatever became of Attune. */
  readonly items: readonly T[];
  /** The ranking that is shown, with its terms; undefined while the items stand as given. */
  readonly ranking: Ranking<T> | undefined;
  /** Some items were not understood in time; a better order is offered when they are. */
  readonly partial: boolean;
  /** A newer order is there and would move something: offer the person {@link refresh}. */
  readonly waiting: boolean;
  /** Why there is no ranking, or no newer one; undefined when all is well. */
  readonly error: unknown;
  /** Ranks and shows the order as it is now: for a command of the person's own. */
  readonly refresh: () => Promise<void>;
  /** Shows sliders as they stand: after a `setSlider` of the page's own. Those of `useSliders` and `<attune-sliders>` show by themselves. */
  readonly rerank: () => void;
  /** "Less like this": gone in the same task. Returns the interaction's id, for `data.forget`; '' without an Attune. */
  readonly lessLike: (item: T) => string;
}

/**
 * Ranks a list for the person and keeps it in place: on a server and at first as given, and what is shown is moved by a slider,
 * "less like this" or `refresh` alone, never by what they do or by what arrives late.
 */
export function useRanking<T>(items: Listed<T>, options: UseRankingOptions<T> = {}): UsedRanking<T> {
  const { attune, error: failed } = useHeldAttune();
  const [store] = useState(createRankingStore<T>);
  const state = useSyncExternalStore(store.subscribe, store.state, store.state);
  const { first = 'given', id, ...rankOptions } = options;
  const keyOf: KeyOf<T> = id ?? defaultKey;
  const wanted = { items, options: rankOptions, keyOf, first: failed === undefined ? first : ('given' as const) };
  useEffect(() => store.end, [store]);
  useEffect(() => store.update(attune as Attune<T> | undefined, wanted));
  const displayed = store.display(wanted);
  return useMemo(() => {
    const ranking = state.shown?.ranking;
    return {
      items: displayed,
      ranking,
      partial: ranking?.partial ?? false,
      waiting: state.waiting,
      error: state.error ?? failed,
      refresh: store.refresh,
      rerank: store.rerank,
      lessLike: store.lessLike,
    };
  }, [store, state, displayed, failed]);
}
