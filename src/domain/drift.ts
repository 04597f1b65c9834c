import {
  addRow,
  changeOdds,
  type ChangePrior,
  emptyGroups,
  type RowGroups,
  splitsOf,
  type Spread,
  spreadOf,
} from '../core/change-point.js';
import { isZero, type Vector } from '../core/vector.js';
import type { UndoneChange } from './interest-edits.js';
import { byTime, type Interaction, interactionWeight } from './interaction.js';
import type { EmbeddedInteraction, ProfileRules } from './profile.js';
import { PAUSE_MS } from './visits.js';

/** A person likes something else than before. */
export interface TasteChange {
  /** Epoch ms of the first liking of the new taste, and of the one by which it was found. */
  readonly at: number;
  readonly detectedAt: number;
  /** Log odds that there was a change, at least {@link THRESHOLD}. */
  readonly logOdds: number;
  /** How many likings told of it. */
  readonly evidence: number;
  /** Ids of the items liked before it since the last change, and from it until it was found; each once, oldest first. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What is known of a taste before anything is held against it. Judgement: spreads of fewer are guesses. */
const LEAST_LIKINGS = 32;
const LEAST_VISITS = 12;

/** What a new taste takes at least. Judgement: one visit is an errand, and so may be two likings, however far they lie from all before. */
const NEW_LIKINGS = 5;
const NEW_VISITS = 2;

/**
 * One visit of a hundred begins another taste, of ten such one is an errand of at most six visits, looked for among the last forty.
 * Measured in bench/drift: at .05 people who stay the same lose 1 to 2 %, without errands a gift costs twice as long.
 */
const PRIOR: ChangePrior = { change: 0.01, errand: 0.1, longest: 6, recent: 40 };

/** Log odds from which on a person is told. Measured in tests/unit/drift and bench/drift: of people who stay the same at most 2 % in 500 likings, mostly fewer. */
export const THRESHOLD = 9;

/** Less than this is lost of no liking: what is left of a change that is long over. */
const HARDLY = 0.01;

/** Likings that a log is looked at in: the newest 256 to 511. Judgement: milliseconds, and some months of most people. */
const BLOCK = 256;

/** The newest 256 to 511 of these, oldest first, from a multiple of 256 on, so that one more moves nothing. */
export function newestBlocks(likings: readonly Interaction[]): Interaction[] {
  return [...likings].sort(byTime).slice(Math.max(0, (Math.floor(likings.length / BLOCK) - 1) * BLOCK));
}

/** The likings among these that say something, oldest first: what changes are found in. */
export function likingsByTime(
  entries: readonly EmbeddedInteraction[],
  { kinds, temperature }: ProfileRules,
): EmbeddedInteraction[] {
  return entries
    .filter(
      ({ interaction, embedding }) => interactionWeight(interaction, kinds, temperature) > 0 && !isZero(embedding),
    )
    .sort((a, b) => byTime(a.interaction, b.interaction));
}

/** What holds still of likings. */
export interface Kept {
  /** Of one at an instant (epoch ms), in [0, 1]: what its weight is multiplied by. */
  readonly share: (at: number) => number;
  /** Instants of the change or errand that is most probable: of its first liking, and of the newest one that was looked at. */
  readonly from: number;
  readonly to: number;
}

/** Reads changes from likings, and goes on from what it looked at before where likings only came behind it. */
export interface ChangeReader {
  /**
   * The changes of taste among somebody's likings, oldest first: those that a person is told of, a function of the log alone. After each
   * liking the odds are taken that there was a change since the one before; from `THRESHOLD` on there was, where it is most
   * probable. An item counts once a visit.
   *
   * Yields between visits, each some milliseconds long at most, so that whoever runs it may pause.
   * O(n · dim · visits + n · visits²) for n likings that are new.
   *
   * @param liked by `likingsByTime`, of `newestBlocks`
   * @param mean of all items there are, as embeddings of items of which nothing else is known
   */
  find(liked: readonly EmbeddedInteraction[], mean: Vector): Generator<void, readonly TasteChange[]>;
  /**
   * How much of each liking holds still, by the posterior of all changes and errands in what `find` was given last: all of it, unless it is more
   * probable than not that it is of another taste than the present one, p; then `1 − (2p − 1)·(1 − n/256)`, n the likings since
   * (a mean over the ways to see it). O(visits²).
   *
   * @param undone changes that were none, as the person says: what lies before the last of them is of one stretch with it
   * @returns undefined where all of everything holds
   */
  keep(undone: readonly UndoneChange[]): Kept | undefined;
}

/** Visits as they were looked at. */
interface Visits {
  readonly groups: RowGroups;
  readonly mean: Vector;
  /** Number of the liking that each visit begins with, and its instant. */
  readonly starts: number[];
  readonly startsAt: number[];
  /** Items of the last visit. */
  readonly visited: Set<string>;
}

/** @param threshold of the log odds; another one for measurements alone */
export function createChangeReader(threshold: number = THRESHOLD): ChangeReader {
  let looked: readonly EmbeddedInteraction[] = [];
  let changes: TasteChange[] = [];
  let visits = noVisits(new Float64Array());
  /** Visit that the last change began with. */
  let since = 0;
  return {
    *find(liked, mean) {
      const isMore = looked.every((each, i) => isSame(each, liked[i])) && visits.mean.every((x, j) => x === mean[j]);
      if (!isMore || looked.length === 0) [looked, changes, visits, since] = [[], [], noVisits(mean.slice()), 0];
      let next = looked.length;
      looked = []; // who stops on the way begins anew
      for (; next < liked.length; next++) {
        if (begins(liked, next)) yield;
        if (!take(visits, liked, next)) continue;
        const found = foundIn(visits, since, liked, next, threshold);
        if (found === undefined) continue;
        changes.push(found.change);
        since = found.start;
      }
      looked = liked;
      return [...changes];
    },
    keep(undone) {
      const ends = looked.at(-1)?.interaction.at;
      if (ends === undefined) return undefined;
      const latest = undone.reduce((last, { from, to }) => (to > last.to ? { from, to } : last), NEVER);
      const from = visitAt(visits, latest.from);
      const { lost, visit } = lostOf(visits, from);
      const before = changes.findLast(
        ({ at, detectedAt }) => at < latest.from && !isUndone({ at, detectedAt }, undone),
      );
      if (undone.length > 0 && before !== undefined) {
        const until = visitAt(visits, before.at);
        lost.fill(Math.max(lost[0]!, faded(visits, until)), 0, until);
      }
      if (lost.every((part) => part === 0)) return undefined;
      const share = (at: number): number => 1 - lost[visitAt(visits, at)]!;
      return { share, from: visits.startsAt[visit]!, to: ends };
    },
  };
}

const NEVER: UndoneChange = { from: -Infinity, to: -Infinity };

/** By instants, because a liking that comes in late from another tab may move a change a little. */
export function isUndone(
  { at, detectedAt }: Pick<TasteChange, 'at' | 'detectedAt'>,
  undone: readonly UndoneChange[],
): boolean {
  return undone.some(({ from, to }) => at <= to && detectedAt >= from);
}

function noVisits(mean: Vector): Visits {
  return { groups: emptyGroups(mean.length), mean, starts: [], startsAt: [], visited: new Set() };
}

/** By the numbers too, because another model has others. */
function isSame(a: EmbeddedInteraction, b: EmbeddedInteraction | undefined): boolean {
  return a.interaction.id === b?.interaction.id && a.embedding.every((x, j) => x === b.embedding[j]);
}

/** Whether a visit begins with a liking. */
function begins(liked: readonly EmbeddedInteraction[], i: number): boolean {
  return i === 0 || liked[i]!.interaction.at - liked[i - 1]!.interaction.at > PAUSE_MS;
}

/** Whether it is another item of its visit. */
function take(visits: Visits, liked: readonly EmbeddedInteraction[], i: number): boolean {
  const { groups, mean, starts, startsAt, visited } = visits;
  const { interaction, embedding } = liked[i]!;
  const isFirst = begins(liked, i);
  if (isFirst) {
    starts.push(i);
    startsAt.push(interaction.at);
    visited.clear();
  }
  if (visited.has(interaction.itemId)) return false;
  visited.add(interaction.itemId);
  const row = Float64Array.from(embedding, (x, j) => x - mean[j]!);
  addRow(groups, row, isFirst);
  return true;
}

/** The last visit that begins not after an instant. */
function visitAt({ startsAt }: Visits, at: number): number {
  return Math.max(
    0,
    startsAt.findLastIndex((start) => start <= at),
  );
}

/** The first and last visit that another taste may begin with, and how likings spread; undefined where too few are known. */
function groundsOf(
  { groups }: Visits,
  from: number,
): { readonly first: number; readonly last: number; readonly spread: Spread } | undefined {
  const { countsBefore } = groups;
  const to = groups.sums.length;
  let [first, last] = [from + LEAST_VISITS, to - NEW_VISITS];
  while (first < to && countsBefore[first]! - countsBefore[from]! < LEAST_LIKINGS) first++;
  while (last >= first && countsBefore[to]! - countsBefore[last]! < NEW_LIKINGS) last--;
  const spread = last < first ? undefined : spreadOf(groups, from, to);
  return spread && { first, last, spread };
}

/** The change that likings tell of until `end`, if they do. */
function foundIn(
  visits: Visits,
  since: number,
  liked: readonly EmbeddedInteraction[],
  end: number,
  threshold: number,
): { readonly change: TasteChange; readonly start: number } | undefined {
  const grounds = groundsOf(visits, since);
  if (grounds === undefined) return undefined;
  const { groups, starts, startsAt } = visits;
  const { first, last, spread } = grounds;
  const { logOdds, start } = changeOdds(groups, since, starts.length, first, last, spread, PRIOR.change);
  if (logOdds < threshold) return undefined;
  const began = starts[start]!;
  const after = liked.slice(began, end + 1);
  const change = {
    at: startsAt[start]!,
    detectedAt: liked[end]!.interaction.at,
    logOdds,
    evidence: after.length,
    before: itemsOf(liked.slice(starts[since], began)),
    after: itemsOf(after),
  };
  return { change, start };
}

/** How much of each visit's likings holds no more, and the visit that the most probable change or errand began with. */
function lostOf(visits: Visits, from: number): { readonly lost: Float64Array; readonly visit: number } {
  const lost = new Float64Array(visits.starts.length);
  const grounds = groundsOf(visits, from);
  if (grounds === undefined) return { lost, visit: from };
  const { first, last, spread } = grounds;
  const [stays, ...others] = splitsOf(visits.groups, from, lost.length, first, last, spread, PRIOR);
  const elsewhere = new Float64Array(lost.length);
  for (const { start, left, back, probability } of others) {
    const ranges = [[left, back, left] as const, ...(start > from ? [[0, start, start] as const] : [])];
    for (const [begin, end, since] of ranges) {
      const part = probability * faded(visits, since);
      for (let i = begin; i < end; i++) {
        elsewhere[i]! += probability;
        lost[i]! += part;
      }
    }
  }
  for (const [i, p] of elsewhere.entries()) {
    lost[i]! *= p > 0.5 ? (2 * p - 1) / p : 0;
    if (lost[i]! < HARDLY) lost[i] = 0;
  }
  const { start, left } = others.reduce((best, each) => (each.probability > best.probability ? each : best), stays!);
  return { lost, visit: start > from ? start : left };
}

/** What is lost of what was liked before a change with a visit: less with each liking since, nothing after 256. */
function faded({ groups: { countsBefore } }: Visits, visit: number): number {
  return 1 - Math.min(1, (countsBefore.at(-1)! - countsBefore[visit]!) / BLOCK);
}

function itemsOf(entries: readonly EmbeddedInteraction[]): string[] {
  return [...new Set(entries.map(({ interaction }) => interaction.itemId))];
}
