import type { Profile, SliderDefinition } from '../index.js';
import { element } from './element.js';
import { type AnyAttune, createLink } from './link.js';
import { adoptEarly, PageElement } from './page-element.js';
import { moveSlider, onSliderMoves, type SliderMove } from './slider-moves.js';
import { createSliderRow, type SliderRow } from './slider-row.js';
import { polesOf, SLIDER_MESSAGES, type SliderMessages } from './slider-words.js';
import { SHARED_STYLE, SLIDERS_STYLE, style } from './styles.js';

/**
 * `<attune-sliders>`: every slider of an Attune, for the person to set and to hand back. It belongs to forms, with what the
 * person set themselves and nothing that was inferred. Events `input` and `change` bubble, with a {@link SliderMove} as `detail`.
 * See docs/elements.md for its attributes, parts and custom properties.
 */
export class AttuneSliders extends PageElement {
  static readonly formAssociated: boolean = true;
  static readonly observedAttributes: readonly string[] = ['sliders', 'name'];

  readonly #internals = this.attachInternals();
  readonly #root = this.attachShadow({ mode: 'open', delegatesFocus: true });
  readonly #link = createLink((attune) => this.#use(attune));
  readonly #rows = new Map<string, SliderRow>();
  #definitions: readonly SliderDefinition[] = [];
  #messages: SliderMessages = SLIDER_MESSAGES;
  #isDisabled = false;
  #drawn = '';
  /** What the browser brought back, before there was an Attune to take it. */
  #restored: Readonly<Record<string, number>> = {};

  constructor() {
    super();
    style(this.#root, SHARED_STYLE, SLIDERS_STYLE);
    this.#internals.role = 'group';
  }

  /** The Attune whose sliders they are. Default: the one on `globalThis`, as the script tag puts it there. */
  get attune(): AnyAttune | undefined {
    return this.#link.attune;
  }
  set attune(attune: AnyAttune | undefined) {
    this.#link.give(attune);
  }

  /**
   * The definitions that Attune was made with, which have the words at the ends; also as JSON in the attribute of this name.
   * Without them the ends read "less" and "more".
   */
  get sliders(): readonly SliderDefinition[] {
    return this.#definitions;
  }
  set sliders(definitions: readonly SliderDefinition[]) {
    this.#definitions = definitions;
    this.#redraw();
  }

  /** Texts in place of the English ones, all or some. */
  get messages(): SliderMessages {
    return this.#messages;
  }
  set messages(messages: Partial<SliderMessages>) {
    this.#messages = { ...SLIDER_MESSAGES, ...messages };
    this.#redraw();
  }

  /** Positions that the person set, by slider id. */
  get value(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#own());
  }

  get name(): string {
    return this.getAttribute('name') ?? '';
  }
  set name(name: string) {
    this.setAttribute('name', name);
  }

  get disabled(): boolean {
    return this.hasAttribute('disabled');
  }
  set disabled(disabled: boolean) {
    this.toggleAttribute('disabled', disabled);
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  /** Reads all positions again: after a `setSlider` of the page's own, which tells nobody. */
  refresh(): void {
    const { attune } = this;
    if (attune !== undefined) this.#show(attune, attune.profile());
  }

  connectedCallback(): void {
    adoptEarly(this, 'attune', 'sliders', 'messages', 'name', 'disabled');
    this.#link.connect();
  }

  disconnectedCallback(): void {
    this.#link.disconnect();
  }

  attributeChangedCallback(name: string, _: string | null, value: string | null): void {
    if (name === 'sliders') this.sliders = definitionsIn(value);
    else this.#submit();
  }

  formDisabledCallback(disabled: boolean): void {
    this.#isDisabled = disabled;
    this.#allow();
  }

  /** A form's reset hands every slider back. */
  formResetCallback(): void {
    for (const [id, row] of this.#rows) {
      if (row.own === null) continue;
      row.showOwn(null);
      this.#move(id, null, true);
    }
  }

  /**
   * With consent the log brings positions back, and may know better; without, they come back with the page like any field's.
   */
  formStateRestoreCallback(state: unknown): void {
    this.#restored = typeof state === 'string' ? (JSON.parse(state) as Record<string, number>) : {};
    if (this.attune !== undefined) this.#restore(this.attune);
  }

  #restore(attune: AnyAttune): void {
    const restored = Object.entries(this.#restored);
    this.#restored = {}; // once, also where it is not wanted
    if (isKept(attune)) return;
    for (const [id, position] of restored) if (this.#rows.get(id)?.own === null) moveSlider(attune, id, position);
  }

  #use(attune: AnyAttune | undefined): () => void {
    this.#redraw();
    if (attune === undefined) return () => undefined;
    const ends = [
      attune.on('profile', (profile) => this.#show(attune, profile)),
      attune.on('ready', () => this.refresh()),
      onSliderMoves(attune, ({ id, position }) => {
        const row = this.#rows.get(id);
        if (row === undefined || row.own === position) return;
        row.showOwn(position);
        this.#submit();
      }),
    ];
    this.#restore(attune);
    return () => ends.forEach((end) => end());
  }

  #redraw(): void {
    this.#drawn = '';
    const { attune } = this;
    if (attune === undefined) this.#draw(this.#definitions);
    else this.#show(attune, attune.profile());
  }

  #show(attune: AnyAttune, profile: Profile): void {
    this.#draw(profile.sliders);
    for (const state of profile.sliders) this.#rows.get(state.id)?.show(state);
    this.#note(
      profile.sliders.length === 0 ? this.#messages.none : attune.data.privacy === 'off' ? this.#messages.off : '',
    );
    this.#allow();
    this.#submit();
  }

  /** Makes the rows, where they are not those that are there. */
  #draw(sliders: readonly { readonly id: string; readonly label?: string }[]): void {
    const wanted = JSON.stringify(sliders.map(({ id, label }) => [id, label]));
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    this.#rows.clear();
    const messages = this.#messages;
    for (const { id, label = id } of sliders) {
      const poles = polesOf(
        this.#definitions.find((each) => each.id === id),
        messages,
      );
      const onMove = (position: number | null, isLast: boolean): void => this.#move(id, position, isLast);
      this.#rows.set(id, createSliderRow({ id, label, poles, messages, onMove }));
    }
    this.#root.replaceChildren(
      element(
        'div',
        { class: 'legend', part: 'legend', 'aria-hidden': 'true' },
        element('span', {}, messages.legendInferred),
        element('span', {}, messages.legendOwn),
      ),
      element('p', { class: 'note', part: 'note', role: 'status' }),
      element('div', { class: 'rows', part: 'sliders' }, ...[...this.#rows.values()].map(({ node }) => node)),
    );
    this.#note(sliders.length === 0 ? messages.waiting : '');
    this.#allow();
    this.#internals.ariaLabel = messages.title; // an attribute of the page's own goes before
  }

  /** One of the person's own moves; within an input event nothing else is read or drawn. */
  #move(id: string, position: number | null, isLast: boolean): void {
    const { attune } = this;
    if (attune === undefined) return;
    if (!isLast || position === null) moveSlider(attune, id, position);
    this.#submit();
    const detail: SliderMove = { id, position };
    const init = { detail, bubbles: true, composed: true };
    if (!isLast || position === null) this.dispatchEvent(new CustomEvent('input', init));
    if (isLast) this.dispatchEvent(new CustomEvent('change', init));
  }

  #note(text: string): void {
    const note = this.#root.querySelector<HTMLElement>('.note')!;
    if (note.textContent !== text) note.textContent = text;
    note.hidden = text === '';
    this.#root.querySelector<HTMLElement>('.legend')!.hidden = this.#rows.size === 0;
  }

  #allow(): void {
    const { attune } = this;
    const isIdle = this.#isDisabled || attune === undefined || attune.data.privacy === 'off';
    for (const row of this.#rows.values()) row.disable(isIdle);
  }

  #own(): [string, number][] {
    return [...this.#rows].flatMap(([id, { own }]) => (own === null ? [] : [[id, own]]));
  }

  /** What a form sends, and what the browser may bring back. */
  #submit(): void {
    const { attune } = this;
    const own = this.#own();
    const data = new FormData();
    for (const [id, position] of own) data.append(this.name === '' ? id : `${this.name}.${id}`, String(position));
    const isLeft = own.length === 0 || attune === undefined || isKept(attune);
    this.#internals.setFormValue(data, isLeft ? null : JSON.stringify(Object.fromEntries(own)));
  }
}

function isKept({ data }: AnyAttune): boolean {
  return data.consent === 'granted';
}

function definitionsIn(json: string | null): readonly SliderDefinition[] {
  try {
    const read: unknown = JSON.parse(json ?? '[]');
    if (Array.isArray(read)) return read as readonly SliderDefinition[];
    throw new TypeError('no list');
  } catch (error) {
    console.error(`<attune-sliders sliders=${json}>: pass a list as JSON.`, error); // the page lives on
    return [];
  }
}
