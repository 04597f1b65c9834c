import type { SliderState } from '../index.js';
import { drawn, element } from './element.js';
import type { SliderMessages, SliderVoice } from './slider-words.js';

/** One slider as it is seen. */
export interface SliderRow {
  readonly node: HTMLElement;
  /** Where the person set it; null while it is left to the inferred position. */
  readonly own: number | null;
  show(state: Pick<SliderState, 'inferred' | 'override'>): void;
  /** The same while nothing but the person's own say changed. */
  showOwn(position: number | null): void;
  disable(disabled: boolean): void;
}

interface RowParts {
  readonly id: string;
  readonly label: string;
  readonly poles: readonly [low: string, high: string];
  readonly messages: SliderMessages;
  /** A position in [-1, 1], or null; `isLast` unless a drag goes on. */
  readonly onMove: (position: number | null, isLast: boolean) => void;
}

/** A step by an arrow key, and by page up or down: 40 and 8 steps from end to end, where a drag has 200. Judgement. */
const STEP = 0.05;
const PAGE = 0.25;

/** A native range with its words, a mark for what actions suggest, and a button that hands it back. */
export function createSliderRow({ id, label, poles, messages, onMove }: RowParts): SliderRow {
  const [low, high] = poles;
  const inputId = `slider-${id}`;
  const input = element('input', {
    type: 'range',
    id: inputId,
    part: 'input',
    min: -1,
    max: 1,
    step: 0.01,
    value: 0,
    'aria-label': messages.name(label, low, high),
  });
  const value = element('span', { class: 'value', part: 'value', 'aria-hidden': 'true' });
  const guess = element('span', { class: 'guess', part: 'guess' });
  const handBack = messages.handBack(label);
  const back = element('button', { type: 'button', class: 'back', part: 'hand-back', 'aria-label': handBack });
  back.title = handBack;
  back.append(drawn('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, drawn('path', { d: BACK })));
  const node = element(
    'div',
    { class: 'row', part: 'slider' },
    element('div', { class: 'head' }, element('label', { for: inputId, part: 'label' }, label), value),
    element('div', { class: 'track' }, input, element('span', { class: 'lane', 'aria-hidden': 'true' }, guess)),
    back,
    element(
      'div',
      { class: 'poles', part: 'poles', 'aria-hidden': 'true' },
      element('span', { part: 'pole' }, low),
      element('span', { part: 'pole' }, high),
    ),
  );
  let inferred = 0;
  let own: number | null = null;
  let voice: SliderVoice | undefined;

  function say(): void {
    const now: SliderVoice = own !== null ? 'own' : inferred === 0 ? 'unknown' : 'inferred';
    const words = messages.position(own ?? inferred, low, high);
    value.textContent = now === 'unknown' ? messages.voice[now] : words; // who put it there is seen by the handle
    input.setAttribute('aria-valuetext', `${words}, ${messages.voice[now]}`);
    if (now === voice) return;
    voice = now;
    node.dataset['voice'] = now;
    node.part.toggle('own', now === 'own');
  }
  function moved(isLast: boolean): void {
    own = input.valueAsNumber;
    say();
    onMove(own, isLast);
  }
  function showOwn(position: number | null): void {
    own = position;
    const next = String(own ?? inferred);
    if (input.value !== next) input.value = next;
    say();
  }

  // the native ones would cross the shadow root beside the element's own
  input.addEventListener('input', (event) => {
    event.stopPropagation();
    moved(false);
  });
  input.addEventListener('change', () => moved(true));
  input.addEventListener('keydown', (event) => {
    const step = stepOf(event, () => getComputedStyle(input).direction === 'rtl');
    if (step === undefined) return;
    event.preventDefault();
    const next = Math.min(1, Math.max(-1, Math.round((input.valueAsNumber + step) * 100) / 100));
    if (next === input.valueAsNumber) return;
    input.value = String(next);
    moved(false);
    moved(true);
  });
  back.addEventListener('click', () => {
    input.focus(); // the button hides itself, and focus must not fall off the page
    showOwn(null);
    onMove(null, true);
  });
  say();

  return {
    node,
    get own() {
      return own;
    },
    show(state) {
      if (state.inferred !== inferred || voice === 'unknown') guess.style.setProperty('--at', String(state.inferred));
      inferred = state.inferred;
      showOwn(state.override);
    },
    showOwn,
    disable(disabled) {
      input.disabled = disabled;
      back.disabled = disabled;
    },
  };
}

/** An arrow that turns back. */
const BACK = 'M5.2 13a7 7 0 1 0 1.6-5.3M6 3.8v4.4h4.4';

/** How far a key moves the position; undefined for keys that are the browser's, Home and End among them. */
function stepOf(event: KeyboardEvent, isRightToLeft: () => boolean): number | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
  switch (event.key) {
    case 'ArrowUp':
      return STEP;
    case 'ArrowDown':
      return -STEP;
    case 'ArrowRight':
      return isRightToLeft() ? -STEP : STEP;
    case 'ArrowLeft':
      return isRightToLeft() ? STEP : -STEP;
    case 'PageUp':
      return PAGE;
    case 'PageDown':
      return -PAGE;
    default:
      return undefined;
  }
}
