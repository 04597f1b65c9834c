import type { CalibrationDecision, ReliabilityPoint, TrackBlock } from 'attune';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** CSS pixels. The reliability diagram is about square where a drawer is as wide as a phone. */
const HEIGHT = { reliability: 320, course: 210 };
const DASH = [5, 5];
/** Radius of a dot whose bin is the largest, and of one that is all but empty, CSS pixels. Judgement. */
const DOT = { least: 2, most: 6 };
/** Room for the numbers of an axis, and for its name, CSS pixels. */
const AXIS = { below: 28, beside: 44, name: 20 };
const AXIS_FONT = '12px system-ui, sans-serif';

/** Chance given against how often it came true: dots by the size of their bin, with 95 % intervals, on the diagonal when right. */
export function drawReliability(host: HTMLElement, points: readonly ReliabilityPoint[]): void {
  const xs = [0, ...points.map(({ probability }) => probability), 1];
  const largest = Math.max(...points.map(({ count }) => count));
  draw(host, [xs, xs, [null, ...points.map(({ frequency }) => frequency), null]], {
    height: HEIGHT.reliability,
    scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1] } },
    axes: [axis('Chance given', asPercent, AXIS.below), axis('Came true', asPercent, AXIS.beside)],
    series: [{}, line('--edge', DASH), line('--device')],
    hooks: {
      draw: [
        (plot) => {
          for (const point of points) {
            const x = plot.valToPos(point.probability, 'x', true);
            const y = (share: number): number => plot.valToPos(share, 'y', true);
            stroke(plot, '--device', x, y(point.low), y(point.high));
            const radius = DOT.least + (DOT.most - DOT.least) * Math.sqrt(point.count / largest);
            plot.ctx.fillStyle = color(plot, '--device');
            plot.ctx.beginPath();
            plot.ctx.arc(x, y(point.frequency), radius * uPlot.pxRatio, 0, 2 * Math.PI);
            plot.ctx.fill();
          }
        },
      ],
    },
  });
}

/** Brier score of each block, beside what its own share of positive outcomes would have scored; upright lines are decisions. */
export function drawCourse(
  host: HTMLElement,
  course: readonly TrackBlock[],
  trail: readonly CalibrationDecision[],
): void {
  const seen = course.map((block) => block.seen);
  const constant = course.map(({ frequency }) => frequency * (1 - frequency));
  draw(host, [seen, constant, course.map(({ brier }) => brier)], {
    height: HEIGHT.course,
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(0.3, max)] } },
    axes: [axis('Outcomes so far', String, AXIS.below), axis('Brier', (value) => value.toFixed(2), AXIS.beside)],
    series: [{}, line('--edge', DASH), line('--device')],
    hooks: {
      drawAxes: [
        (plot) => {
          const { top, height, left, width } = plot.bbox;
          for (const decision of trail) {
            const x = plot.valToPos(decision.seen, 'x', true);
            if (decision.decision === 'kept' || x < left || x > left + width) continue;
            stroke(plot, '--own', x, top, top + height);
          }
        },
      ],
    },
  });
}

/** Puts a plot into `host` that keeps its width and the page's colours; one that stood there before goes. */
function draw(host: HTMLElement, data: uPlot.AlignedData, options: Omit<uPlot.Options, 'width'>): void {
  host.replaceChildren();
  const plot = new uPlot(
    { ...options, width: host.clientWidth, legend: { show: false }, cursor: { show: false } },
    data,
    host,
  );
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const recolor = (): void => plot.redraw();
  const resized = new ResizeObserver(() => {
    if (!plot.root.isConnected) {
      resized.disconnect();
      dark.removeEventListener('change', recolor);
      plot.destroy();
    } else if (host.clientWidth > 0 && host.clientWidth !== plot.width) {
      plot.setSize({ width: host.clientWidth, height: options.height });
    }
  });
  resized.observe(plot.root); // tells of its leaving, too
  resized.observe(host);
  dark.addEventListener('change', recolor);
}

function axis(label: string, text: (value: number) => string, size: number): uPlot.Axis {
  return {
    label,
    labelFont: AXIS_FONT,
    labelSize: AXIS.name,
    font: AXIS_FONT,
    size,
    stroke: (plot) => color(plot, '--muted'),
    grid: { stroke: (plot) => color(plot, '--line'), width: 1 },
    ticks: { show: false },
    values: (_, values) => values.map(text),
  };
}

function line(name: string, dash?: number[]): uPlot.Series {
  return {
    stroke: (plot) => color(plot, name),
    width: dash === undefined ? 2 : 1.5,
    points: { show: false },
    ...(dash === undefined ? {} : { dash }),
  };
}

/** An upright line, in canvas pixels. */
function stroke(plot: uPlot, name: string, x: number, from: number, to: number): void {
  const { ctx } = plot;
  ctx.strokeStyle = color(plot, name);
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(x, from);
  ctx.lineTo(x, to);
  ctx.stroke();
}

/** A colour of tokens.css, as it is now: light or dark. */
function color({ root }: uPlot, name: string): string {
  return getComputedStyle(root).getPropertyValue(name);
}

function asPercent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
