import { button, closeOnBackdrop, element } from './element.js';

/** Asks before everything goes; there is no undo. */
export function createEraseDialog(dialog: HTMLDialogElement, onConfirm: () => void): { ask(): void } {
  closeOnBackdrop(dialog);
  dialog.append(
    element(
      'div',
      { class: 'sheet-body' },
      element('h2', { id: 'confirm-title' }, 'Forget everything?'),
      element(
        'p',
        {},
        'Every action, every slider, the cached model and your answer about keeping them will be removed from this browser, in every tab. This cannot be undone.',
      ),
      element(
        'div',
        { class: 'row' },
        button('Keep it', () => dialog.close(), { autofocus: true }),
        button(
          'Forget everything',
          () => {
            dialog.close();
            onConfirm();
          },
          { class: 'button danger', 'data-testid': 'erase-confirm' },
        ),
      ),
    ),
  );
  return { ask: () => dialog.showModal() };
}
