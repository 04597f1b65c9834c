import { button, element } from './element.js';

/** What a message may offer. */
interface Offer {
  readonly label: string;
  readonly run: () => void;
}

/** Messages at the foot of the page, read out by the status region they stand in. */
export interface Notices {
  /** Goes away by itself. */
  say(text: string, offer?: Offer): void;
  /** Stays until it is dismissed. */
  keep(text: string, details?: readonly string[]): void;
}

/** Long enough to read two lines and reach the button. Judgement. */
const SAY_MS = 8000;

/** @param host where messages can be seen and reached just now: a modal dialog makes all else inert */
export function createNotices(host: () => HTMLElement): Notices {
  let passing: HTMLElement | undefined;
  let timer = 0;

  function end(): void {
    // someone who is on the message is still using it
    if (passing?.matches(':hover, :focus-within') === true) timer = window.setTimeout(end, 2000);
    else passing?.remove();
  }

  return {
    say(text, offer) {
      passing?.remove();
      clearTimeout(timer);
      const notice = element('div', { class: 'notice', 'data-testid': 'toast' }, element('p', {}, text));
      if (offer !== undefined) {
        notice.append(
          button(
            offer.label,
            () => {
              notice.remove();
              offer.run();
            },
            { 'data-testid': 'toast-action' },
          ),
        );
      }
      host().append((passing = notice));
      timer = window.setTimeout(end, SAY_MS);
    },
    keep(text, details = []) {
      const body = element('div', {}, element('p', {}, text));
      if (details.length > 0) body.append(element('ul', {}, ...details.map((line) => element('li', {}, line))));
      const notice = element('div', { class: 'notice kept', 'data-testid': 'notice' }, body);
      notice.append(button('Dismiss', () => notice.remove()));
      host().append(notice);
    },
  };
}
