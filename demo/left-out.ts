import type { Attune, HiddenItem, RecentInteraction } from 'attune';
import { ago, youDid } from './ago.js';
import type { Acts } from './acts.js';
import type { DemoItem } from './catalogue.js';
import { button, closeButton, closeOnBackdrop, element } from './element.js';
import type { Order } from './order.js';

/** What the list of what is left out reaches. */
interface Parts {
  readonly attune: Attune<DemoItem>;
  readonly order: Order;
  readonly acts: Acts;
}

/** How far back is looked for when something was seen. Judgement. */
const LOOK_BACK = 1000;

/** What has no place in the order, why, and the way back. Returns what opens it. */
export function createLeftOut(dialog: HTMLDialogElement, { attune, order, acts }: Parts): () => void {
  closeOnBackdrop(dialog);
  const intro = element('p', { class: 'hint' });
  const onlyNew = element('input', { type: 'checkbox', 'data-testid': 'only-new' });
  const list = element('ul', { class: 'recent', 'data-testid': 'hidden' });
  dialog.append(
    element(
      'div',
      { class: 'sheet-body' },
      closeButton(dialog),
      element('h2', { id: 'left-out-title' }, 'Left out of your order'),
      intro,
      element('label', { class: 'check' }, onlyNew, 'Leave out what I opened, read, saved or shared before'),
      list,
    ),
  );
  onlyNew.addEventListener('change', () => void order.setOnlyNew(onlyNew.checked).then(draw));

  async function draw(): Promise<void> {
    const hidden = order.ranking?.hidden ?? [];
    const newest = await newestActs();
    intro.textContent = hidden.some(isTurnedDown)
      ? 'What you turned down lowers what is like it, until you bring it back.'
      : 'Nothing was turned down. “Less like this” on a card does that, and here it can be brought back.';
    onlyNew.checked = order.onlyNew;
    const [turnedDown, others] = [true, false].map((is) => hidden.filter((entry) => isTurnedDown(entry) === is));
    list.replaceChildren(...[...turnedDown!, ...others!].map((entry) => row(entry, newest.get(entry.id))));
  }

  function row(entry: HiddenItem<DemoItem>, act: RecentInteraction | undefined): HTMLElement {
    const { id, item } = entry;
    const why = act === undefined ? 'You know it' : `${youDid(act.kind)} it, ${ago(act.at)}`;
    const node = element('li', {}, element('span', {}, element('b', {}, item.title), element('small', {}, why)));
    const label = { 'aria-label': `Bring back ${item.title}`, 'data-back': id };
    if (isTurnedDown(entry)) node.append(button('Bring back', () => void bringBack(item), label));
    return node;
  }

  async function bringBack(item: DemoItem): Promise<void> {
    if (acts.isTurnedDown(item.id)) await acts.toggle('hide', item, {});
    await attune.flush();
    // to the list that stands it is something seen, too
    if (order.onlyNew) await order.rank();
    else order.apply();
    await draw();
    (list.querySelector('button') ?? dialog.querySelector('button'))?.focus();
  }

  /** By item; what was turned down is so since it was. */
  async function newestActs(): Promise<Map<string, RecentInteraction>> {
    const newest = new Map<string, RecentInteraction>();
    for (const act of await attune.data.recent(LOOK_BACK)) if (!newest.has(act.itemId)) newest.set(act.itemId, act);
    for (const act of await attune.data.recent(LOOK_BACK, { kinds: ['hide'] })) newest.set(act.itemId, act);
    return newest;
  }

  return () => {
    dialog.showModal();
    void draw();
  };
}

function isTurnedDown({ because }: HiddenItem<unknown>): boolean {
  return because === 'less-like-this';
}
