import type { Attune, Ranking } from 'attune';
import type { DemoItem } from './catalogue.js';
import { element } from './element.js';
import type { Say } from './foundation-model.js';
import type { ModelSwitch } from './model-switch.js';

/** Whose order a model of many people may have a say in. */
export interface ManyPeopleSource {
  readonly attune: () => Attune<DemoItem> | undefined;
  /** The order on screen. */
  readonly ranking: () => Ranking<DemoItem> | undefined;
  readonly say: Say;
  /** Shows all that is known now, the model's say included or not. */
  rankAnew(): Promise<void>;
}

/** "What would a model of many people change?": the switch and what the model says are loaded when someone looks. */
export function createManyPeople(source: ManyPeopleSource): { readonly node: HTMLElement; refresh(): void } {
  const body = element('div', { class: 'trust-body' });
  const title = element('summary', {}, element('h3', {}, 'What would a model of many people change?'));
  const node = element('details', { class: 'trust', 'data-testid': 'foundation' }, title, body);
  let shown: Promise<ModelSwitch> | undefined;
  node.addEventListener('toggle', () => {
    if (!node.open || shown !== undefined) return;
    shown = import('./model-switch.js').then(({ createModelSwitch }) => createModelSwitch(body, source));
    shown.catch(() => {
      shown = undefined;
      body.replaceChildren('This part could not be loaded; with a connection, close and open it again.');
    });
  });
  return { node, refresh: () => void shown?.then((each) => each.refresh()).catch(() => undefined) };
}
