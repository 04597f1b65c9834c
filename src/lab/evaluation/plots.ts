import type { Interval } from '../../core/bootstrap.js';
import type { ReliabilityPoint } from '../../core/metrics.js';

/** Plots as SVG text: shapes and words only, coloured by the page's `--c0` … `--c8`. */

/** Text as HTML and SVG have it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** A row of an interval plot. */
export interface PlottedInterval {
  readonly name: string;
  readonly interval: Interval;
}

const ROW = 26;
const LEFT = 190;
const WIDTH = 720;

/** Values with their intervals, one a line, on a scale that begins at 0 or below. Rows without a value are left empty. */
export function intervalPlot(title: string, rows: readonly PlottedInterval[]): string {
  const known = rows.flatMap(({ interval }) => [interval.low, interval.high, interval.value]).filter(Number.isFinite);
  const scale = scaleOf(Math.min(0, ...known), Math.max(0, ...known), LEFT, WIDTH - 60);
  const height = ROW * rows.length + 28;
  const marks = rows.map(({ name, interval: { value, low, high } }, i) => {
    const y = ROW * i + ROW / 2;
    const label = text(LEFT - 10, y + 4, name, 'end');
    if (!Number.isFinite(value)) return label;
    const [from, to, at] = [low, high, value].map((x) => scale.at(x)) as [number, number, number];
    const line = `<line x1="${from}" x2="${to}" y1="${y}" y2="${y}" stroke="var(--c${i % 9})" stroke-width="3"/>`;
    const dot = `<circle cx="${at}" cy="${y}" r="4.5" fill="var(--c${i % 9})"/>`;
    return label + line + dot + text(to + 8, y + 4, short(value), 'start');
  });
  return figure(title, WIDTH, height, gridOf(scale, ROW * rows.length) + marks.join(''));
}

/** Lines over list lengths 1, 2, …, the lengths on a logarithmic scale, each named where it ends. */
export function curvePlot(
  title: string,
  curves: readonly { readonly name: string; readonly values: readonly number[] }[],
): string {
  const [height, bottom, right] = [330, 300, WIDTH - LEFT];
  const most = Math.max(1e-9, ...curves.flatMap(({ values }) => values));
  const length = Math.max(...curves.map(({ values }) => values.length));
  const x = (n: number): number => round(50 + ((right - 50) * Math.log(n)) / Math.log(Math.max(2, length)));
  const y = (value: number): number => round(bottom - (bottom - 15) * (value / most));
  const steps = stepsOf(0, most).map(
    (value) =>
      `<line class="grid" x1="50" x2="${right}" y1="${y(value)}" y2="${y(value)}"/>${text(44, y(value) + 4, short(value), 'end')}`,
  );
  const lengths = [1, 2, 5, 10, 20, 50, 100]
    .filter((n) => n <= length)
    .map((n) => text(x(n), bottom + 20, String(n), 'middle'));
  const ends = apart(
    curves.map(({ values }) => y(values.at(-1) ?? 0)),
    14,
  );
  const lines = curves.map(({ name, values }, i) => {
    const points = values.map((value, n) => `${x(n + 1)},${y(value)}`).join(' ');
    const line = `<polyline points="${points}" fill="none" stroke="var(--c${i % 9})" stroke-width="2"/>`;
    return line + text(right + 8, ends[i]! + 4, name, 'start', `var(--c${i % 9})`);
  });
  return figure(title, WIDTH, height, [...steps, ...lengths, ...lines].join(''));
}

/** How often what was given a probability came true, with Wilson's intervals, beside the diagonal. */
export function reliabilityPlot(title: string, points: readonly ReliabilityPoint[]): string {
  const [size, left, bottom] = [230, 34, 200];
  const at = (value: number): number => round(left + (bottom - 10) * value);
  const up = (value: number): number => round(bottom - (bottom - 10) * value);
  const axes = [0, 0.5, 1].map(
    (value) =>
      `<line class="grid" x1="${left}" x2="${at(1)}" y1="${up(value)}" y2="${up(value)}"/>${text(left - 5, up(value) + 4, String(value), 'end')}${text(at(value), bottom + 18, String(value), 'middle')}`,
  );
  const diagonal = `<line class="grid" x1="${at(0)}" x2="${at(1)}" y1="${up(0)}" y2="${up(1)}"/>`;
  const marks = points.map(({ probability, frequency, low, high }) => {
    const x = at(probability);
    return `<line x1="${x}" x2="${x}" y1="${up(low)}" y2="${up(high)}" stroke="var(--c0)" stroke-width="2"/><circle cx="${x}" cy="${up(frequency)}" r="3.5" fill="var(--c0)"/>`;
  });
  return figure(title, size + 10, size - 4, [...axes, diagonal, ...marks].join(''));
}

interface Scale {
  readonly at: (value: number) => number;
  readonly steps: readonly number[];
}

function scaleOf(least: number, most: number, from: number, to: number): Scale {
  const span = most - least || 1;
  return { at: (value) => round(from + ((to - from) * (value - least)) / span), steps: stepsOf(least, most) };
}

/** Four to nine round numbers between the two. */
function stepsOf(least: number, most: number): number[] {
  const rough = (most - least) / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough)!;
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.floor(most / step) - first + 1 }, (_, i) => (first + i) * step);
}

function gridOf({ at, steps }: Scale, bottom: number): string {
  return steps
    .map(
      (step) =>
        `<line class="grid" x1="${at(step)}" x2="${at(step)}" y1="0" y2="${bottom}"/>${text(at(step), bottom + 18, short(step), 'middle')}`,
    )
    .join('');
}

/** Heights at least `gap` apart, in the order in which they were, moved down as little as that needs. */
function apart(heights: readonly number[], gap: number): number[] {
  const moved = [...heights];
  const order = [...heights.keys()].sort((a, b) => heights[a]! - heights[b]!);
  order.forEach((i, n) => {
    if (n > 0) moved[i] = Math.max(moved[i]!, moved[order[n - 1]!]! + gap);
  });
  return moved;
}

function figure(title: string, width: number, height: number, inside: string): string {
  const name = escaped(title);
  return `<figure><figcaption>${name}</figcaption><svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${name}">${inside}</svg></figure>`;
}

function text(x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end', fill = 'currentColor'): string {
  return `<text x="${x}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">${escaped(words)}</text>`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

function round(x: number): number {
  return Math.round(x * 10) / 10;
}
