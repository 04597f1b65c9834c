import { hashText } from '../core/hash.js';
import { addScaled, dot, isZero, norm, normalize, type Vector } from '../core/vector.js';
import { changesOf, excludedAt, type InterestChange, type InterestEdits } from './interest-edits.js';
import type { InterestGroup } from './interest-groups.js';
import type { EmbeddedInteraction } from './profile.js';

/** A group of likings as it was known under a name before. */
export interface KnownInterest {
  readonly id: string;
  readonly itemIds: readonly string[];
}

/** How an edited interest lies under one model. */
export interface AnchorPlace {
  /** Unit length; zeros where nothing is known of its items. */
  readonly centroid: Vector;
  /** Mean cosine of an item to the middle of the others. */
  readonly near: number;
  /** How far from the middle an item may lie: two standard deviations below `near`. */
  readonly least: number;
  readonly count: number;
}

/** A group with its id, and what the person said of it. */
export interface IdentifiedInterest extends InterestGroup {
  readonly id: string;
  readonly change: InterestChange;
}

/** What a "more" multiplies the weight of an interest's interactions by. Judgement: heard, and not all there is. */
const MORE = 2;

/**
 * Gives each group its id: that of an edited interest, or else of one found before, with which it shares more than half of
 * the smaller one's items; or of an edited one whose middle it has. A new one is called after its nearest item.
 *
 * @param before as found before, under any model
 */
export function identify(
  groups: readonly InterestGroup[],
  before: readonly KnownInterest[],
  edits: InterestEdits,
  places: ReadonlyMap<string, AnchorPlace>,
): IdentifiedInterest[] {
  const liked = new Set(groups.flatMap(({ itemIds }) => itemIds));
  const anchored = Object.entries(edits.anchors).map(([id, { itemIds }]) => ({ id, itemIds }));
  const ids = new Map<InterestGroup, string>();
  for (const known of [anchored, before]) {
    const pairs = groups.flatMap((group) =>
      known.map(({ id, itemIds }) => ({ group, id, shared: sharedPart(group.itemIds, itemIds, liked) })),
    );
    takeBest(ids, pairs, 0.5);
  }
  const middles = groups.flatMap((group) =>
    [...places].map(([id, place]) => ({
      group,
      id,
      shared: hasMiddle(group, place) ? 1 + dot(place.centroid, group.centroid) : 0,
    })),
  );
  takeBest(ids, middles, 0);
  const taken = new Set(ids.values());
  const changes = changesOf(edits);
  return groups.map((group) => {
    const id = ids.get(group) ?? newId(group, taken);
    taken.add(id);
    return { ...group, id, change: changes.get(id) ?? {} };
  });
}

/** Where the items of an edited interest lie. Rows of unit length, or zeros for what nobody understands. */
export function placeOfAnchor(rows: readonly Float32Array[], dim: number): AnchorPlace {
  const known = rows.filter((row) => row.length === dim && !isZero(row));
  const sum = new Float64Array(dim);
  for (const row of known) addScaled(sum, row, 1);
  const cosines = known.map((row) => {
    const others = sum.slice();
    addScaled(others, row, -1);
    return dot(row, others) / (norm(others) || 1);
  });
  const near = cosines.reduce((total, cosine) => total + cosine, 0) / (known.length || 1);
  const variance = cosines.reduce((total, cosine) => total + (cosine - near) ** 2, 0) / (known.length || 1);
  return { centroid: normalize(sum), near, least: near - 2 * Math.sqrt(variance), count: known.length };
}

/**
 * By what the weight of likings of an item is multiplied: 0 within an excluded interest, 2 within one of which the
 * person wants more, else 1. To an excluded one belong the items that it had, and of those that are liked only later the ones that
 * lie near it and nearer than to any other interest.
 */
export function factorOf(
  interests: readonly IdentifiedInterest[],
  edits: InterestEdits,
  places: ReadonlyMap<string, AnchorPlace>,
): (itemId: string, embedding: Float32Array, firstAt: number) => number {
  const changes = [...changesOf(edits)];
  const out = changes.filter(([, { excluded }]) => excluded).map(([id]) => ({ id, at: excludedAt(edits, id) }));
  const outIds = new Set(out.flatMap(({ id }) => edits.anchors[id]!.itemIds));
  const wanted = changes.filter(([, { excluded, more }]) => more && !excluded).map(([id]) => id);
  const moreIds = new Set(wanted.flatMap((id) => edits.anchors[id]!.itemIds));
  for (const { id, itemIds } of interests) if (wanted.includes(id)) for (const each of itemIds) moreIds.add(each);
  const others = interests.filter(({ change }) => !change.excluded);
  const isNear = (embedding: Float32Array, firstAt: number): boolean =>
    out.some(({ id, at }) => {
      const place = places.get(id);
      if (place === undefined || firstAt < at || place.centroid.length !== embedding.length) return false;
      const cosine = dot(place.centroid, embedding);
      return cosine >= place.least && others.every(({ centroid }) => dot(centroid, embedding) < cosine);
    });
  return (itemId, embedding, firstAt) => {
    if (outIds.has(itemId)) return 0;
    if (moreIds.has(itemId)) return MORE;
    return out.length > 0 && isNear(embedding, firstAt) ? 0 : 1;
  };
}

/** Part of the smaller one's items that both have; of the known one's only those still liked count. */
function sharedPart(own: readonly string[], known: readonly string[], liked: ReadonlySet<string>): number {
  const still = new Set(known.filter((id) => liked.has(id)));
  const shared = own.filter((id) => still.has(id)).length;
  return shared === 0 ? 0 : shared / Math.min(own.length, still.size);
}

/**
 * Whether a group is what an anchor was, though they share no item: whether their middles are as near as middles of two
 * draws from one group are. With cosines `near` to the middle, those of n and m items have
 * `1/√((1 + u/n)(1 + u/m))`, u = 1/near² − 1; twice as far is near enough. Judgement.
 */
function hasMiddle({ centroid, itemIds }: InterestGroup, place: AnchorPlace): boolean {
  if (place.count === 0 || place.near <= 0 || place.centroid.length !== centroid.length) return false;
  const u = 1 / place.near ** 2 - 1;
  const expected = 1 / Math.sqrt((1 + u / itemIds.length) * (1 + u / place.count));
  return dot(centroid, place.centroid) >= 1 - 2 * (1 - expected);
}

interface Pair {
  readonly group: InterestGroup;
  readonly id: string;
  readonly shared: number;
}

/** The best pairs above a bound, each group and each id once. */
function takeBest(ids: Map<InterestGroup, string>, pairs: readonly Pair[], above: number): void {
  const taken = new Set(ids.values());
  for (const { group, id, shared } of [...pairs].sort((a, b) => b.shared - a.shared)) {
    if (shared <= above || ids.has(group) || taken.has(id)) continue;
    ids.set(group, id);
    taken.add(id);
  }
}

/** A hash, so that an id tells nothing of an item that is forgotten later. */
function newId({ itemIds }: InterestGroup, taken: ReadonlySet<string>): string {
  const ids = itemIds.map((id) => `interest:${hashText(id)}`);
  return ids.find((id) => !taken.has(id)) ?? `${ids[0]}+`;
}

/** An interaction with its weight so many times as large. */
export function reweighed(entry: EmbeddedInteraction, factor = 1): EmbeddedInteraction {
  const { interaction } = entry;
  return factor === 1
    ? entry
    : { ...entry, interaction: { ...interaction, weight: (interaction.weight ?? 1) * factor } };
}
