import { codeDirection, type PriorsFile } from '../../core/priors-file.js';
import { addScaled, isZero, normalize } from '../../core/vector.js';
import { cohortKeys } from '../../domain/cohort.js';
import { isAction } from '../../domain/interaction.js';
import { invalid } from '../../errors.js';
import { type EvaluationLog, weightOf } from './log.js';
import { catalogueMean } from './rankers/taste.js';
import type { ItemRows } from './replay.js';

/** What a file of priors is made of. */
export interface PriorsOptions {
  /** Whose rows these are. */
  readonly modelVersion: string;
  /** Actions up to this instant, epoch ms; default all. */
  readonly until?: number;
  /** Fewest people that a group or an item's count may be of; default 20. */
  readonly least?: number;
}

/** Fewest people unless told otherwise. Judgement: none of them stands out, and their mean is worth something. */
const LEAST = 20;

/**
 * What a site ships for those it knows nothing of, from the logs of its people: each person's taste counts the same in
 * each group that they acted in, and each person once for an item. Of fewer than `least` people nothing is said.
 *
 * @param rows of the log's items, in its order
 * @throws AttuneError `input/invalid` where no group and no item is of enough people
 */
export function priorsOf(
  log: EvaluationLog,
  rows: ItemRows,
  { modelVersion, until = Infinity, least = LEAST }: PriorsOptions,
): PriorsFile {
  const { dim } = rows;
  const likings = likingsOf(log, until);
  const mean = catalogueMean({ rows });
  const groups = new Map<string, { people: number; readonly sum: Float64Array }>();
  const counts = new Map<number, number>();
  let [people, newest] = [0, -Infinity];
  for (const events of likings) {
    if (events.length === 0) continue;
    people++;
    newest = Math.max(newest, log.at[events.at(-1)!]!);
    for (const item of new Set(events.map((e) => log.item[e]!))) counts.set(item, (counts.get(item) ?? 0) + 1);
    for (const [key, taste] of tastesOf(log, rows, mean, events)) {
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = { people: 0, sum: new Float64Array(dim) }));
      group.people++;
      addScaled(group.sum, taste, 1);
    }
  }
  const items = [...counts]
    .filter(([, count]) => count >= least)
    .map(([item, count]) => [log.items[item]!.id, count, item] as const)
    .sort((a, b) => b[1] - a[1] || a[2] - b[2]); // items are in the order of their ids
  const large = [...groups].filter(([, group]) => group.people >= least && !isZero(group.sum));
  if (items.length === 0 && large.length === 0) {
    throw invalid('log', `${people} people`, `Nothing is liked by ${least} of them, and no group is of so many.`);
  }
  const popular = new Float64Array(dim);
  for (const [, count, item] of items) addLess(popular, rows, item, mean, count);
  return {
    ...{ format: 'attune-priors', version: 1, modelVersion, dim, people, until: newest, least },
    groups: Object.fromEntries(
      large
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, group]) => [key, { people: group.people, direction: codeDirection(group.sum) }]),
    ),
    popular: isZero(popular) ? null : codeDirection(popular),
    items: items.map(([id, count]) => [id, count]),
  };
}

/** Numbers of the events by which each person liked something, oldest first, by person. */
function likingsOf(log: EvaluationLog, until: number): number[][] {
  const byUser: number[][] = log.users.map(() => []);
  for (let e = 0; e < log.at.length && log.at[e]! <= until; e++) {
    if (isAction({ kind: log.kinds[log.kind[e]!]! }) && weightOf(log, e) > 0) byUser[log.user[e]!]!.push(e);
  }
  return byUser;
}

/** One person's taste in each group that they acted in: `normalize(Σ w · (x − m))`. */
function tastesOf(
  log: EvaluationLog,
  rows: ItemRows,
  mean: Float64Array,
  events: readonly number[],
): ReadonlyMap<string, Float64Array> {
  const sums = new Map<string, Float64Array>();
  for (const e of events) {
    for (const key of cohortKeys(log.contexts?.[e] ?? {})) {
      let sum = sums.get(key);
      if (sum === undefined) sums.set(key, (sum = new Float64Array(rows.dim)));
      addLess(sum, rows, log.item[e]!, mean, weightOf(log, e));
    }
  }
  return new Map(Array.from(sums, ([key, sum]) => [key, normalize(sum)] as const).filter(([, sum]) => !isZero(sum)));
}

/** Adds `weight · (x − m)`; nothing for an item of which nothing is known. */
function addLess(sum: Float64Array, { data, dim }: ItemRows, item: number, mean: Float64Array, weight: number): void {
  const row = data.subarray(item * dim, (item + 1) * dim);
  if (isZero(row)) return;
  addScaled(sum, row, weight);
  addScaled(sum, mean, -weight);
}
