import type { Profile, SliderDefinition, SliderState } from 'attune';
import { element, icon } from './element.js';

type TwoPoles = Extract<SliderDefinition, { low: string }> & { readonly label: string };

/** Five axes of everyday taste; the first word of each pole stands at its end of the track. */
export const SLIDERS: readonly TwoPoles[] = [
  { id: 'pace', label: 'Pace', low: 'calm, quiet, slow', high: 'thrilling, fast, loud' },
  { id: 'setting', label: 'Setting', low: 'indoors, at home, cosy', high: 'outdoors, fresh air, nature' },
  { id: 'effort', label: 'Effort', low: 'easy, quick, for beginners', high: 'deep, challenging, for experts' },
  { id: 'company', label: 'Company', low: 'alone, solo, by yourself', high: 'together, friends, party' },
  { id: 'budget', label: 'Budget', low: 'free, cheap, frugal', high: 'luxury, expensive, treat' },
];

/** The sliders as the page uses them. */
export interface SliderPanel {
  /** Shows what is inferred and what is the person's own. */
  update(profile: Profile): void;
}

interface Row {
  readonly node: HTMLElement;
  show(state: SliderState): void;
}

/** Where there is no room beside the list, the sliders stay in view above it; this lets them be folded away. */
export function foldable(panel: HTMLElement, control: HTMLElement): void {
  control.addEventListener('click', () => {
    const folded = panel.classList.toggle('folded');
    control.setAttribute('aria-expanded', String(!folded));
  });
}

/**
 * Two voices on each track: a diamond for what actions suggest, a handle for the person's own say. The handle follows
 * the diamond until it is moved.
 *
 * @param onMove position in [-1, 1], or null to leave it to the inferred one
 */
export function createSliders(host: HTMLElement, onMove: (id: string, position: number | null) => void): SliderPanel {
  const rows = new Map(SLIDERS.map((slider) => [slider.id, createRow(slider, onMove)]));
  host.append(...[...rows.values()].map((row) => row.node));
  return {
    update(profile) {
      for (const state of profile.sliders) rows.get(state.id)?.show(state);
    },
  };
}

function createRow(slider: TwoPoles, onMove: (id: string, position: number | null) => void): Row {
  const [low, high] = [firstWord(slider.low), firstWord(slider.high)];
  const input = element('input', {
    type: 'range',
    min: -1,
    max: 1,
    step: 0.01,
    value: 0,
    'data-slider': slider.id,
    'aria-label': `${slider.label}, from ${low} to ${high}`,
    'aria-describedby': 'slider-legend',
  });
  const guess = element('span', { class: 'slider-guess' });
  const reset = element(
    'button',
    {
      type: 'button',
      class: 'act slider-reset',
      'data-reset': slider.id,
      'aria-label': `Leave ${slider.label} to what my actions suggest`,
      title: 'Leave it to what my actions suggest',
    },
    icon('reset'),
  );
  // the reset button stands beside the name, and comes after the slider for the keyboard
  const node = element(
    'div',
    { class: 'slider' },
    element(
      'p',
      { class: 'slider-poles', 'aria-hidden': 'true' },
      element('span', {}, low),
      element('b', {}, slider.label),
      element('span', {}, high),
    ),
    element(
      'div',
      { class: 'slider-track' },
      input,
      element('span', { class: 'slider-lane', 'aria-hidden': 'true' }, guess),
    ),
    reset,
  );

  function own(isOwn: boolean): void {
    node.classList.toggle('own', isOwn);
    input.setAttribute('aria-valuetext', valueText(input.valueAsNumber, low, high, isOwn));
  }
  input.addEventListener('input', () => {
    own(true);
    onMove(slider.id, input.valueAsNumber);
  });
  reset.addEventListener('click', () => {
    input.focus(); // the button hides itself, and focus must not fall off the page
    onMove(slider.id, null);
  });
  own(false);

  return {
    node,
    show({ inferred, override, position }) {
      guess.style.transform = `translateX(${50 * inferred - 50}%)`;
      input.value = String(position);
      own(override !== null);
    },
  };
}

function valueText(position: number, low: string, high: string, own: boolean): string {
  const strength = Math.abs(position);
  const where =
    strength < 0.1
      ? 'in the middle'
      : `${strength < 0.4 ? 'a little' : strength < 0.8 ? 'clearly' : 'fully'} towards ${position < 0 ? low : high}`;
  return `${where}, ${own ? 'set by you' : 'as your actions suggest'}`;
}

function firstWord(text: string): string {
  return text.split(',')[0] ?? text;
}
