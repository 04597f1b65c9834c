import type { Attune, SliderCalibration } from 'attune';
import type { DemoItem } from './catalogue.js';
import { button, element } from './element.js';
import { plotting } from './plotting.js';
import { SLIDERS } from './sliders.js';
import type { SyntheticRecord } from './synthetic.js';
import { counted, courseTable, inWords, reliabilityTable, trailTable } from './trail.js';

/** "How far can the probabilities be trusted?": a slider's record, the person's own or a synthetic one's. */
export interface Trust {
  readonly node: HTMLElement;
  /** Reads the record again if the section is open. */
  refresh(): Promise<void>;
}

/** Outcomes before Attune calls anything a probability: docs/decisions.md. */
const FIRST_CURVE = 100;
const OWN_LABELS: ReadonlyMap<string, string> = new Map(SLIDERS.map(({ id, label }) => [id, label]));

/** The synthetic person is not loaded before someone asks for it. */
export function createTrust(attune: () => Attune<DemoItem> | undefined): Trust {
  const whose = element('p', { class: 'hint', role: 'status', 'data-testid': 'trust-whose' });
  const choice = element('select', { id: 'trust-slider', 'data-testid': 'trust-slider' });
  const record = element('div', { class: 'trust-record', 'data-testid': 'trust-record' });
  const toggle = button('Show with a synthetic person', () => void swap(), { 'data-testid': 'trust-synthetic' });
  const node = element(
    'details',
    { class: 'trust', 'data-testid': 'trust' },
    element('summary', {}, element('h3', {}, 'How far can the probabilities be trusted?')),
    element(
      'div',
      { class: 'trust-body' },
      whose,
      element('div', { class: 'row' }, element('label', { for: choice.id }, 'Slider'), choice, toggle),
      record,
      element('p', { class: 'hint' }, 'The synthetic person is fetched from this site when first asked for.'),
    ),
  );
  let synthetic: SyntheticRecord | undefined;
  let calibrations: readonly SliderCalibration[] = [];
  let drawn = '';
  let calls = 0;

  async function refresh(): Promise<void> {
    const call = ++calls;
    if (!node.open) return;
    const read = synthetic?.calibrations ?? (await attune()?.calibration()) ?? [];
    if (call !== calls) return;
    calibrations = read;
    offer(synthetic?.labels ?? OWN_LABELS);
    toggle.textContent = synthetic === undefined ? 'Show with a synthetic person' : 'Back to your own';
    whose.textContent =
      synthetic === undefined
        ? 'This is your own record, made and kept on this device.'
        : `This is a synthetic person, not you: ${synthetic.visits} invented visits to invented things, and half-way ` +
          'through they begin to act twice as often. The numbers are made by the same code that makes yours.';
    draw();
  }

  /** The sliders to choose from; the chosen one stays chosen where there still is one of its name. */
  function offer(labels: ReadonlyMap<string, string>): void {
    const chosen = choice.value;
    choice.replaceChildren(
      ...calibrations.map(({ slider }) => element('option', { value: slider }, labels.get(slider) ?? slider)),
    );
    if (calibrations.some(({ slider }) => slider === chosen)) choice.value = chosen;
  }

  function draw(): void {
    const shown = calibrations.find(({ slider }) => slider === choice.value);
    const state = JSON.stringify([synthetic !== undefined, shown?.slider, shown?.versions, shown?.outcomes]);
    if (shown === undefined || state === drawn) return;
    drawn = state;
    record.replaceChildren(...(shown.calibration === 'none' ? tooFew(shown) : recordOf(shown)));
  }

  async function swap(): Promise<void> {
    if (synthetic !== undefined) synthetic = undefined;
    else {
      whose.textContent = 'Inventing a person, and watching them for a while…';
      toggle.disabled = true;
      try {
        synthetic = await (await import('./synthetic.js')).syntheticRecord();
      } catch {
        whose.textContent = 'The synthetic person could not be loaded; with a connection, try again.';
        return;
      } finally {
        toggle.disabled = false;
        toggle.focus();
      }
    }
    await refresh();
  }

  node.addEventListener('toggle', () => void refresh());
  choice.addEventListener('change', draw);
  return { node, refresh };
}

function tooFew({ outcomes }: SliderCalibration): HTMLElement[] {
  return [
    element('p', {}, element('b', {}, `${counted(outcomes)} of ${FIRST_CURVE} outcomes so far.`)),
    element(
      'p',
      { class: 'hint' },
      'An outcome is a card that was in sight for a second, and whether you acted on it within half an hour. Until ' +
        `there are ${FIRST_CURVE}, scores order this page and nothing is called a probability. Cards are noted once you ` +
        'agreed that this device may keep what you do.',
    ),
  ];
}

function recordOf(shown: SliderCalibration): HTMLElement[] {
  const { reliability, course, trail } = shown;
  const parts: HTMLElement[] = [element('p', { 'data-testid': 'trust-words' }, inWords(shown))];
  const [first, last] = [reliability[0], reliability.at(-1)];
  if (first !== undefined && last !== undefined) {
    const sizes = reliability.map(({ count }) => count);
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    const resting = least === most ? counted(least) : `${counted(least)} to ${counted(most)}`;
    parts.push(
      figure({
        title: 'What was said, and what happened',
        plot: `Reliability diagram of ${reliability.length} dots, from ${asSaid(first)} to ${asSaid(last)}.`,
        caption: `On the dashed line a chance comes true as often as it says. Each dot rests on ${resting} outcomes; its upright line is the 95 % interval.`,
        table: reliabilityTable(reliability),
        draw: async (host) => (await plotting()).drawReliability(host, reliability),
      }),
    );
  }
  const [earliest, latest] = [course[0], course.at(-1)];
  if (earliest !== undefined && latest !== undefined && earliest !== latest) {
    parts.push(
      figure({
        title: 'Brier score over time',
        plot: `Brier score over ${counted(latest.seen)} outcomes, from ${earliest.brier.toFixed(3)} to ${latest.brier.toFixed(3)}; lower is better.`,
        caption:
          'Lower is better. Dashed: what always saying the share of those 50 outcomes, known afterwards, would have scored. Upright lines: a new curve.',
        table: courseTable(course),
        draw: async (host) => (await plotting()).drawCourse(host, course, trail),
      }),
    );
  }
  return [...parts, trailTable(trail)];
}

function asSaid({ probability, frequency }: SliderCalibration['reliability'][number]): string {
  return `${Math.round(100 * probability)} % said and ${Math.round(100 * frequency)} % come true`;
}

/** A diagram with its words and its numbers; the numbers stand where the diagram can't be drawn. */
function figure(parts: {
  readonly title: string;
  readonly plot: string;
  readonly caption: string;
  readonly table: HTMLElement;
  readonly draw: (host: HTMLElement) => Promise<void>;
}): HTMLElement {
  const host = element('div', { class: 'plot', role: 'img', 'aria-label': parts.plot });
  const numbers = element('details', {}, element('summary', {}, 'The same as a table'), parts.table);
  parts.draw(host).catch(() => {
    host.remove();
    numbers.open = true;
  });
  return element(
    'figure',
    {},
    element('h4', {}, parts.title),
    host,
    element('figcaption', { class: 'hint' }, parts.caption),
    numbers,
  );
}
