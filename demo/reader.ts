import { fieldLabel, type DemoItem } from './catalogue.js';
import { closeButton, closeOnBackdrop, element, icon } from './element.js';

/** Shows one item in full, and tells how long it was open. */
export interface Reader {
  open(item: DemoItem): void;
}

/** @param onRead called when an item is closed, with how long it was open, ms */
export function createReader(dialog: HTMLDialogElement, onRead: (item: DemoItem, dwellMs: number) => void): Reader {
  let current: { readonly item: DemoItem; readonly openedAt: number } | undefined;

  function finish(): void {
    if (current === undefined) return;
    const { item, openedAt } = current;
    current = undefined;
    onRead(item, Math.round(performance.now() - openedAt));
  }
  dialog.addEventListener('close', finish);
  window.addEventListener('pagehide', finish);
  closeOnBackdrop(dialog);

  return {
    open(item) {
      current = { item, openedAt: performance.now() };
      dialog.dataset['field'] = item.field;
      dialog.replaceChildren(
        element(
          'div',
          { class: 'sheet-body' },
          closeButton(dialog),
          element('p', { class: 'card-field' }, icon(item.field), fieldLabel(item.field)),
          element('h2', { id: 'reader-title' }, item.title),
          element('p', { class: 'reader-text' }, item.summary),
          element('p', { class: 'card-tags' }, ...item.tags.map((tag) => element('span', {}, tag))),
        ),
      );
      dialog.showModal();
    },
  };
}
