import type { RankedItem } from 'attune';
import { fieldLabel, type DemoItem } from './catalogue.js';
import { element, find } from './element.js';

/** What the person did to an item, as its card shows it. */
export interface Marks {
  readonly saved: boolean;
}

/** A rendered card; `update` writes only what changed. */
export interface Card {
  readonly node: HTMLLIElement;
  /** Where it was last moved to, CSS pixels. */
  readonly y: number;
  moveTo(x: number, y: number): void;
  update(entry: RankedItem<DemoItem>, count: number, marks: Marks): void;
}

/** A term must weigh this much to be named on the card. Judgement: a tenth of what a term can do. */
const WORTH_NAMING = 0.1;

const template = find<HTMLTemplateElement>('#card-template');

/** A card for one item, from the template in index.html. */
export function createCard(item: DemoItem): Card {
  const node = find<HTMLLIElement>('li', template.content).cloneNode(true) as HTMLLIElement;
  node.dataset['id'] = item.id;
  node.dataset['field'] = item.field;
  find<SVGUseElement>('use', node).setAttribute('href', `#icon-${item.field}`);
  find('[data-part=field]', node).textContent = fieldLabel(item.field);
  find('[data-part=title]', node).textContent = item.title;
  find('[data-part=summary]', node).textContent = item.summary;
  find('[data-part=tags]', node).append(...item.tags.map((tag) => element('span', {}, tag)));
  const [open, save, share, less, why] = ['open', 'save', 'share', 'less', 'why'].map((name) =>
    find(`[data-action=${name}]`, node),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  open.setAttribute('aria-label', `Open ${item.title}`);
  save.setAttribute('aria-label', `Save ${item.title}`);
  share.setAttribute('aria-label', `Share ${item.title}`);
  less.setAttribute('aria-label', `Less like ${item.title}`);
  why.setAttribute('aria-label', `Why? ${item.title}`);

  const reasonNode = find('[data-part=reason]', node);
  let shown = { y: 0, transform: '', reason: '', position: -1, count: -1, saved: false };
  return {
    node,
    get y() {
      return shown.y;
    },
    moveTo(x, y) {
      const transform = `translate(${x}px, ${y}px)`;
      if (transform === shown.transform) return;
      node.style.transform = transform;
      shown = { ...shown, y, transform };
    },
    update({ terms, position }, count, { saved }) {
      const reason = reasonFor(terms);
      if (reason !== shown.reason) reasonNode.textContent = reason;
      if (position !== shown.position) node.setAttribute('aria-posinset', String(position + 1));
      if (count !== shown.count) node.setAttribute('aria-setsize', String(count));
      if (saved !== shown.saved) save.setAttribute('aria-pressed', String(saved));
      shown = { ...shown, reason, position, count, saved };
    },
  };
}

/** The term that moved an item most, in two words: "↑ Pace". */
function reasonFor(terms: RankedItem<DemoItem>['terms']): string {
  let top = terms[0];
  for (const term of terms) if (Math.abs(term.value) > Math.abs(top!.value)) top = term;
  if (top === undefined || Math.abs(top.value) < WORTH_NAMING) return '';
  return `${top.value > 0 ? '↑' : '↓'} ${top.label}`;
}
