import type { Attune } from 'attune';
import type { DemoItem } from './catalogue.js';
import { button, closeButton, closeOnBackdrop, element } from './element.js';
import { createHowGood, type HowGoodSource } from './how-good.js';
import { createManyPeople, type ManyPeopleSource } from './many-people.js';
import { recentActions } from './recent-actions.js';
import { createTrust } from './trust.js';

/** What the panel shows and asks for. */
export interface PanelSource extends HowGoodSource, ManyPeopleSource {
  readonly requests: () => number;
  readonly warnings: () => readonly string[];
  forget(interactionId: string): Promise<void>;
  importFile(file: File): void;
  erase(): void;
}

/** "What this device knows": everything that is kept, and the person's rights over it. */
export interface DevicePanel {
  open(): Promise<void>;
  /** Draws it again if it is open. */
  refresh(): Promise<void>;
  /** The panel's own place for messages while it is open. */
  readonly notices: HTMLElement | undefined;
}

export function createDevicePanel(dialog: HTMLDialogElement, source: PanelSource): DevicePanel {
  closeOnBackdrop(dialog);
  const facts = element('dl', { class: 'facts' });
  const share = element('div', { class: 'share' });
  const recent = element('div', {});
  const lost = element('div', {});
  const trust = createTrust(source.attune);
  const howGood = createHowGood(source);
  const manyPeople = createManyPeople(source);
  const notices = element('div', { class: 'notices', role: 'status' });
  dialog.append(
    element(
      'div',
      { class: 'drawer-body' },
      closeButton(dialog),
      element('h2', { id: 'device-title' }, 'What this device knows'),
      facts,
      element('h3', {}, 'Whose order is it?'),
      share,
      element('h3', {}, 'What you did lately'),
      recent,
      trust.node,
      howGood.node,
      manyPeople.node,
      lost,
      element('h3', {}, 'Bring your own'),
      element('p', { class: 'hint' }, 'JSON or CSV. You can also drop a file anywhere on the page.'),
      element(
        'div',
        { class: 'row' },
        fileButton('Import items', 'import-items', source.importFile),
        fileButton('Import action log', 'import-log', source.importFile),
      ),
      notices,
      element('h3', {}, 'Take it with you, or let it go'),
      element(
        'div',
        { class: 'row' },
        button('Export everything', () => void download(source.attune()), { 'data-testid': 'export' }),
        button('Forget everything', source.erase, { class: 'button danger', 'data-testid': 'erase' }),
      ),
    ),
  );

  async function refresh(): Promise<void> {
    howGood.refresh(); // also while closed: what was forgotten is measured no further
    const attune = source.attune();
    if (attune === undefined || !dialog.open) return;
    const [interactions, size] = await Promise.all([attune.data.recent(12), sizeOnDisk()]);
    const profile = attune.profile();
    facts.replaceChildren(
      ...fact('Actions', String(profile.interactionCount)),
      ...fact(
        'Kept',
        attune.data.storage === 'indexed-db' ? 'on this device' : 'in this page’s memory, until it closes',
      ),
      ...fact('Size on disk', size),
      ...fact('Requests since load', String(source.requests())),
      ...fact('Model', profile.modelVersion),
    );
    share.replaceChildren(...shareBar(profile.priorShare));
    const focused = recent.contains(document.activeElement);
    recent.replaceChildren(recentActions(interactions, source.forget));
    if (focused) (recent.querySelector('button') ?? dialog.querySelector('button'))?.focus();
    lost.replaceChildren(...warningList(source.warnings()));
    await trust.refresh();
    manyPeople.refresh();
  }

  return {
    async open() {
      dialog.showModal();
      await refresh();
    },
    refresh,
    get notices() {
      return dialog.open ? notices : undefined;
    },
  };
}

function fact(name: string, value: string): HTMLElement[] {
  return [element('dt', {}, name), element('dd', {}, value)];
}

/** A share of the order, not a chance: so a percentage is honest here. */
function shareBar(priorShare: number): HTMLElement[] {
  const yours = Math.round((1 - priorShare) * 100);
  const fill = element('span', { class: 'share-fill' });
  fill.style.transform = `scaleX(${1 - priorShare})`;
  return [
    element('div', { class: 'share-bar', 'aria-hidden': 'true' }, fill),
    element(
      'p',
      { class: 'share-labels' },
      element('span', {}, `you: ${yours} %`),
      element('span', {}, `not yet yours: ${100 - yours} %`),
    ),
  ];
}

function warningList(texts: readonly string[]): HTMLElement[] {
  if (texts.length === 0) return [];
  return [element('h3', {}, 'What was lost'), element('ul', {}, ...texts.map((text) => element('li', {}, text)))];
}

/** What the browser says this site takes, the model's file included. */
async function sizeOnDisk(): Promise<string> {
  const usage = (await navigator.storage?.estimate?.())?.usage;
  if (usage === undefined) return 'this browser does not tell';
  if (usage === 0) return 'nothing';
  return usage < 100_000 ? `${(usage / 1000).toFixed(1)} kB` : `${(usage / 1e6).toFixed(1)} MB, model included`;
}

function fileButton(label: string, testId: string, onFile: (file: File) => void): HTMLElement {
  const input = element('input', {
    type: 'file',
    accept: '.json,.csv,application/json,text/csv',
    'data-testid': testId,
  });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file !== undefined) onFile(file);
  });
  return element('label', { class: 'button file' }, input, label);
}

async function download(attune: Attune<DemoItem> | undefined): Promise<void> {
  if (attune === undefined) return;
  const json = JSON.stringify(await attune.data.export(), null, 2);
  const url = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
  element('a', { href: url, download: `attune-${new Date().toISOString().slice(0, 10)}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
