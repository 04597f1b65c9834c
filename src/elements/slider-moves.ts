import type { AnyAttune } from './link.js';

/** What a person did to a slider: `position` in [-1, 1], null where they left it to the inferred one. */
export interface SliderMove {
  readonly id: string;
  readonly position: number | null;
}

type Listener = (move: SliderMove) => void;

/** `setSlider` makes no event of its own, so what moves sliders here tells whatever else shows them. */
const listeners = new WeakMap<AnyAttune, Set<Listener>>();

/** Sets a slider as `setSlider` does, and tells. @throws AttuneError `input/invalid`, `closed` */
export function moveSlider(attune: AnyAttune, id: string, position: number | null): void {
  attune.setSlider(id, position);
  for (const listener of [...(listeners.get(attune) ?? [])]) listener({ id, position });
}

/** Hears of every {@link moveSlider} of this Attune. Returns its own end. */
export function onSliderMoves(attune: AnyAttune, listener: Listener): () => void {
  const heard = listeners.get(attune) ?? new Set();
  listeners.set(attune, heard.add(listener));
  return () => void heard.delete(listener);
}
