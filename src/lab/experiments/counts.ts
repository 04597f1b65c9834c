import { firstExposure } from '../../domain/experiment.js';
import { byTime, type Interaction } from '../../domain/interaction.js';
import { askSite } from '../../domain/item.js';
import { invalid } from '../../errors.js';
import { checkStudy, type Metric, metricsOf, type Study } from './study.js';

/** What is known of an experiment's people: whole numbers that can be added, and nothing that tells who, what or when. */
export interface StudyCounts {
  readonly experiment: string;
  /** By name of the arm. */
  readonly arms: Readonly<Record<string, ArmCounts>>;
}

/** Of one arm: people, and by metric the sum of their numbers and of the squares of these. */
export interface ArmCounts {
  readonly people: number;
  readonly sums: Readonly<Record<string, number>>;
  readonly squares: Readonly<Record<string, number>>;
}

/**
 * One person's part, from their log alone: one person in the arm they met first, or nobody while their window is open or if
 * they met none. Once it is there it never changes, whenever it is asked; so it counts once. O(log).
 *
 * @param interactions as `data.export()` gives them, in any order
 * @param now epoch ms
 * @throws AttuneError `input/invalid` for a study that makes no sense, or a metric that gives no number
 */
export function countPerson(study: Study, interactions: readonly Interaction[], now: number): StudyCounts {
  checkStudy(study);
  const { experiment, windowMs } = study;
  const met = firstExposure(experiment, interactions);
  const isOver = met !== undefined && met.at + windowMs < now;
  const events = isOver ? interactions.filter(({ at }) => at >= met.at && at <= met.at + windowMs).sort(byTime) : [];
  const numbers = isOver ? metricsOf(study).map((metric) => [metric.name, numberOf(metric, events)] as const) : [];
  return {
    experiment: experiment.id,
    arms: Object.fromEntries(
      experiment.arms.map((arm) => {
        const own = arm === met?.arm ? numbers : [];
        const of = (value: (x: number) => number): Record<string, number> =>
          Object.fromEntries(
            metricsOf(study).map(({ name }) => [name, value(own.find(([of]) => of === name)?.[1] ?? 0)]),
          );
        return [arm, { people: own.length > 0 ? 1 : 0, sums: of((x) => x), squares: of((x) => x * x) }];
      }),
    ),
  };
}

function numberOf({ name, value, range: [low, high] }: Metric, events: readonly Interaction[]): number {
  const number = askSite(name, () => value(events));
  if (typeof number !== 'number' || Number.isNaN(number)) throw invalid(name, number, 'Its `value` gives a number.');
  return Math.min(high, Math.max(low, Math.round(number)));
}

/**
 * What several counts come to together: of the same experiment, arms and metrics.
 *
 * @throws AttuneError `input/invalid` for others, and for what are no counts
 */
export function sumCounts(counts: readonly StudyCounts[]): StudyCounts {
  const [first] = counts;
  if (first === undefined) throw invalid('counts', counts, 'Pass one or more.');
  const shape = shapeOf(first);
  for (const each of counts) {
    if (shapeOf(each) !== shape) throw invalid('counts', shapeOf(each), `They are all of ${shape}.`);
  }
  const added = (of: (each: StudyCounts) => number): number => counts.reduce((sum, each) => sum + of(each), 0);
  return {
    experiment: first.experiment,
    arms: Object.fromEntries(
      Object.entries(first.arms).map(([arm, { sums }]) => {
        const all = (field: 'sums' | 'squares'): Record<string, number> =>
          Object.fromEntries(Object.keys(sums).map((name) => [name, added(({ arms }) => arms[arm]![field][name]!)]));
        return [arm, { people: added(({ arms }) => arms[arm]!.people), sums: all('sums'), squares: all('squares') }];
      }),
    ),
  };
}

/** Names in one text, for those that must be alike. @throws AttuneError `input/invalid` for numbers that are no counts */
function shapeOf(counts: StudyCounts): string {
  const { experiment, arms } = counts ?? {};
  if (typeof experiment !== 'string' || arms === null || typeof arms !== 'object') {
    throw invalid('counts', counts, 'Pass what countPerson or sumCounts gave.');
  }
  const shapes = Object.entries(arms).map(([arm, { people, sums, squares }]) => {
    const numbers = [people, ...Object.values(sums), ...Object.values(squares)];
    if (!numbers.every(Number.isSafeInteger) || people < 0) throw invalid(arm, numbers, 'Counts are whole numbers.');
    return `${JSON.stringify(arm)}: ${Object.keys(sums)
      .sort()
      .map((name) => JSON.stringify(name))
      .join(' ')}`;
  });
  return `${JSON.stringify(experiment)} { ${shapes.sort().join(', ')} }`;
}

/** How many people an arm has at least before anything is told of it. Judgement: usual for published tables. */
const LEAST_PEOPLE = 20;

/**
 * What may be shown or handed on: arms of fewer than `least` people are left out whole. Nothing is told of all arms together,
 * from which one could be had back.
 */
export function releaseCounts(counts: StudyCounts, least: number = LEAST_PEOPLE): StudyCounts {
  shapeOf(counts);
  if (!(least >= 1)) throw invalid('least', least, 'It is 1 or more.');
  return {
    experiment: counts.experiment,
    arms: Object.fromEntries(Object.entries(counts.arms).filter(([, { people }]) => people >= least)),
  };
}
