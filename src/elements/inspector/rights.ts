import type { PrivacyMode } from '../../index.js';
import { button, element } from '../element.js';
import type { Panel, PanelParts } from './panel.js';

const MODES: readonly PrivacyMode[] = ['device', 'session', 'off'];

/** What only the person decides: whether they are learned from, and what becomes of what is kept. */
export function createPanel({ attune, messages, say, act, tell }: PanelParts): Panel {
  const radios = MODES.map((mode) => {
    const radio = element('input', { type: 'radio', name: 'privacy', value: mode });
    radio.addEventListener('change', () =>
      act(async () => {
        await attune.data.setPrivacy(mode);
        tell('privacy', mode);
      }),
    );
    return radio;
  });
  const answer = element('p', { class: 'note' });
  const keep = button(messages.keep, () => act(() => consent('granted')), { class: 'primary' });
  const stop = button(messages.stop, () => ask.showModal(messages.stopAsk, () => consent('withdrawn')));
  const ask = createQuestion();

  async function consent(given: 'granted' | 'withdrawn'): Promise<void> {
    await attune.data.setConsent(given);
    tell('consent', given);
  }

  async function erase(): Promise<void> {
    await attune.data.erase();
    tell('erase', null);
    say(messages.erased);
  }

  async function download(): Promise<void> {
    const kept = await attune.data.export();
    const url = URL.createObjectURL(new Blob([JSON.stringify(kept, null, 2)], { type: 'application/json' }));
    element('a', {
      href: url,
      download: `attune-${new Date(kept.exportedAt).toISOString().slice(0, 10)}.json`,
    }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // long enough for any browser to begin with it
    say(messages.exported);
  }

  /** Asks before something goes for good. */
  function createQuestion(): {
    readonly node: HTMLDialogElement;
    showModal(text: string, yes: () => Promise<void>): void;
  } {
    let confirmed: () => Promise<void>;
    const title = element('h4', { id: 'question' });
    const node = element(
      'dialog',
      { part: 'dialog', 'aria-labelledby': 'question' },
      title,
      element('p', {}, messages.eraseNote),
      element(
        'p',
        { class: 'buttons' },
        button(messages.cancel, () => node.close()),
        button(
          messages.erase,
          () => {
            node.close();
            act(confirmed);
          },
          { class: 'danger' },
        ),
      ),
    );
    return {
      node,
      showModal(text, yes) {
        title.textContent = text;
        confirmed = yes;
        node.showModal();
      },
    };
  }

  return {
    nodes: [
      element(
        'fieldset',
        { part: 'privacy' },
        element('legend', {}, messages.privacy),
        ...radios.map((radio, i) => element('label', {}, radio, messages.modes[MODES[i]!])),
      ),
      answer,
      element(
        'p',
        { class: 'buttons' },
        keep,
        stop,
        button(messages.exportAll, () => act(download)),
        button(messages.erase, () => ask.showModal(messages.eraseAsk, erase), { class: 'danger' }),
      ),
      ask.node,
    ],
    async refresh() {
      const { privacy, consent: given } = attune.data;
      for (const radio of radios) radio.checked = radio.value === privacy;
      answer.textContent = messages.consent[given];
      const focused = [keep, stop].find((each) => each === (each.getRootNode() as ShadowRoot).activeElement);
      keep.hidden = given === 'granted';
      stop.hidden = given !== 'granted';
      if (focused?.hidden === true) (focused === keep ? stop : keep).focus();
    },
  };
}
