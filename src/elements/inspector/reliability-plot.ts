import type { ReliabilityPoint } from '../../index.js';
import { drawn } from '../element.js';
import type { InspectorMessages } from './messages.js';

/** Side of the square in which shares from 0 to 1 are drawn, and the room around it, in the drawing's own unit. */
const SIDE = 200;
const EDGE = { start: 44, below: 40, around: 10 };
/** Radius of a dot whose bin is the largest, and of one that is all but empty. Judgement. */
const DOT = { least: 2, most: 5 };

/** Chance given against how often it came true: dots by the size of their bin, with 95 % intervals, on the diagonal when right. */
export function reliabilityPlot(
  points: readonly ReliabilityPoint[],
  words: string,
  messages: Pick<InspectorMessages, 'given' | 'cameTrue'>,
): SVGSVGElement {
  const x = (share: number): number => EDGE.start + SIDE * share;
  const y = (share: number): number => EDGE.around + SIDE * (1 - share);
  const line = (name: string, x1: number, y1: number, x2: number, y2: number): Node =>
    drawn('line', { class: name, x1: x(x1), y1: y(y1), x2: x(x2), y2: y(y2) });
  const text = (label: string, attributes: Record<string, string | number>): Node =>
    drawn('text', { 'text-anchor': 'middle', ...attributes }, label);
  const largest = Math.max(...points.map(({ count }) => count));
  const middle = EDGE.around + SIDE / 2;
  return drawn(
    'svg',
    {
      class: 'plot',
      part: 'plot',
      role: 'img',
      'aria-label': words,
      direction: 'ltr',
      viewBox: `0 0 ${EDGE.start + SIDE + EDGE.around} ${EDGE.around + SIDE + EDGE.below}`,
    },
    ...[0, 0.5, 1].flatMap((share) => [
      line('grid', share, 0, share, 1),
      line('grid', 0, share, 1, share),
      text(String(share), { x: x(share), y: y(0) + 15 }),
      text(String(share), { x: EDGE.start - 6, y: y(share) + 4, 'text-anchor': 'end' }),
    ]),
    line('ideal', 0, 0, 1, 1),
    ...points.flatMap(({ probability, frequency, low, high, count }) => [
      line('interval', probability, low, probability, high),
      drawn('circle', {
        class: 'dot',
        cx: x(probability),
        cy: y(frequency),
        r: DOT.least + (DOT.most - DOT.least) * Math.sqrt(count / largest),
      }),
    ]),
    text(messages.given, { x: x(0.5), y: y(0) + 33 }),
    text(messages.cameTrue, { x: 12, y: middle, transform: `rotate(-90 12 ${middle})` }),
  );
}
