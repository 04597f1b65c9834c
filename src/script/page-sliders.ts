import type { Attune } from '../sdk/types.js';
import type { PageItem } from './page-items.js';
import type { Tell } from './tell.js';

const SLIDER = 'input[data-attune-slider]';

/**
 * `<input type="range" min="-1" max="1" step="any" data-attune-slider="pace">` sets the slider's position while it is dragged,
 * and shows where it stands. What is set before Attune is ready holds from then on.
 *
 * @param follow shows the lists anew, in the same task
 */
export function bindSliders(ready: Promise<Attune<PageItem>>, tell: Tell, follow: () => void): void {
  let attune: Attune<PageItem> | undefined;
  const early = new Set<HTMLInputElement>();

  function set(input: HTMLInputElement): void {
    try {
      attune!.setSlider(input.dataset['attuneSlider']!, input.valueAsNumber);
      follow();
    } catch (error) {
      tell(input, error);
    }
  }

  /** Where the person's hand is, nothing moves by itself. */
  function show({
    sliders,
  }: {
    readonly sliders: readonly { readonly id: string; readonly position: number }[];
  }): void {
    for (const input of document.querySelectorAll<HTMLInputElement>(SLIDER)) {
      const state = sliders.find(({ id }) => id === input.dataset['attuneSlider']);
      if (state !== undefined && input !== document.activeElement) input.valueAsNumber = state.position;
    }
  }

  document.addEventListener('input', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.matches(SLIDER)) return;
    if (attune === undefined) early.add(target);
    else set(target);
  });
  ready.then(
    (found) => {
      attune = found;
      for (const input of early) set(input);
      show(found.profile());
      found.on('profile', show);
    },
    () => undefined, // the script says so
  );
}
