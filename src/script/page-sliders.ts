import type { Attune } from '../sdk/types.js';
import type { PageItem } from './page-items.js';
import type { Tell } from './tell.js';

const SLIDER = 'input[data-attune-slider]';

/**
 * `<input type="range" min="-1" max="1" step="any" data-attune-slider="pace">` sets the slider's position while it is dragged,
 * and shows where it stands. What is set before Attune is ready holds from then on.
 *
 * @param moved  inputs that were moved before; what is moved until Attune is there comes in
 * @param follow shows the lists anew, in the same task
 */
export function bindSliders(
  ready: Promise<Attune<PageItem>>,
  tell: Tell,
  moved: Set<EventTarget | null>,
  follow: () => void,
): void {
  let attune: Attune<PageItem> | undefined;

  function set(input: EventTarget | null): void {
    if (!(input instanceof HTMLInputElement) || !input.matches(SLIDER)) return;
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
    if (attune === undefined) moved.add(target);
    else set(target);
  });
  ready.then(
    (found) => {
      attune = found;
      moved.forEach(set);
      show(found.profile());
      found.on('profile', show);
    },
    () => undefined, // the script says so
  );
}
