import type { Interval } from '../../core/bootstrap.js';
import type { Evaluation } from './summary.js';

/** An evaluation for a terminal. */
export function reportText(evaluation: Evaluation): string {
  const { rankers, comparisons, k } = evaluation;
  const judged = rankers.some(({ probabilities }) => probabilities !== null);
  const table = [
    ['', `HR@${k}`, `NDCG@${k}`, 'MRR', 'coverage', 'diversity', ...(judged ? ['Brier', 'log loss', 'ECE'] : [])],
    ...rankers.map(({ name, measures, coverage, probabilities: p }) => [
      name,
      spread(measures.hitRate),
      spread(measures.ndcg),
      spread(measures.reciprocalRank),
      share(coverage),
      spread(measures.diversity),
      ...(judged ? [p?.brier, p?.logLoss, p?.ece].map((one) => (one === undefined ? '–' : spread(one))) : []),
    ]),
  ];
  const against = comparisons[0]?.against ?? '';
  const differences = [
    [`less ${against}`, `HR@${k}`, `NDCG@${k}`, 'MRR'],
    ...comparisons.map(({ ranker, differences: { hitRate, ndcg, reciprocalRank } }) => [
      ranker,
      ...[hitRate, ndcg, reciprocalRank].map((one) => spread(one, true)),
    ]),
  ];
  return `${describe(evaluation)}\n\n${aligned(table)}\n\n${aligned(differences)}\n`;
}

/** What was asked of what, in one line each. */
export function describe({ protocol, log, seed, resamples, resampled }: Evaluation): string {
  const { kind, share: part, priors, targets, repeats } = protocol;
  const asked =
    part === 0
      ? 'the last action of each log'
      : `the last ${Math.round(part * 100)} % of ${kind === 'global' ? 'all actions' : 'each log'}`;
  const known =
    kind === 'global'
      ? 'as they were at the cut'
      : priors === 'before'
        ? 'before each target'
        : 'of all first parts, whatever their dates';
  return [
    `${kind}: ${asked}; what everybody did counts ${known}`,
    `${targets === 'all' ? 'any action' : 'positive actions'}, ${repeats ? 'repeated ones too' : 'each item once'}; full ranking`,
    `${log.targets} targets of ${log.askedPeople} people (${log.people} in all), ${log.items} items, ${log.events} events, ${log.outcomes} outcomes` +
      (log.unknownTargets > 0 ? `; ${log.unknownTargets} targets on items not there yet` : ''),
    `each ${resampled === 'people' ? 'person' : 'question'} counts the same; 95 % by ${resamples} resamples of ${resampled === 'people' ? 'people' : 'runs of questions'}, seed ${seed}`,
  ].join('\n');
}

/** `.123 (.101 to .145)`, with the sign of a difference where asked. */
function spread({ value, low, high }: Interval, signed = false): string {
  return Number.isNaN(value) ? '–' : `${share(value, signed)} (${share(low, signed)} to ${share(high, signed)})`;
}

function share(value: number, signed = false): string {
  const text = Math.abs(value).toFixed(3).replace(/^0/, '');
  return `${value < 0 ? '−' : signed ? '+' : ''}${text}`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows
    .map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  '))
    .join('\n');
}
