import { type Clusters, clusterRows, type WeightedRows } from '../core/kmeans.js';
import { leastSeparation } from '../core/separation.js';
import { addScaled, dotRow, isZero, normalize } from '../core/vector.js';
import { decay } from '../core/decay.js';
import { byTime, type Interaction, interactionWeight } from './interaction.js';
import type { EmbeddedInteraction, ProfileRules } from './profile.js';

/** Newest likings that interests are made of (SPEC §3). */
const NEWEST = 512;

/** Most interests of a person (SPEC §3), as many as a scan takes. */
const MOST = 8;

/** Least different items, and least share of the weight, of an interest. Judgement: fewer are an errand. */
const LEAST_ITEMS = 3;
const LEAST_SHARE = 0.05;

/**
 * What groups must be apart by (`leastSeparation`), and how much more where the smallest has few items: `4 + 10/items`.
 * Above what halves of a uniform taste show, 3.46. Measured in bench/interests: of people of one evenly spread taste 6 % are split.
 */
const APART = 4;
const DOUBT = 10;

/** Drawn starts a number of groups; the one that fits best is taken. Judgement. */
const STARTS = 2;

/** What a person liked lately, an item a row. */
export interface Likings {
  readonly itemIds: readonly string[];
  /** Directions of the items, weighted by `Σ w·2^(−age/h)` of what was done with them, h the long half-life. */
  readonly rows: WeightedRows;
  /** `Σ w·2^(−age/h)·x` of each item's interactions. */
  readonly sums: readonly Float64Array[];
  /** Epoch ms that the weights hold at. */
  readonly at: number;
}

/** One of a person's interests: likings of theirs that lie together. */
export interface InterestGroup {
  /** Ids of its items, the nearest to its middle first. */
  readonly itemIds: readonly string[];
  /** Unit length. */
  readonly centroid: Float64Array;
  /** `Σ w·x` and `Σ w` of its interactions, as they stand at `at` (epoch ms). */
  readonly sum: Float64Array;
  readonly total: number;
  readonly at: number;
  /** Its part of the weight of all of them, in (0, 1]. */
  readonly share: number;
}

/** The newest 512 of these that are likings and say something, newest first. */
export function newestLikings(entries: readonly EmbeddedInteraction[], rules: ProfileRules): EmbeddedInteraction[] {
  return entries
    .filter(({ interaction, embedding }) => weightOf(interaction, rules) > 0 && !isZero(embedding))
    .sort((a, b) => byTime(b.interaction, a.interaction))
    .slice(0, NEWEST);
}

/** Likings by item, with their weights at `now` (epoch ms); what is dated later counts as done now. */
export function likingsOf(liked: readonly EmbeddedInteraction[], rules: ProfileRules, now: number): Likings {
  const halfLifeMs = rules.longHalfLifeMs / rules.temperature;
  const items = new Map<string, { weight: number; readonly sum: Float64Array }>();
  for (const { interaction, embedding } of liked) {
    const item = items.get(interaction.itemId) ?? { weight: 0, sum: new Float64Array(embedding.length) };
    items.set(interaction.itemId, item);
    const left = weightOf(interaction, rules) * decay(now - interaction.at, halfLifeMs);
    item.weight += left;
    addScaled(item.sum, embedding, left);
  }
  const sums = [...items.values()].map(({ sum }) => sum);
  const dim = sums[0]?.length ?? 0;
  const data = new Float32Array(items.size * dim);
  sums.forEach((sum, i) => data.set(normalize(sum), i * dim));
  const weights = Float64Array.from(items.values(), ({ weight }) => weight);
  return { itemIds: [...items.keys()], rows: { data, dim, weights }, sums, at: now };
}

function weightOf(interaction: Interaction, { kinds, temperature }: ProfileRules): number {
  return interactionWeight(interaction, kinds, temperature);
}

/**
 * The interests of a person, one to eight, the largest first: the most groups by spherical k-means of which each two
 * stand apart. One, where no two do; none without likings. Yields between groupings, each some milliseconds long, so that whoever runs
 * it may pause. The same likings give the same interests.
 */
export function* findInterests(likings: Likings): Generator<void, InterestGroup[]> {
  const { itemIds, rows } = likings;
  let best = clusterRows(rows, 1, 0);
  for (let k = 2; k <= Math.min(MOST, itemIds.length / LEAST_ITEMS); k++) {
    const tried: Clusters[] = [];
    while (tried.length < STARTS) {
      yield;
      tried.push(clusterRows(rows, k, k * STARTS + tried.length));
    }
    const fittest = tried.reduce((one, other) => (other.fit > one.fit ? other : one));
    if (fittest.centroids.length === k && standApart(rows, fittest)) best = fittest;
  }
  return groupsOf(likings, best);
}

function standApart(rows: WeightedRows, clusters: Clusters): boolean {
  const counts = clusters.centroids.map((_, group) => clusters.assigned.filter((own) => own === group).length);
  const least = Math.min(...counts);
  const shares = sharesOf(rows, clusters);
  if (least < LEAST_ITEMS || Math.min(...shares) < LEAST_SHARE) return false;
  return leastSeparation(rows, clusters) >= APART + DOUBT / least;
}

function sharesOf({ weights }: WeightedRows, { centroids, assigned }: Clusters): number[] {
  const totals = centroids.map(() => 0);
  for (const [i, group] of assigned.entries()) if (group >= 0) totals[group]! += weights[i]!;
  const all = totals.reduce((sum, total) => sum + total, 0) || 1;
  return totals.map((total) => total / all);
}

function groupsOf({ itemIds, rows, sums, at }: Likings, clusters: Clusters): InterestGroup[] {
  const { centroids, assigned } = clusters;
  const { data, dim, weights } = rows;
  const shares = sharesOf(rows, clusters);
  return centroids
    .map((centroid, group) => {
      const members = [...assigned.keys()].filter((i) => assigned[i] === group);
      const near = new Map(members.map((i) => [i, dotRow(centroid, data, i * dim)]));
      const sum = new Float64Array(dim);
      for (const i of members) addScaled(sum, sums[i]!, 1);
      return {
        itemIds: members.sort((a, b) => near.get(b)! - near.get(a)! || a - b).map((i) => itemIds[i]!),
        centroid,
        sum,
        total: members.reduce((total, i) => total + weights[i]!, 0),
        at,
        share: shares[group]!,
      };
    })
    .sort((a, b) => b.share - a.share);
}
