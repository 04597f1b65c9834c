import type { SliderScore } from 'attune';
import { features, type Item } from './story.mjs';

/** An item with its score on each slider. */
export interface Scored {
  readonly item: Item;
  readonly scores: readonly SliderScore[];
}

/** A contribution this large fills its bar: about the most that one of six items gets here. */
const FULL = 0.3;

/** One item, chosen from the list above the table: each feature times its weight. */
export function showOne(all: readonly Scored[], chosen: string): void {
  const select = document.querySelector<HTMLSelectElement>('#item')!;
  select.replaceChildren(...all.map(({ item }) => new Option(item.title, item.id, false, item.id === chosen)));
  const show = (): void => {
    const { item, scores } = all.find((entry) => entry.item.id === select.value)!;
    fill(
      'one',
      `${item.title}: feature × weight = contribution`,
      scores.map((score) => scoreRow(score, true)),
    );
  };
  select.addEventListener('change', show);
  show();
}

/** All items in the order of this person. */
export function showAll(all: readonly Scored[]): void {
  const rows = all.flatMap(({ item, scores }) =>
    scores.map((score, i) => {
      const row = scoreRow(score, false);
      if (i === 0) row.prepend(Object.assign(cell('th', item.title), { rowSpan: scores.length, scope: 'rowgroup' }));
      return row;
    }),
  );
  fill('all', 'All items, in the order of this person', rows, ['item']);
  document.querySelector('#wait')!.remove();
}

function fill(id: string, title: string, rows: readonly Node[], first: readonly string[] = []): void {
  const head = document.createElement('tr');
  const names = [...first, 'slider', 'raw', 'probability (uncalibrated)', ...features.map(({ label }) => label)];
  head.append(...names.map((name) => Object.assign(cell('th', name), { scope: 'col' })));
  const table = document.querySelector<HTMLTableElement>(`#${id}`)!;
  table.replaceChildren();
  document.querySelector(`#${id}-title`)!.textContent = title;
  table.createTHead().append(head);
  table.createTBody().append(...rows);
}

function scoreRow(score: SliderScore, withProduct: boolean): HTMLElement {
  const row = document.createElement('tr');
  row.append(
    Object.assign(cell('th', score.slider), { scope: 'row' }),
    cell('td', signed(score.raw)),
    cell('td', score.probability.toFixed(3)),
    ...features.map(({ name }) => {
      const value = score.contributions[name];
      const product = `${signed(score.features[name])} × ${score.weights[name].toFixed(2)} = `;
      return cell('td', `${withProduct ? product : ''}${signed(value)}`, bar(value));
    }),
  );
  return row;
}

/** Right of the line adds, left of it takes away. */
function bar(value: number): HTMLElement {
  const node = document.createElement('span');
  node.className = value < 0 ? 'bar less' : 'bar';
  node.style.setProperty('--size', String(Math.min(1, Math.abs(value) / FULL)));
  return node;
}

function cell<K extends 'td' | 'th'>(tag: K, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.append(...children);
  return node;
}

/** With three decimals and a true minus sign, which screen readers name. */
function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
