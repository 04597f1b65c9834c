import type { FoundationReport, RankedItem } from 'attune';
import type { DemoItem } from './catalogue.js';
import { element } from './element.js';
import './styles/model-report.css';

/** What the demo calls the kinds it tracks. */
const KINDS: Readonly<Record<string, string>> = {
  click: 'Open something',
  read: 'Read it',
  save: 'Save it',
  share: 'Share it',
  hide: 'Ask for less like it',
};
/** Places that people look at, and items named of those that came there or left. Judgement. */
const FIRST = 24;
const NAMED = 5;

/** Next kinds with their probabilities, and which items the model's term brought into the first places or out of them. */
export function modelReport(report: FoundationReport, ranking: readonly RankedItem<DemoItem>[]): HTMLElement[] {
  if (report.status !== 'on') return [element('p', {}, report.why ?? '')];
  if (report.userEmbedding === null) {
    return [element('p', {}, 'It goes by what you did, and you did nothing yet: open or save a few things.')];
  }
  return [
    element('h4', {}, 'What it expects you to do next'),
    kindTable(report),
    element('h4', {}, `What it moved among your first ${FIRST}`),
    movedTable(ranking),
  ];
}

function kindTable({ nextKinds }: FoundationReport): HTMLElement {
  return element(
    'table',
    { class: 'numbers', 'data-testid': 'next-kinds' },
    element('thead', {}, row('th', 'Next', 'Its estimate')),
    element(
      'tbody',
      {},
      ...nextKinds.map(({ kind, probability }) => {
        const cell = element('span', { class: 'estimate' }, `${Math.round(100 * probability)} %`);
        const bar = element('span', { class: 'estimate-bar', 'aria-hidden': 'true' });
        bar.style.transform = `scaleX(${probability})`;
        return row('td', KINDS[kind] ?? kind, element('span', { class: 'estimates' }, cell, bar));
      }),
    ),
  );
}

function movedTable(ranking: readonly RankedItem<DemoItem>[]): HTMLElement {
  const moved = movedBy(ranking);
  if (moved === undefined) return element('p', {}, 'The order on screen is without it: show your new order to see.');
  const { risen, fallen, fresh } = moved;
  return element(
    'div',
    { class: 'trust-record', 'data-testid': 'moved' },
    element('p', {}, `${fresh} of them would not be there without it.`),
    element(
      'table',
      { class: 'numbers' },
      element('thead', {}, row('th', 'Item', 'Without it', 'With it')),
      element(
        'tbody',
        {},
        ...[...risen, ...fallen].map(({ entry, without, place }) =>
          row('td', entry.item.title, String(without + 1), String(place + 1)),
        ),
      ),
    ),
  );
}

interface Moved {
  readonly entry: RankedItem<DemoItem>;
  readonly without: number;
  readonly place: number;
}

/** By the terms alone: a score without one of its terms is the score of the order without it. Undefined where the term is in none. */
function movedBy(
  ranking: readonly RankedItem<DemoItem>[],
): { readonly risen: readonly Moved[]; readonly fallen: readonly Moved[]; readonly fresh: number } | undefined {
  const rest = ranking.map((entry) => {
    const term = entry.terms.find(({ name }) => name === 'foundation');
    return term === undefined ? undefined : entry.score - term.value;
  });
  if (rest.length === 0 || rest.includes(undefined)) return undefined;
  const order = [...ranking.keys()].sort((a, b) => rest[b]! - rest[a]! || a - b);
  const places = new Map(order.map((index, without) => [index, without]));
  const all = ranking.map((entry, place): Moved => ({ entry, place, without: places.get(place)! }));
  const by = (a: Moved, b: Moved): number => Math.abs(b.without - b.place) - Math.abs(a.without - a.place);
  return {
    risen: all
      .filter(({ place, without }) => place < FIRST && place < without)
      .sort(by)
      .slice(0, NAMED),
    fallen: all
      .filter(({ place, without }) => without < FIRST && place > without)
      .sort(by)
      .slice(0, NAMED),
    fresh: all.filter(({ place, without }) => place < FIRST && without >= FIRST).length,
  };
}

function row(cell: 'td' | 'th', ...texts: readonly (string | Node)[]): HTMLElement {
  return element('tr', {}, ...texts.map((text) => element(cell, cell === 'th' ? { scope: 'col' } : {}, text)));
}
