import { meanRow } from '../../../core/statistics.js';
import { addScaled, dotRow, isZero } from '../../../core/vector.js';
import type { KindWeights } from '../../../domain/interaction.js';
import {
  centredDirection,
  emptyProfile,
  type ProfileRules,
  type ProfileState,
  type ProfileVectors,
  readProfile,
  rocchio,
  updateProfile,
} from '../../../domain/profile.js';
import { resolveOptions } from '../../../sdk/options.js';
import type { Ranker, ToldEvent } from '../ranker.js';
import type { ItemRows } from '../replay.js';

/** What the taste of a person is made of: items' rows, and the product's own rules for these kinds. */
export interface TasteOptions {
  readonly rows: ItemRows;
  readonly kindWeights: KindWeights;
  /** 1 for the items that the catalogue's mean is of; default all. */
  readonly offered?: Uint8Array;
}

/** How much of `ln(1 + actions on an item)` is added to a cosine. As in the reference of SPEC §8, the smaller of its two. */
const POPULARITY = 0.1;

/** Cosine to the weighted mean of what the person acted on: the product's `profile().embedding`, and nothing else. */
export function weightedMeanRanker(people: Profiles): Ranker {
  return {
    name: 'weighted mean',
    follow: people.follow,
    score: (person, at, scores) => scores.set(people.meanScores(person.user, at, scores.length)),
  };
}

/** The same and `0.1 · ln(1 + actions)` of everybody on the item. */
export function popularMeanRanker(people: Profiles): Ranker {
  const mean = weightedMeanRanker(people);
  const counts: number[] = [];
  return {
    name: 'weighted mean + popularity',
    follow: mean.follow!,
    count: ({ item }) => void (counts[item] = (counts[item] ?? 0) + 1),
    score(person, at, scores) {
      mean.score(person, at, scores);
      counts.forEach((count, item) => (scores[item]! += POPULARITY * Math.log1p(count)));
    },
  };
}

/** What `rank` of the product gives with all defaults and no sliders: profile and session, centred, less what was turned down. */
export function productRanker(people: Profiles, { rows, offered }: TasteOptions): Ranker {
  const { weights } = people;
  const count = rows.data.length / rows.dim;
  const known = Array.from({ length: count }, (_, i) => i * rows.dim).filter(
    (at, i) => offered?.[i] !== 0 && !isZero(rows.data.subarray(at, at + rows.dim)),
  );
  const mean = meanRow(rows.data, Int32Array.from(known), rows.dim);
  return {
    name: 'attune',
    follow: people.follow,
    score(person, at, scores) {
      const taste = people.read(person.user, at);
      if (taste === undefined) return;
      const turnedDown = taste.negative.direction;
      const q = new Float64Array(rows.dim);
      addScaled(q, rocchio(centredDirection(taste.long, mean), turnedDown, weights.rocchio), weights.profile);
      addScaled(q, centredDirection(taste.session, mean), weights.session);
      addScaled(q, turnedDown, -weights.avoid);
      scoreAlong(q, rows, scores);
    },
  };
}

/** The profiles of all people, made once for all rankers that read them. */
export interface Profiles {
  readonly weights: ReturnType<typeof resolveOptions>['weights'];
  /** Learns of an event, however many rankers pass the same one on. */
  readonly follow: (event: ToldEvent) => void;
  readonly read: (user: number, at: number) => ProfileVectors | undefined;
  /** Cosines of all items to the long taste, 0 for a newcomer; of whoever was asked about last. */
  readonly meanScores: (user: number, at: number, items: number) => Float64Array;
}

/** Nobody known yet. */
export function profilesOf({ rows, kindWeights }: TasteOptions): Profiles {
  const { rules, weights } = resolveOptions({ kinds: kindWeights });
  const states: ProfileState[] = [];
  let heard: ToldEvent | undefined;
  let scored: { readonly user: number; readonly at: number; readonly after: ToldEvent | undefined } | undefined;
  let scores = new Float64Array(0);
  const read: Profiles['read'] = (user, at) =>
    states[user] === undefined ? undefined : readProfile(states[user], rules, at);
  return {
    weights,
    read,
    follow(event) {
      if (event === heard) return;
      heard = event;
      states[event.user] = learned(states[event.user], event, rows, rules);
    },
    meanScores(user, at, items) {
      if (scored?.user === user && scored.at === at && scored.after === heard) return scores;
      scored = { user, at, after: heard };
      scores = new Float64Array(items);
      const known = read(user, at);
      if (known !== undefined) scoreAlong(known.long.direction, rows, scores);
      return scores;
    },
  };
}

function learned(
  state: ProfileState | undefined,
  { item, kind, at, weight }: ToldEvent,
  { data, dim }: ItemRows,
  rules: ProfileRules,
): ProfileState {
  const embedding = data.subarray(item * dim, (item + 1) * dim);
  const interaction = { id: '', kind, itemId: String(item), at, weight };
  return updateProfile(state ?? emptyProfile('evaluated', dim, rules), [{ interaction, embedding }], rules, at);
}

function scoreAlong(q: Float64Array, { data, dim }: ItemRows, scores: Float64Array): void {
  for (let i = 0; i < scores.length; i++) scores[i] = dotRow(q, data, i * dim);
}
