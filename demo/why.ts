import type { Explanation } from 'attune';
import { ago, youDid } from './ago.js';
import type { DemoItem } from './catalogue.js';
import type { Contribution } from './diagrams.js';
import { displayedSum } from './displayed-sum.js';
import { closeButton, closeOnBackdrop, element } from './element.js';
import { plotting } from './plotting.js';

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
  const shown = terms.flatMap((term, i) => (parts[i] === 0 ? [] : [{ term, label: term.label, value: parts[i]! }]));
  return [
    element('p', { class: 'hint' }, 'These are the very numbers that place it, and they add up to its score.'),
    ...(shown.length === 0 ? [] : [plot(shown)]),
    element('ol', { class: 'terms' }, ...shown.map(({ term, value }) => termRow(term, value))),
    element(
      'p',
      { class: 'term-total' },
      element('span', {}, 'Score'),
      element('b', { 'data-testid': 'score' }, signed(total)),
    ),
  ];
}

/** The parts as bars. The list below says the same, and stands alone where the diagram can't be drawn. */
function plot(parts: readonly Contribution[]): HTMLElement {
  const lifting = parts.filter(({ value }) => value > 0).length;
  const host = element('div', {
    class: 'plot',
    role: 'img',
    'aria-label': `Bars: ${lifting} of ${parts.length} parts lift it; the list below has their numbers.`,
  });
  plotting.then(
    ({ drawContributions }) => drawContributions(host, parts),
    () => host.remove(),
  );
  return host;
}

function termRow(term: Explanation['terms'][number], shown: number): HTMLElement {
  const row = element(
    'li',
    { 'data-term': term.name },
    element('span', { class: 'term-label' }, term.label),
    element('span', { class: 'term-value' }, signed(shown)),
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
