import { button, element } from './element.js';
import { formatsOf } from './inspector/formats.js';
import { INSPECTOR_MESSAGES, type InspectorMessages, type InspectorSection } from './inspector/messages.js';
import type { Panel, PanelParts } from './inspector/panel.js';
import { INSPECTOR_STYLE } from './inspector/styles.js';
import { type AnyAttune, createLink } from './link.js';
import { adoptEarly, localeOf, PageElement } from './page-element.js';
import { SHARED_STYLE, style } from './styles.js';

/** Each section's code comes when someone opens it. */
const SECTIONS: Readonly<
  Record<InspectorSection, () => Promise<{ readonly createPanel: (parts: PanelParts) => Panel }>>
> = {
  timeline: () => import('./inspector/timeline.js'),
  interests: () => import('./inspector/interests.js'),
  reliability: () => import('./inspector/reliability.js'),
  changes: () => import('./inspector/changes.js'),
  storage: () => import('./inspector/storage.js'),
  requests: () => import('./inspector/requests.js'),
  rights: () => import('./inspector/rights.js'),
};

/** How long what comes by itself waits for more of it, ms: sections read the whole log. Judgement. */
const PAUSE_MS = 250;

/** A section as it stands on the page. */
interface Drawer {
  readonly node: HTMLDetailsElement;
  refresh(): Promise<void>;
  end(): void;
}

/**
 * `<attune-inspector>`: what this device knows of a person, shown to them, with what they can change, undo, take along and erase.
 * Events `attune-consent`, `attune-privacy` and `attune-erase` bubble, because only the page can remember an answer. See
 * docs/elements.md for its attributes, parts and custom properties.
 */
export class AttuneInspector extends PageElement {
  static readonly observedAttributes: readonly string[] = ['sections'];

  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #link = createLink((attune) => this.#use(attune));
  #messages: InspectorMessages = INSPECTOR_MESSAGES;
  #drawers: readonly Drawer[] = [];
  #status: HTMLElement | undefined;
  #refreshing: Promise<void> | undefined;
  #isStale = false;

  constructor() {
    super();
    style(this.#root, SHARED_STYLE, INSPECTOR_STYLE);
  }

  /** The Attune that is looked into. Default: the one on `globalThis`, as the script tag puts it there. */
  get attune(): AnyAttune | undefined {
    return this.#link.attune;
  }
  set attune(attune: AnyAttune | undefined) {
    this.#link.give(attune);
  }

  /** Texts in place of the English ones, all or some. */
  get messages(): InspectorMessages {
    return this.#messages;
  }
  set messages(messages: Partial<InspectorMessages>) {
    this.#messages = { ...INSPECTOR_MESSAGES, ...messages };
    this.#redraw();
  }

  /** Which sections there are, in which order. Default: all; also as words in the attribute of this name. */
  get sections(): readonly InspectorSection[] {
    const named = (this.getAttribute('sections') ?? '').split(/\s+/).filter((name) => Object.hasOwn(SECTIONS, name));
    return (named.length === 0 ? Object.keys(SECTIONS) : named) as InspectorSection[];
  }
  set sections(sections: readonly InspectorSection[]) {
    this.setAttribute('sections', sections.join(' '));
  }

  connectedCallback(): void {
    adoptEarly(this, 'attune', 'messages', 'sections');
    this.#link.connect();
  }

  disconnectedCallback(): void {
    this.#link.disconnect();
  }

  attributeChangedCallback(): void {
    this.#redraw();
  }

  /** Reads all open sections again. It does so by itself when the profile changed. */
  refresh(): Promise<void> {
    this.#isStale = true;
    this.#refreshing ??= this.#read().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #read(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      this.#banner();
      await Promise.all(this.#drawers.map((drawer) => drawer.refresh()));
    }
  }

  #use(attune: AnyAttune | undefined): () => void {
    this.#draw(attune);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = attune?.on('profile', () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void this.refresh();
      }, PAUSE_MS);
    });
    return () => {
      end?.();
      clearTimeout(timer);
      this.#drawers.forEach((drawer) => drawer.end());
    };
  }

  #redraw(): void {
    if (this.isConnected) this.#draw(this.attune);
  }

  #draw(attune: AnyAttune | undefined): void {
    const messages = this.#messages;
    this.#status = element('div', { class: 'status', part: 'status', role: 'status' });
    const parts = attune === undefined ? undefined : this.#partsFor(attune);
    this.#drawers.forEach((drawer) => drawer.end());
    this.#drawers = parts === undefined ? [] : this.sections.map((name) => createDrawer(name, parts));
    this.#root.replaceChildren(
      element(
        'section',
        { class: 'frame', 'aria-labelledby': 'title' },
        element('h2', { class: 'title', id: 'title', part: 'title' }, messages.title),
        element('p', { class: 'note banner', part: 'banner' }),
        ...this.#drawers.map(({ node }) => node),
        this.#status,
      ),
    );
    this.#banner();
    const [first] = this.#drawers;
    if (first !== undefined) first.node.open = true;
  }

  /** What holds of all sections: that nothing is stored, or nothing noted. */
  #banner(): void {
    const { attune } = this;
    const messages = this.#messages;
    const said =
      attune === undefined
        ? messages.waiting
        : attune.data.privacy === 'off'
          ? messages.off
          : messages.consent[attune.data.consent];
    const banner = this.#root.querySelector('.banner')!;
    if (banner.textContent !== said) banner.textContent = said;
  }

  #partsFor(attune: AnyAttune): PanelParts {
    const messages = this.#messages;
    const act = (task: () => Promise<unknown>): void =>
      void task().then(
        () => this.refresh(),
        (error: unknown) => this.#say(messages.failed(reasonOf(error))),
      );
    return {
      attune,
      messages,
      format: formatsOf(localeOf(this)),
      renew: () => void this.refresh(),
      act,
      say: (text, undo) => this.#say(text, undo === undefined ? undefined : () => act(undo)),
      tell: (type, detail) =>
        this.dispatchEvent(new CustomEvent(`attune-${type}`, { detail, bubbles: true, composed: true })),
    };
  }

  #say(text: string, undo?: () => void): void {
    const messages = this.#messages;
    const back =
      undo === undefined
        ? []
        : [
            button(messages.undo, () => {
              this.#say(messages.undone);
              undo();
            }),
          ];
    this.#status?.replaceChildren(element('span', {}, text), ...back);
  }
}

function createDrawer(name: InspectorSection, parts: PanelParts): Drawer {
  const { messages } = parts;
  const body = element('div', { class: 'body', part: 'body' });
  const node = element(
    'details',
    { class: 'section', part: 'section', 'data-section': name },
    element('summary', { part: 'summary' }, element('h3', {}, messages.sections[name])),
    body,
  );
  let panel: Panel | undefined;

  async function refresh(): Promise<void> {
    if (!node.open) return;
    try {
      if (panel === undefined) {
        body.replaceChildren(element('p', { class: 'note' }, messages.reading));
        const { createPanel } = await SECTIONS[name]();
        const made = (panel ??= createPanel(parts));
        await made.refresh();
        body.replaceChildren(...made.nodes);
      } else await panel.refresh();
    } catch (error) {
      panel = undefined;
      const again = button(messages.again, () => void refresh());
      body.replaceChildren(element('p', { role: 'alert' }, messages.failed(reasonOf(error))), again);
    }
  }

  node.addEventListener('toggle', () => void refresh());
  return {
    node,
    refresh,
    end() {
      panel?.end?.();
      panel = undefined;
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
