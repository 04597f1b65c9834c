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
    const pending = acts.toggle('dislike', item, { position });
    order.apply(); // in this frame, with what is already understood
    const done = await pending;
    if (done === '') return sayOff();
    await attune.flush();
    if (savedAt === undefined) order.apply();
    else order.renew(); // the save is gone with it
    if (done === null) return;
    notices.say(`Less like “${item.title}”.`, { label: 'Undo', run: () => void undo(item, savedAt) });
  }

  function sayOff(): void {
    notices.say('Learning is off, so nothing was noted. Switch it on at the top of the page.');
  }

  /** @param savedAt when the refusal had ended a save, which then comes back as old as it was */
  async function undo(item: DemoItem, savedAt: number | undefined): Promise<void> {
    if (!acts.marksOf(item.id).refused) return;
    if (savedAt === undefined) await acts.toggle('dislike', item, {});
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
