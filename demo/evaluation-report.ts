import type { Evaluation, Interval, PersonalEvaluation, RankerResult } from 'attune/lab';
import { element } from './element.js';
import { counted, table } from './trail.js';

/** Whose log it is, as a subject. */
export type Whose = 'you' | 'they';

/** Rankers by what they are for people. */
const NAMES: Readonly<Record<string, string>> = {
  random: 'Chance',
  'order given': 'The order given',
  'weighted mean': 'The mean of all that was liked',
  'weighted mean by place': 'What was liked last',
  attune: 'Attune',
};

/** What is to be said aloud, and what is to be seen below it. */
export interface Report {
  readonly words: string;
  readonly parts: readonly HTMLElement[];
}

/** Where nothing can be said yet. */
export function tooFew({ asked, needed }: PersonalEvaluation, whose: Whose): Report {
  return {
    words: `${counted(asked)} of ${needed} questions so far: too few to say.`,
    parts: [
      element(
        'p',
        { class: 'hint' },
        `A question is something new that ${whose} saved, shared or read in the last half of the log. With fewer than ` +
          `${needed} of them any order may look good, or bad, by luck.`,
      ),
    ],
  };
}

/** What was measured, in words and as tables. */
export function reportOf(evaluation: Evaluation, { asked, on }: PersonalEvaluation, whose: Whose): Report {
  const { rankers, k } = evaluation;
  const own = rankers.at(-1)!;
  const hits = Math.round(own.measures.hitRate.value * asked);
  const most = Math.max(...rankers.map(({ measures }) => measures.hitRate.high), 0.01);
  const inSlices = on === 'page' ? ' No Worker could be had, so the page did it, in slices.' : '';
  return {
    words:
      `Of ${counted(asked)} new things that ${whose} went on to, ${counted(hits)} were among the ${k} that Attune would ` +
      `have put first, out of ${counted(evaluation.log.items)}.${verdict(evaluation)}`,
    parts: [
      table(
        `What came next was among the first ${k}`,
        ['Order by', `Among ${k}`, 'NDCG'],
        rankers.map((ranker) => [
          nameOf(ranker.name),
          withBar(hitsOf(ranker, asked), ranker.measures.hitRate, most, ranker === own),
          spread(ranker.measures.ndcg, decimal),
        ]),
      ),
      table(
        'Attune less the others, on the same questions',
        ['Less', 'Points of 100', 'NDCG'],
        evaluation.comparisons.map(({ ranker, differences: { hitRate, ndcg } }) => [
          nameOf(ranker),
          spread(opposite(hitRate), points),
          spread(opposite(ndcg), signedDecimal),
        ]),
      ),
      chances(own),
      element(
        'p',
        { class: 'hint' },
        `In brackets: 95 % intervals, by drawing runs of these questions anew. NDCG counts a higher place for more.${inSlices}`,
      ),
    ],
  };
}

function nameOf(name: string): string {
  return NAMES[name] ?? name;
}

/** Than which others the product's order did surely better, or worse. */
function verdict({ comparisons }: Evaluation): string {
  const said = (words: string, last: string, is: (hitRate: Interval) => boolean, end = '.'): string => {
    const names = comparisons
      .filter(({ differences }) => is(differences.hitRate))
      .map(({ ranker }) => `“${nameOf(ranker)}”`);
    return names.length === 0
      ? ''
      : ` ${words} ${[names.slice(0, -1).join(', '), names.at(-1)!].filter(Boolean).join(last)}${end}`;
  };
  return (
    said('It did better than', ' and ', ({ high }) => high < 0) +
    said('It did worse than', ' and ', ({ low }) => low > 0) +
    said('It can’t be told apart from', ' or ', ({ low, high }) => low <= 0 && high >= 0, ' yet.')
  );
}

/** An interval by resampling says nothing where nothing was hit: then the count. */
function hitsOf({ measures: { hitRate } }: RankerResult, asked: number): string {
  return hitRate.value === 0 ? `none of ${counted(asked)}` : spread(hitRate, percent);
}

function withBar(text: string, { value, low, high }: Interval, most: number, isOwn: boolean): HTMLElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, given] of Object.entries({
    viewBox: '0 0 100 8',
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  }))
    svg.setAttribute(name, given);
  svg.setAttribute('class', isOwn ? 'span own' : 'span');
  const x = (share: number): number => (97 * share) / most;
  const part = (kind: string, from: number, width: number, y: number, height: number): void => {
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    rect.setAttribute('class', kind);
    for (const [name, given] of Object.entries({ x: from, y, width, height }))
      rect.setAttribute(name, given.toFixed(2));
    svg.append(rect);
  };
  part('ground', 0, 100, 3.5, 1);
  part('range', x(low), x(high) - x(low), 2.5, 3);
  part('mean', x(value), 2, 0, 8);
  return element('div', {}, text, svg);
}

/** What the probabilities were worth, where there were outcomes enough. */
function chances({ probabilities }: RankerResult): HTMLElement {
  if (probabilities === null)
    return element(
      'p',
      { class: 'hint' },
      'Chances are not judged yet: that needs two hundred cards that were in sight for a second, in the last half of the log.',
    );
  const { outcomes, frequency, brier, ece } = probabilities;
  return element(
    'p',
    { 'data-testid': 'measured-chances' },
    `Chances were given before ${counted(outcomes)} outcomes, of which ${percent(frequency)} % came true: Brier score ` +
      `${spread(brier, decimal)}, debiased calibration error ${spread(ece, decimal)}; lower is better.`,
  );
}

function opposite({ value, low, high }: Interval): Interval {
  return { value: -value, low: -high, high: -low };
}

function spread({ value, low, high }: Interval, written: (value: number) => string): string {
  const unit = written === percent ? '\u00a0%' : '';
  return `${written(value)}${unit} (${written(low)}\u00a0to\u00a0${written(high)})`; // a line ends before the bracket
}

function percent(share: number): string {
  return String(Math.round(100 * share));
}

function decimal(value: number): string {
  return value.toFixed(2);
}

function points(share: number): string {
  return signed(share, percent);
}

function signedDecimal(value: number): string {
  return signed(value, decimal);
}

function signed(value: number, written: (value: number) => string): string {
  const text = written(Math.abs(value));
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}
