import type { Attune } from 'attune';
import type { Acts } from './acts.js';
import type { DemoItem } from './catalogue.js';
import type { Notices } from './notices.js';
import type { Order } from './order.js';
import type { Reader } from './reader.js';
import { share } from './share.js';
import type { WhyDialog } from './why.js';

/** What the buttons of a card reach. */
interface Parts {
  readonly attune: Attune<DemoItem>;
  readonly order: Order;
  readonly acts: Acts;
  readonly notices: Notices;
  readonly reader: Reader;
  readonly why: WhyDialog;
}

/** Wires the buttons of all cards. Only "less like this" and its undo move the list at once. */
export function handleCardActions(list: HTMLElement, { attune, order, acts, notices, reader, why }: Parts): void {
  list.addEventListener('click', (event) => {
    const control = (event.target as Element).closest<HTMLElement>('[data-action]');
    const id = control?.closest<HTMLElement>('.card')?.dataset['id'];
    const entry = order.ranking?.find((candidate) => candidate.id === id);
    if (control === null || entry === undefined) return;
    void act(control.dataset['action']!, entry.item, entry.position);
  });

  async function act(action: string, item: DemoItem, position: number): Promise<void> {
    switch (action) {
      case 'open':
        attune.track('click', item, { position });
        reader.open(item);
        break;
      case 'save':
        if ((await acts.toggle('save', item, { position })) === '') sayOff();
        break;
      case 'share': {
        const said = await share(item);
        if (said === null) break;
        attune.track('share', item, { position });
        notices.say(said);
        break;
      }
      case 'less':
        await refuse(item, position);
        break;
      case 'why':
        why.open(item, position, await attune.explain(order.ranking!, item.id));
        break;
    }
  }

  async function refuse(item: DemoItem, position: number): Promise<void> {
    const savedAt = acts.savedAt(item.id);
    const hadFocus = list.contains(document.activeElement);
    const pending = acts.toggle('hide', item, { position });
    order.apply(); // in this frame, with what is already understood
    if (hadFocus) focusNear(position);
    const done = await pending;
    if (done === '') return sayOff();
    await attune.flush();
    if (savedAt === undefined) order.apply();
    else order.renew(); // the save is gone with it
    if (done === null) return;
    notices.say(`Less like “${item.title}”: it has left your order.`, {
      label: 'Undo',
      run: () => void undo(item, savedAt),
    });
  }

  /** The card went with its button: the one that stands there now takes over. */
  function focusNear(position: number): void {
    const next = order.ranking?.[position] ?? order.ranking?.at(-1);
    if (next === undefined) return;
    const card = list.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.id)}"]`);
    card?.querySelector<HTMLElement>('[data-action=less]')?.focus({ preventScroll: true });
  }

  function sayOff(): void {
    notices.say('Learning is off, so nothing was noted. Switch it on at the top of the page.');
  }

  /** @param savedAt when the refusal had ended a save, which then comes back as old as it was */
  async function undo(item: DemoItem, savedAt: number | undefined): Promise<void> {
    if (!acts.isTurnedDown(item.id)) return;
    if (savedAt === undefined) await acts.toggle('hide', item, {});
    else await acts.toggle('save', item, { at: savedAt });
    await attune.flush();
    if (savedAt === undefined) order.apply();
    else order.renew();
  }
}

/** Without personalization the cards can still be read and shared. */
export function handleCardsUnpersonalized(
  list: HTMLElement,
  items: readonly DemoItem[],
  { notices, reader }: Pick<Parts, 'notices' | 'reader'>,
): void {
  list.addEventListener('click', (event) => {
    const control = (event.target as Element).closest<HTMLElement>('[data-action]');
    const id = control?.closest<HTMLElement>('.card')?.dataset['id'];
    const item = items.find((candidate) => candidate.id === id);
    if (item === undefined) return;
    if (control!.dataset['action'] === 'open') reader.open(item);
    else void share(item).then((said) => said !== null && notices.say(said));
  });
}
