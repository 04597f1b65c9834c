import type { Attune, Ranking, RankOptions } from '../index.js';
import { onSliderMoves } from '../elements/slider-moves.js';
import { isArray, isSame, keepOrder, type KeyOf, keysOf, type Listed, type Shown } from './display.js';

/** What a list is about, as its component last rendered it. */
interface Wanted<T> {
  readonly items: Listed<T>;
  readonly options: RankOptions<T>;
  readonly keyOf: KeyOf<T>;
  /** What is shown before there is a ranking: the items as given, or nothing. */
  readonly first: 'given' | 'ranked';
}

/** What became of it; the same object until something changed. */
interface RankingState<T> {
  readonly shown: Shown<T> | undefined;
  /** Another order is there, and waits to be asked for. */
  readonly waiting: boolean;
  readonly error: unknown;
}

/** A list and its order, outside React. */
export interface RankingStore<T> {
  readonly subscribe: (onChange: () => void) => () => void;
  readonly state: () => RankingState<T>;
  /** The items to show, in order; the same array while they are the same. */
  display(wanted: Wanted<T>): readonly T[];
  /** Takes in what was rendered; ranks where Attune or the list is another. */
  update(attune: Attune<T> | undefined, wanted: Wanted<T>): void;
  refresh(): Promise<void>;
  rerank(): void;
  lessLike(item: T): string;
  end(): void;
}

/**
 * The rule of when an order may change (docs/react.md): a ranking is shown at once where nothing is shown yet, else it waits for
 * `refresh`; sliders, "less like this" and the switch of personalization move what is shown in the same task.
 */
export function createRankingStore<T>(): RankingStore<T> {
  const initial: RankingState<T> = { shown: undefined, waiting: false, error: undefined };
  const listeners = new Set<() => void>();
  let state = initial;
  let attune: Attune<T> | undefined;
  let wanted: Wanted<T> | undefined;
  let keys: readonly unknown[] = [];
  /** The newest ranking by this Attune: the one that is shown, if it is by this one. */
  let base: Shown<T> | undefined;
  let ends: readonly (() => void)[] = [];
  let calls = 0;
  let privacy = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let displayed: readonly T[] = [];

  function set(change: Partial<RankingState<T>>): void {
    const next = { ...state, ...change };
    if (next.shown === state.shown && next.waiting === state.waiting && next.error === state.error) return;
    state = next;
    for (const listener of listeners) listener();
  }

  function show(ranking: Ranking<T>, of: ReadonlySet<unknown>, waiting = false): void {
    base = { ranking, keys: of };
    set({ shown: base, waiting, error: undefined });
  }

  function display({ items, options: { limit = Infinity }, keyOf, first }: Wanted<T>): readonly T[] {
    const given = isArray(items) && (first === 'given' || state.error !== undefined) ? items : [];
    const next = (keepOrder(state.shown, items, keyOf) ?? given).slice(0, limit);
    if (!isSame(next, displayed)) displayed = next;
    return displayed;
  }

  /** Shows it where that moves nothing, and else has it wait; it may fill places that are free. */
  function offer(ranking: Ranking<T>, of: ReadonlySet<unknown>): void {
    const { keyOf, options } = wanted!;
    const seen = display(wanted!).map(keyOf);
    const order = ranking.map(({ item }) => keyOf(item));
    if (isSame(seen, order.slice(0, seen.length))) return show(ranking, of);
    const { shown } = state;
    if (shown === undefined) base = { ranking, keys: of };
    else if (base === shown && seen.length < Math.min(options.limit ?? Infinity, order.length)) {
      base = { ...shown, behind: order.filter((key) => !seen.includes(key)) };
    }
    set({ waiting: true, error: undefined, ...(base === undefined || shown === undefined ? {} : { shown: base }) });
  }

  async function rank(isAsked: boolean): Promise<void> {
    if (attune === undefined || wanted === undefined) return;
    const call = ++calls;
    const { items, options } = wanted;
    const of = new Set(isArray(items) ? keys : []);
    try {
      const ranking = await attune.rank(items, options);
      if (call === calls) (isAsked ? show : offer)(ranking, of);
    } catch (error) {
      if (call === calls) set({ error });
    }
  }

  /** For the person's own moves: what is shown, ranked again in the same task. */
  function rerank(): void {
    const isShown = base === state.shown; // else it was what waited
    if (attune !== undefined && base !== undefined) {
      show(attune.rerank(base.ranking), base.keys, isShown && state.waiting);
    }
  }

  async function more(of: Attune<T>, { ranking, keys: known }: Shown<T>, limit: number): Promise<void> {
    const call = ++calls;
    try {
      const longer = await of.more(ranking, { limit });
      if (call === calls) show(longer, known);
    } catch (error) {
      if (call === calls) set({ error });
    }
  }

  /** What was learned is offered, off the task that learned it, once for all that came together. */
  function onProfile(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (attune === undefined || base === undefined || base.ranking.partial) return;
      const fresh = attune.rerank(base.ranking, { refresh: true });
      const isSwitched = attune.data.privacy !== privacy;
      privacy = attune.data.privacy;
      (isSwitched ? show : offer)(fresh, base.keys);
    });
  }

  function listen(to: Attune<T> | undefined): void {
    for (const end of ends) end();
    clearTimeout(timer);
    timer = undefined;
    base = undefined;
    attune = to;
    calls++; // what is still to come is the other's
    if (to === undefined) ends = [];
    else {
      privacy = to.data.privacy;
      ends = [
        to.on('ready', () => (base?.ranking.partial ?? true) && void rank(false)),
        to.on('profile', onProfile),
        onSliderMoves(to, rerank),
      ];
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    state: () => state,
    display,
    update(current, next) {
      const before = wanted?.options.limit;
      wanted = next;
      const nextKeys = keysOf(next.items, next.keyOf);
      const isAnother = current !== attune;
      if (isAnother) listen(current);
      if (isAnother || !isSame(nextKeys, keys)) {
        keys = nextKeys;
        if (!isArray(next.items) || keepOrder(state.shown, next.items, next.keyOf) === undefined)
          set({ shown: undefined, waiting: false });
        void rank(false);
        return;
      }
      const { limit } = next.options;
      const { shown } = state;
      if (limit === undefined || before === undefined || limit <= before || shown === undefined) return;
      const missing = limit - shown.ranking.length;
      if (attune !== undefined && shown === base && missing > 0) void more(attune, shown, missing);
    },
    refresh: () => rank(true),
    rerank,
    lessLike(item) {
      if (attune === undefined) return '';
      const id = attune.lessLike(item);
      rerank();
      return id;
    },
    end: () => listen(undefined),
  };
}
