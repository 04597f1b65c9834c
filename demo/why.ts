import type { Explanation } from 'attune';
import { ago, youDid } from './ago.js';
import type { DemoItem } from './catalogue.js';
import { displayedSum } from './displayed-sum.js';
import { closeButton, closeOnBackdrop, element } from './element.js';

/** Rounds to 0.00, which is not worth a line. */
const NEGLIGIBLE = 0.005;

/** Shows why an item stands where it stands. */
export interface WhyDialog {
  open(item: DemoItem, position: number, explanation: Explanation): void;
}

export function createWhy(dialog: HTMLDialogElement): WhyDialog {
  closeOnBackdrop(dialog);
  return {
    open(item, position, explanation) {
      dialog.replaceChildren(
        element(
          'div',
          { class: 'sheet-body' },
          closeButton(dialog),
          element('h2', { id: 'why-title' }, `Why “${item.title}” is number ${position + 1}`),
          ...body(explanation),
        ),
      );
      dialog.showModal();
    },
  };
}

function body({ terms }: Explanation): HTMLElement[] {
  if (terms.length === 0) {
    return [element('p', {}, 'Nothing personal is in this order yet: things stand as the site gave them.')];
  }
  const { parts, total } = displayedSum(
    terms.map((term) => term.value),
    2,
  );
  const shown = terms.flatMap((term, i) => (parts[i] === 0 ? [] : [{ term, value: parts[i]! }]));
  const scale = scaleOf(shown.map(({ value }) => value));
  return [
    element('p', { class: 'hint' }, 'These are the very numbers that place it, and they add up to its score.'),
    element('ol', { class: 'terms' }, ...shown.map(({ term, value }) => termRow(term, value, scale))),
    element(
      'p',
      { class: 'term-total' },
      element('span', {}, 'Score'),
      element('b', { 'data-testid': 'score' }, signed(total)),
    ),
  ];
}

/** Where zero lies between the least and the greatest part, and how much a whole width is. */
interface Scale {
  readonly zero: number;
  readonly width: number;
}

function scaleOf(values: readonly number[]): Scale {
  const least = Math.min(0, ...values);
  const width = Math.max(0, ...values) - least || 1;
  return { zero: -least / width, width };
}

/** From an upright line at zero: to the right what lifts it, to the left what lowers it. The number beside says the same. */
function bar(value: number, { zero, width }: Scale): HTMLElement {
  const fill = element('i', { class: value < 0 ? 'lowers' : 'lifts' });
  fill.style.left = `${100 * (zero + Math.min(0, value) / width)}%`;
  fill.style.width = `${(100 * Math.abs(value)) / width}%`;
  const line = element('i', { class: 'zero' });
  line.style.left = `${100 * zero}%`;
  return element('span', { class: 'bar', 'aria-hidden': 'true' }, fill, line);
}

function termRow(term: Explanation['terms'][number], shown: number, scale: Scale): HTMLElement {
  const row = element(
    'li',
    { 'data-term': term.name },
    element('span', { class: 'term-label' }, term.label),
    element('span', { class: 'term-value' }, signed(shown)),
    bar(shown, scale),
  );
  const reasons = reasonRows(term, shown);
  if (reasons.length > 0) row.append(element('ul', { class: 'because' }, ...reasons));
  return row;
}

/** The interactions behind a term and what all others brought, adding up to the term as shown. */
function reasonRows({ value, because }: Explanation['terms'][number], shown: number): HTMLElement[] {
  const named = because.filter((reason) => Math.abs(reason.value) >= NEGLIGIBLE);
  if (named.length === 0) return [];
  const values = named.map((reason) => reason.value);
  const rest = value - values.reduce((sum, part) => sum + part, 0);
  const { parts } = displayedSum(Math.abs(rest) < NEGLIGIBLE ? values : [...values, rest], 2, shown);
  const texts = named.map(({ interaction, title }) => `${youDid(interaction.kind)} ${title}, ${ago(interaction.at)}`);
  return parts
    .map((part, i) => ({ part, text: texts[i] ?? 'Everything else' }))
    .filter(({ part, text }) => part !== 0 || text !== 'Everything else')
    .map(({ part, text }) =>
      element('li', {}, element('span', {}, text), element('span', { class: 'term-value' }, signed(part))),
    );
}

/** With a sign and two decimals; a true minus sign, which screen readers name. */
function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (text === '0.00') return '0.00';
  return `${value < 0 ? '−' : '+'}${text}`;
}
