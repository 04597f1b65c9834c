import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { Attune, Profile, SliderState } from '../index.js';
import { moveSlider, onSliderMoves } from '../elements/slider-moves.js';
import { useHeldAttune } from './provider.js';

/** Sliders as they stand, and how to move one. */
export interface UsedSliders {
  /** Empty on a server, and until there is an Attune. */
  readonly sliders: readonly SliderState[];
  /** As `setSlider`; what `useRanking` shows follows in the same task, and so does `<attune-sliders>`. */
  readonly set: (id: string, position: number | null) => void;
}

/** A profile that stays the same object until it is another. */
interface ProfileStore {
  readonly subscribe: (onChange: () => void) => () => void;
  readonly snapshot: () => Profile;
}

const stores = new WeakMap<Attune<unknown>, ProfileStore>();
const NONE: readonly SliderState[] = [];
const silent = (): (() => void) => () => undefined;
const nothing = (): undefined => undefined;

/** What this device knows of the person; undefined on a server, and until there is an Attune. */
export function useProfile(): Profile | undefined {
  const { attune } = useHeldAttune();
  const store = attune === undefined ? undefined : storeOf(attune);
  return useSyncExternalStore<Profile | undefined>(store?.subscribe ?? silent, store?.snapshot ?? nothing, nothing);
}

/** The sliders of the nearest provider's Attune. */
export function useSliders(): UsedSliders {
  const { attune } = useHeldAttune();
  const sliders = useProfile()?.sliders ?? NONE;
  const set = useCallback(
    (id: string, position: number | null): void => {
      if (attune !== undefined) moveSlider(attune, id, position);
    },
    [attune],
  );
  return useMemo(() => ({ sliders, set }), [sliders, set]);
}

/** One for each Attune; it listens for as long as that lives, which is what keeps what it says from growing old unseen. */
function storeOf(attune: Attune<unknown>): ProfileStore {
  const known = stores.get(attune);
  if (known !== undefined) return known;
  let profile: Profile | undefined;
  const listeners = new Set<() => void>();
  const change = (): void => {
    profile = undefined;
    for (const listener of listeners) listener();
  };
  attune.on('profile', change);
  attune.on('ready', change);
  onSliderMoves(attune, change);
  const store: ProfileStore = {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    snapshot: () => (profile ??= attune.profile()),
  };
  stores.set(attune, store);
  return store;
}
