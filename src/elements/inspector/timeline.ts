import type { RecentInteraction } from '../../index.js';
import { button, element } from '../element.js';
import { type Panel, type PanelParts, redraw } from './panel.js';

/** How many actions are shown at first, and how many more at a time. Judgement: about two screens of a phone. */
const PAGE = 20;

/** What the person did, newest first, each to be taken back. */
export function createPanel({ attune, messages, format, say, act, renew }: PanelParts): Panel {
  const kinds = new Set<string>();
  let shown = PAGE;
  const choice = element('select', { id: 'kind', part: 'select' });
  const filter = element('p', { class: 'field' }, element('label', { for: 'kind' }, messages.kind), ' ', choice);
  const list = element('ul', { class: 'list', part: 'list' });
  const more = button(messages.more, () => {
    shown += PAGE;
    renew();
  });
  const none = element('p', { class: 'note', tabindex: -1 }, messages.nothing);
  choice.addEventListener('change', () => {
    shown = PAGE;
    renew();
  });

  function row({ id, kind, title, at }: RecentInteraction): HTMLElement {
    const did = messages.did(kind);
    const forget = (): void =>
      act(async () => {
        const { token } = await attune.data.forget(id);
        say(messages.forgotten(title), token === '' ? undefined : () => attune.data.undo(token));
      });
    return element(
      'li',
      {},
      element(
        'span',
        { class: 'what' },
        `${did} `,
        element('b', {}, title),
        element('time', { datetime: new Date(at).toISOString(), class: 'note' }, format.time(at)),
      ),
      button(messages.forget, forget, { 'aria-label': messages.forgetOne(did, title), 'data-key': id }),
    );
  }

  function offerKinds(): void {
    const offered = ['', ...[...kinds].sort()];
    if (choice.options.length === offered.length) return;
    const chosen = choice.value;
    choice.replaceChildren(...offered.map((kind) => element('option', { value: kind }, kind || messages.anyKind)));
    choice.value = chosen;
  }

  async function refresh(): Promise<void> {
    const wanted = choice.value === '' ? {} : { kinds: [choice.value] };
    const found = await attune.data.recent(shown + 1, wanted);
    for (const { kind } of found) kinds.add(kind);
    offerKinds();
    filter.hidden = kinds.size < 2;
    more.hidden = found.length <= shown;
    none.hidden = found.length > 0;
    redraw(list, found.slice(0, shown).map(row), () => none);
  }

  return { nodes: [filter, none, list, more], refresh };
}
