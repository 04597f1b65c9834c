import type { Attune } from 'attune';
import type { DemoItem } from './catalogue.js';
import { element } from './element.js';
import type { Measuring } from './measuring.js';

/** Whose log is measured, and on what. */
export interface HowGoodSource {
  readonly attune: () => Attune<DemoItem> | undefined;
  /** What could be shown. */
  readonly items: () => readonly DemoItem[];
}

/** "How good is it for you?": what measures is loaded when someone looks. */
export function createHowGood(source: HowGoodSource): { readonly node: HTMLElement; refresh(): void } {
  const body = element('div', { class: 'trust-body' });
  const title = element('summary', {}, element('h3', {}, 'How good is it for you?'));
  const node = element('details', { class: 'trust', 'data-testid': 'how-good' }, title, body);
  let measuring: Promise<Measuring> | undefined;
  node.addEventListener('toggle', () => {
    if (!node.open || measuring !== undefined) return;
    measuring = import('./measuring.js').then(({ createMeasuring }) => createMeasuring(body, source));
    measuring.catch(() => {
      measuring = undefined;
      body.replaceChildren('This part could not be loaded; with a connection, close and open it again.');
    });
  });
  return { node, refresh: () => void measuring?.then((each) => each.refresh()).catch(() => undefined) };
}
