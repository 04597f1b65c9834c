import { addRow, emptyGroups, movedAway, type Reference, referenceOf, type RowGroups } from '../core/drift.js';
import { decay } from '../core/decay.js';
import { isZero } from '../core/vector.js';
import { byTime, type Interaction, interactionWeight } from './interaction.js';
import type { EmbeddedInteraction, ProfileRules } from './profile.js';
import { PAUSE_MS } from './visits.js';

/** A person likes something else than before. */
export interface TasteChange {
  /** Epoch ms of the first liking of the new taste, and of the one by which it was found. */
  readonly at: number;
  readonly detectedAt: number;
  /** How far the new likings lie from those before: see `movedAway`, at least {@link THRESHOLD}. */
  readonly statistic: number;
  /** How many likings told of it. */
  readonly evidence: number;
  /** Ids of the items liked before it since the last change, and from it until it was found; each once, oldest first. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What is known of a taste before anything is held against it. Measured: fewer give more false alarms and find no more. */
const LEAST_LIKINGS = 32;
const LEAST_VISITS = 12;

/** Visits that a new taste is looked for in, at least and at most. One alone is an errand, and what the session's term is for. */
const FEWEST_VISITS = 2;
const MOST_VISITS = 12;

/** Statistic from which on likings are another taste's. Measured in tests/unit/drift and bench/drift: of people who stay the same at most 1 % in 500 likings. */
export const THRESHOLD = 9;

/** Likings that a log is looked at in: the newest 256 to 511. Judgement: milliseconds, and some months of most people. */
const BLOCK = 256;

/** What was liked before a change counts together for at most so much of what was liked since. Measured in bench/drift. */
const BEFORE_BY_SINCE = 0.5;

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

/** Finds changes, and goes on from what it looked at before where likings only came behind it. */
export interface ChangeFinder {
  /**
   * The changes of taste among somebody's likings, oldest first: a function of the log alone. After each liking the last 2 to 12 visits
   * are held against all before them (since the change before, if there was one); where they lie too far away, a change began with
   * the visit from which on they lie farthest. An item counts once a visit.
   *
   * Yields between visits, each some milliseconds long at most, so that whoever runs it may pause.
   * O(n · dim · (visits + 12²) + visits³) for n likings that are new.
   *
   * @param liked by `likingsByTime`, of `newestBlocks`
   * @see Siegmund & Venkatraman (1995) for the maximum over instants at which a change may have begun
   */
  find(liked: readonly EmbeddedInteraction[]): Generator<void, readonly TasteChange[]>;
}

/** Likings since the last change, as far as they were looked at. */
interface Stretch {
  readonly begin: number;
  readonly groups: RowGroups;
  /** Number of the liking that each visit begins with. */
  readonly starts: number[];
  readonly references: Reference[];
  /** Items of the last visit, and when it was left off. */
  visited: Set<string>;
  last: number;
}

/** @param threshold of the statistic; another one for measurements alone */
export function createChangeFinder(threshold: number = THRESHOLD): ChangeFinder {
  let looked: readonly EmbeddedInteraction[] = [];
  let changes: TasteChange[] = [];
  let stretch = stretchFrom(0, 0);
  return {
    *find(liked) {
      if (!looked.every((each, i) => isSame(each, liked[i]))) [looked, changes] = [[], []];
      if (looked.length === 0) stretch = stretchFrom(0, liked[0]?.embedding.length ?? 0);
      let next = looked.length;
      looked = []; // who stops on the way begins anew
      while (next < liked.length) {
        if (liked[next]!.interaction.at - stretch.last > PAUSE_MS) yield;
        const found = look(stretch, liked, next++, threshold);
        if (found === undefined) continue;
        changes.push(found.change);
        next = found.since;
        stretch = stretchFrom(next, stretch.groups.dim);
      }
      looked = liked;
      return [...changes];
    },
  };
}

/** A change with the number of the liking that it began with. */
interface Dated {
  readonly change: TasteChange;
  readonly since: number;
}

function stretchFrom(begin: number, dim: number): Stretch {
  return { begin, groups: emptyGroups(dim), starts: [], references: [], visited: new Set(), last: -Infinity };
}

/** By the numbers too, because another model has others. */
function isSame(a: EmbeddedInteraction, b: EmbeddedInteraction | undefined): boolean {
  return a.interaction.id === b?.interaction.id && a.embedding.every((x, j) => x === b.embedding[j]);
}

/** Takes in one more liking; the change that it tells of, if it does. */
function look(
  stretch: Stretch,
  liked: readonly EmbeddedInteraction[],
  i: number,
  threshold: number,
): Dated | undefined {
  const { begin, groups, starts, references } = stretch;
  const { interaction, embedding } = liked[i]!;
  const begins = interaction.at - stretch.last > PAUSE_MS;
  stretch.last = interaction.at;
  if (begins) {
    starts.push(i);
    stretch.visited = new Set();
  }
  if (stretch.visited.has(interaction.itemId)) return undefined;
  stretch.visited.add(interaction.itemId);
  addRow(groups, embedding, begins);
  const { from, statistic } = farthest(groups, references);
  if (statistic < threshold) return undefined;
  const since = starts[from]!;
  const after = liked.slice(since, i + 1);
  const change = {
    at: liked[since]!.interaction.at,
    detectedAt: interaction.at,
    statistic,
    evidence: after.length,
    before: itemsOf(liked.slice(begin, since)),
    after: itemsOf(after),
  };
  return { change, since };
}

/** The visit from which on likings lie farthest from those before. */
function farthest(groups: RowGroups, references: Reference[]): { readonly from: number; readonly statistic: number } {
  const visits = groups.sums.length;
  let best = { from: -1, statistic: 0 };
  for (let from = visits - FEWEST_VISITS; from >= Math.max(LEAST_VISITS, visits - MOST_VISITS); from--) {
    const reference = (references[from] ??= referenceOf(groups, from));
    if (reference.count < LEAST_LIKINGS) break;
    const statistic = movedAway(groups, from, reference);
    if (statistic > best.statistic) best = { from, statistic };
  }
  return best;
}

function itemsOf(entries: readonly EmbeddedInteraction[]): string[] {
  return [...new Set(entries.map(({ interaction }) => interaction.itemId))];
}

/**
 * By what the weight of each liking before a change is multiplied, so that together they weigh at most half as much as those
 * since: `min(1, max(½·W_since/W_before, n/256))`, W their decayed weights at `now` (epoch ms) and n the likings since. It rises
 * with each new one; at 1 the change leads no more.
 *
 * @param likings all there are
 * @returns in [0, 1]
 */
export function shareOfBefore(
  { at }: Pick<TasteChange, 'at'>,
  likings: readonly Interaction[],
  { kinds, temperature, longHalfLifeMs }: ProfileRules,
  now: number,
): number {
  let [before, since, count] = [0, 0, 0];
  for (const each of likings) {
    const weight = interactionWeight(each, kinds, temperature) * decay(now - each.at, longHalfLifeMs / temperature);
    if (each.at < at) before += weight;
    else {
      since += weight;
      count++;
    }
  }
  return before === 0 ? 1 : Math.min(1, Math.max((BEFORE_BY_SINCE * since) / before, count / BLOCK));
}
