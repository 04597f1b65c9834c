import type { Interval } from '../../core/bootstrap.js';
import { curvePlot, escaped, intervalPlot, reliabilityPlot } from './plots.js';
import { describe } from './report-text.js';
import type { Evaluation, Measure, RankerResult } from './summary.js';

const STYLE = `
:root { color-scheme: light dark; --c0: #1f6feb; --c1: #c2410c; --c2: #15803d; --c3: #9333ea; --c4: #0e7490; --c5: #be185d; --c6: #a16207; --c7: #4b5563; --c8: #b91c1c; }
@media (prefers-color-scheme: dark) { :root { --c0: #79b0ff; --c1: #fb923c; --c2: #4ade80; --c3: #c084fc; --c4: #22d3ee; --c5: #f472b6; --c6: #facc15; --c7: #9ca3af; --c8: #f87171; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
.wide { overflow-x: auto; }
th, td { padding: 0.25rem 0.7rem; text-align: right; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); white-space: nowrap; }
th:first-child { text-align: left; }
td small { display: block; opacity: 0.75; }
figure { margin: 1.5rem 0; }
figcaption { font-weight: 600; margin-bottom: 0.4rem; }
svg { max-width: 100%; height: auto; font-size: 12px; }
.grid { stroke: currentColor; stroke-opacity: 0.2; }
.few { display: flex; flex-wrap: wrap; gap: 1rem; }
`;

/** Figures beside those of an order, by their column's name. */
const PROBABILITIES = [
  ['Brier', 'brier'],
  ['log loss', 'logLoss'],
  ['ECE', 'ece'],
] as const;

/**
 * An evaluation as one page of HTML that needs nothing else: no script, no font, no request. What is plotted stands in tables
 * too.
 */
export function reportHtml(evaluation: Evaluation, title: string): string {
  const { rankers, comparisons, k } = evaluation;
  const names: Readonly<Record<Measure, string>> = {
    hitRate: `HR@${k}`,
    ndcg: `NDCG@${k}`,
    reciprocalRank: 'MRR',
    diversity: `diversity of the first ${k}`,
  };
  const plotOf = (measure: Measure): string =>
    intervalPlot(
      names[measure],
      rankers.map(({ name, measures }) => ({ name, interval: measures[measure] })),
    );
  const judged = rankers.filter(({ probabilities }) => probabilities !== null);
  const against = comparisons[0]?.against ?? '';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<h1>${escaped(title)}</h1>
<p>${describe(evaluation).split('\n').map(escaped).join('<br>')}</p>
<h2>Orders</h2>
${tableOf([names.hitRate, names.ndcg, names.reciprocalRank, 'coverage', 'diversity'], rankers, orderCells)}
${plotOf('hitRate')}${plotOf('ndcg')}${plotOf('reciprocalRank')}
${curvePlot(
  'Hit rate by length of the list',
  rankers.map(({ name, hitRates }) => ({ name, values: hitRates })),
)}
${
  comparisons.length === 0
    ? ''
    : intervalPlot(
        `${names.ndcg} less that of ${against}, the same people drawn for both`,
        comparisons.map(({ ranker, differences }) => ({ name: ranker, interval: differences.ndcg })),
      )
}
${judged.length === 0 ? '' : probabilitiesOf(judged)}
</html>
`;
}

function probabilitiesOf(judged: readonly RankerResult[]): string {
  const { outcomes, frequency } = judged[0]!.probabilities!;
  return `<h2>Probabilities</h2>
<p>Each ranker's scores, calibrated as Attune calibrates, judged on ${outcomes} outcomes by the curve in force before each; ${Math.round(100 * frequency)} % came true.</p>
${tableOf(
  PROBABILITIES.map(([name]) => name),
  judged,
  ({ probabilities }) => PROBABILITIES.map(([, key]) => cellOf(probabilities![key])),
)}
<div class="few">${judged.map(({ name, probabilities }) => reliabilityPlot(name, probabilities!.reliability)).join('')}</div>`;
}

function orderCells({ measures, coverage }: RankerResult): string[] {
  const { hitRate, ndcg, reciprocalRank, diversity } = measures;
  return [cellOf(hitRate), cellOf(ndcg), cellOf(reciprocalRank), coverage.toFixed(3), cellOf(diversity)];
}

function tableOf(
  columns: readonly string[],
  rankers: readonly RankerResult[],
  cells: (ranker: RankerResult) => readonly string[],
): string {
  const head = columns.map((name) => `<th scope="col">${escaped(name)}`).join('');
  const rows = rankers.map(
    (ranker) =>
      `<tr><th scope="row">${escaped(ranker.name)}${cells(ranker)
        .map((cell) => `<td>${cell}`)
        .join('')}`,
  );
  return `<div class="wide"><table><tr><th>${head}${rows.join('')}</table></div>`;
}

function cellOf({ value, low, high }: Interval): string {
  return Number.isNaN(value) ? '–' : `${value.toFixed(4)}<small>${low.toFixed(4)} to ${high.toFixed(4)}</small>`;
}
