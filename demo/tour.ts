import type { Attune } from 'attune';
import type { DemoItem } from './catalogue.js';
import { rememberTour, storedTour } from './consent.js';
import { button, closeButton, element, find } from './element.js';
import type { Order } from './order.js';
import { savedEnough, STATEMENTS, STEPS, type StepName } from './tour-steps.js';

/** The guided first minute: a small coach beside the page, which goes on when the person did what it speaks of. */
export interface Tour {
  /** Opens it where it was left. */
  open(): void;
  /** Back to the start: everything was erased. */
  forget(): void;
}

/** What the coach reaches. */
interface TourParts {
  readonly attune: Attune<DemoItem>;
  readonly order: Order;
  /** The button that opens the tour, and has the focus back when it closes. */
  readonly opener: HTMLButtonElement;
  readonly announce: (text: string) => void;
}

export function createTour(coach: HTMLElement, { attune, order, opener, announce }: TourParts): Tour {
  const root = document.documentElement;
  let at = Math.min(storedTour(), STEPS.length);
  let stopWatching: () => void = () => {};
  nameOpener();

  function nameOpener(): void {
    if (at === 0) opener.textContent = 'Show me, in one minute';
    else opener.textContent = at < STEPS.length ? `Go on: ${at + 1} of ${STEPS.length}` : 'Show me again';
  }

  function moveTo(next: number): void {
    const hadFocus = coach.contains(document.activeElement);
    at = next;
    rememberTour(at);
    nameOpener();
    if (!coach.hidden) draw(hadFocus);
  }

  function draw(withFocus: boolean): void {
    stopWatching();
    const step = STEPS[at];
    root.dataset['tour'] = step?.name ?? 'end';
    const title = element('h2', { id: 'tour-title', tabindex: -1 }, step?.title ?? 'That was all of it');
    const text =
      step?.text ?? 'The order is yours now, and nothing of you left this device: see the count of requests.';
    coach.replaceChildren(
      ...(step === undefined ? [] : [element('p', { class: 'coach-count' }, `${at + 1} of ${STEPS.length}`)]),
      closing(),
      title,
      element('p', {}, text),
      ...(step?.name === 'taste' ? [tastes()] : []),
      element('div', { class: 'row' }, ...(step === undefined ? [button('Done', close)] : stepButtons(step.name))),
    );
    stopWatching = step === undefined ? () => {} : step.watch(() => moveTo(at + 1), attune);
    if (withFocus) title.focus();
    else announce(`${title.textContent}. ${text}`);
  }

  function closing(): HTMLElement {
    const node = closeButton(close);
    node.setAttribute('aria-label', 'Close the tour');
    return node;
  }

  function stepButtons(name: StepName): HTMLElement[] {
    const skip = button('Skip', () => moveTo(at + 1), { 'data-testid': 'tour-skip' });
    if (name === 'taste') return [button('Use these', () => void state(), { class: 'button primary' }), skip];
    return [button('Take me there', () => void lead()), skip];
  }

  /** For keyboards and screen readers the way to what the step speaks of; for eyes it is outlined. */
  async function lead(): Promise<void> {
    const step = STEPS[at];
    const first = order.ranking?.[0]?.id;
    if (step === undefined || first === undefined) return;
    const list = find('#list');
    if (step.inCard === true && !isInSight(list)) {
      list.scrollIntoView(); // the first card is rendered once it is near
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    }
    const scope = step.inCard === true ? find(`[data-id="${CSS.escape(first)}"]`) : document;
    find(step.target, scope).focus();
  }

  /** Chosen statements act at once, as sliders do: they are the person's own command. */
  async function state(): Promise<void> {
    const chosen = [...coach.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
    await attune.preferences(chosen);
    await order.rank();
    if (STEPS[at]?.name === 'taste') moveTo(at + 1);
  }

  function close(): void {
    stopWatching();
    coach.hidden = true;
    delete root.dataset['tour'];
    if (at === STEPS.length) moveTo(0);
    opener.focus({ preventScroll: true });
  }

  coach.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
  });

  return {
    open() {
      coach.hidden = false;
      if (STEPS[at]?.name === 'save') void savedEnough(attune).then((enough) => enough && moveTo(at + 1));
      draw(true);
    },
    forget() {
      if (!coach.hidden) close();
      at = 0;
      nameOpener();
    },
  };
}

/** Statements to choose from: what is ticked is said in these very words. */
function tastes(): HTMLElement {
  return element(
    'fieldset',
    { class: 'tastes' },
    element('legend', { class: 'visually-hidden' }, 'What do you like?'),
    ...STATEMENTS.map((text) =>
      element(
        'label',
        {},
        element('input', { type: 'checkbox', value: text.toLowerCase() }),
        element('span', {}, text),
      ),
    ),
  );
}

/** Whether its beginning is. */
function isInSight(node: Element): boolean {
  const { top } = node.getBoundingClientRect();
  return top >= 0 && top < window.innerHeight / 2;
}
