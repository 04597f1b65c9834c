type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with its attributes (true is an empty one, false and undefined none) and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children);
  return node;
}

/** A push button with a name people can read; `attributes` may add a class or a test id. */
export function button(label: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const node = element('button', { type: 'button', class: 'button', ...attributes }, label);
  node.addEventListener('click', onClick);
  return node;
}

/** One of the symbols in index.html. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** The element that index.html promises under this selector. */
export function find<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E {
  const node = root.querySelector<E>(selector);
  if (node === null) throw new Error(`index.html has no ${selector}`);
  return node;
}

/** The close button of a dialog, or of what `close` closes. */
export function closeButton(close: HTMLDialogElement | (() => void)): HTMLButtonElement {
  const node = element('button', { type: 'button', class: 'act close', 'aria-label': 'Close' }, icon('close'));
  node.addEventListener('click', () => (typeof close === 'function' ? close() : close.close()));
  return node;
}

/** Lets a click beside a modal dialog close it, as Escape does. */
export function closeOnBackdrop(dialog: HTMLDialogElement): void {
  dialog.addEventListener('pointerdown', (event) => {
    if (event.target === dialog) dialog.close();
  });
}
