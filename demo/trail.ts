import type { CalibrationDecision, CurveKind, ReliabilityPoint, SliderCalibration, TrackBlock } from 'attune';
import { element } from './element.js';

const CAUSES: Readonly<Record<CalibrationDecision['cause'], string>> = {
  first: 'Enough outcomes for a first curve',
  growth: 'Enough outcomes for a firmer curve',
  change: 'Outcomes no longer came as foretold',
  age: 'Long enough since the last look',
};
const KINDS: Readonly<Record<CurveKind, string>> = {
  platt: 'a smooth curve (Platt)',
  temperature: 'one number (temperature)',
  isotonic: 'a rising curve (isotonic)',
};
const count = new Intl.NumberFormat('en');
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

/** A count as people write it: "1,000". */
export function counted(n: number): string {
  return count.format(n);
}

/** The audit trail: what was decided of a slider's curve, on how much, and with what loss. Newest first. */
export function trailTable(trail: readonly CalibrationDecision[]): HTMLElement {
  return table(
    'What was decided about its curve, newest first',
    ['After', 'Why', 'Decision', 'Losses'],
    trail.toReversed().map((entry) => [after(entry), CAUSES[entry.cause], decided(entry), losses(entry)]),
  );
}

/** The dots of the reliability diagram as numbers. */
export function reliabilityTable(points: readonly ReliabilityPoint[]): HTMLElement {
  return table(
    'Chances given, and how often they came true',
    ['Chance given', 'Came true', '95 % interval', 'Outcomes'],
    points.map(({ probability, frequency, low, high, count: n }) => [
      percent(probability),
      percent(frequency),
      `${percent(low)} to ${percent(high)}`,
      counted(n),
    ]),
  );
}

/** The course over time as numbers. */
export function courseTable(course: readonly TrackBlock[]): HTMLElement {
  return table(
    'Brier score of each 50 outcomes',
    ['After outcomes', 'Brier', 'Acted on'],
    course.map(({ seen, brier, frequency }) => [counted(seen), brier.toFixed(3), percent(frequency)]),
  );
}

/** What the diagrams amount to, for those who read no diagrams. */
export function inWords({ judged, brier, error, calibration }: SliderCalibration): string {
  if (judged === 0 || brier === null || calibration === 'none') return 'No chance was given yet.';
  const stray =
    error.squared <= 0
      ? 'no further from what happened than luck alone would put them'
      : `about ${(100 * error.ece).toFixed(1)} points of a hundred from what happened`;
  return (
    `Over the last n = ${counted(judged)} outcomes foretold, chances lay ${stray} ` +
    `(debiased calibration error ${error.ece.toFixed(3)}, ${error.bins} bins). Brier score: ${brier.toFixed(3)}. ` +
    `In force now: ${KINDS[calibration]}.`
  );
}

function after({ seen, at }: CalibrationDecision): string {
  return `${counted(seen)} outcomes, ${date.format(at)}`;
}

function decided({ decision, kind, challenger }: CalibrationDecision): string {
  if (decision === 'kept') return `Kept ${KINDS[kind]} against ${KINDS[challenger]}`;
  return `${decision === 'adopted' ? 'Adopted' : 'Re-fitted'} ${KINDS[kind]}`;
}

function losses({ championLoss, challengerLoss, heldOut }: CalibrationDecision): string {
  if (championLoss === null || challengerLoss === null) return 'no rival';
  return `old ${championLoss.toFixed(3)}, new ${challengerLoss.toFixed(3)} on ${counted(heldOut)} fresh outcomes`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Rows of cells, the first of each its heading. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly [string, ...(string | Node)[]])[],
): HTMLElement {
  return element(
    'table',
    { class: 'numbers' },
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
    element(
      'tbody',
      {},
      ...rows.map(([first, ...rest]) =>
        element('tr', {}, element('th', { scope: 'row' }, first), ...rest.map((cell) => element('td', {}, cell))),
      ),
    ),
  );
}
