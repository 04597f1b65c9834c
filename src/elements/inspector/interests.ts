import type { Interest, InterestChange } from '../../index.js';
import { button, element } from '../element.js';
import { type Panel, type PanelParts, redraw } from './panel.js';

/** What the person likes, by name, to be corrected. */
export function createPanel({ attune, messages, format, act }: PanelParts): Panel {
  const list = element('ul', { class: 'list', part: 'list' });
  const none = element('p', { class: 'note', tabindex: -1 }, messages.noInterests);
  const undo = button(messages.undoInterest, () => act(() => attune.interests.undo()));
  let found: readonly Interest[] = [];
  let renaming: string | undefined;

  function edit(id: string, change: InterestChange): void {
    act(() => attune.interests.edit(id, change));
  }

  /** Nobody's writing is drawn over: until it ends, what is read waits. */
  function rename(id: string | undefined): void {
    renaming = id;
    draw();
    list.querySelector('input')?.select();
  }

  function row(interest: Interest): HTMLElement {
    const { id, name, share, items, excluded, more } = interest;
    const toggle = (label: string, key: 'more' | 'excluded', isOn: boolean): HTMLElement =>
      button(label, () => edit(id, { [key]: !isOn }), {
        'aria-pressed': String(isOn),
        'aria-label': `${label}: ${name}`,
        'data-key': `${id} ${key}`,
      });
    return element(
      'li',
      {},
      element(
        'span',
        { class: 'what' },
        element('b', {}, name),
        element('span', { class: 'note' }, messages.share(format.percent(share))),
        element('span', { class: 'note' }, format.list(items.map(({ title }) => title))),
      ),
      ...(renaming === id
        ? [renamer(interest)]
        : [
            element(
              'span',
              { class: 'buttons' },
              toggle(messages.moreOf, 'more', more),
              toggle(messages.notMe, 'excluded', excluded),
              button(messages.rename, () => rename(id), {
                'aria-label': `${messages.rename}: ${name}`,
                'data-key': `${id} name`,
              }),
            ),
          ]),
    );
  }

  /** Where a name is written; an empty one gives the found one back. */
  function renamer({ id, name }: Interest): HTMLElement {
    const input = element('input', {
      value: name,
      maxlength: 120,
      part: 'text',
      'aria-label': messages.renameOne(name),
      'data-key': `${id} name`,
    });
    const form = element('form', { class: 'buttons' }, input, element('button', { part: 'button' }, messages.save));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      renaming = undefined;
      edit(id, { name: input.value.trim() || null });
    });
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') rename(undefined);
    });
    return form;
  }

  function draw(): void {
    none.hidden = found.length > 0;
    undo.hidden = !found.some(({ excluded, more, renamed }) => excluded || more || renamed);
    redraw(list, found.map(row), () => none);
  }

  async function refresh(): Promise<void> {
    found = await attune.interests.list();
    if (renaming === undefined) draw();
  }

  return { nodes: [none, list, undo], refresh };
}
