import { meanRow } from '../../../core/statistics.js';
import { addScaled, dot, isZero, normalize } from '../../../core/vector.js';
import { interactionWeight, type KindWeights } from '../../../domain/interaction.js';
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
import type { AttuneOptions } from '../../../sdk/types.js';
import type { Ranker, ToldEvent } from '../ranker.js';
import type { ItemRows } from '../replay.js';

/** What `createAttune` takes that says how a person's taste is made and what it weighs. Plain data. */
export type TasteSettings = Pick<AttuneOptions<never>, 'temperature' | 'halfLifeMs' | 'sessionHalfLifeMs' | 'weights'>;

/** What the taste of a person is made of: items' rows, and the product's own rules for these kinds. */
export interface TasteOptions {
  readonly rows: ItemRows;
  readonly kindWeights: KindWeights;
  /** As the site has them; default the product's. */
  readonly settings?: TasteSettings | undefined;
  /** 1 for the items that the catalogue's mean is of; default all. */
  readonly offered?: Uint8Array | undefined;
}

/** How much of `ln(1 + actions on an item)` is added to a cosine. As in the reference of SPEC §8, the smaller of its two. */
const POPULARITY = 0.1;
/** How much of its weight an action keeps with each one after it, where place counts and time doesn't. As in the reference. */
const KEPT_A_PLACE = 0.5;
/** Actions after which less than a thousandth is left. */
const PLACES = 10;

/** Cosine to the weighted mean of what the person acted on: the product's `profile().embedding`, and nothing else. */
export function weightedMeanRanker(tastes: Tastes): Ranker {
  const score = tastes.along(({ known }) => known.long.direction);
  return { name: 'weighted mean', follow: tastes.follow, score };
}

/** The same, but each action weighs half as much as the one after it, whatever the time between them. */
export function placeMeanRanker(tastes: Tastes): Ranker {
  const score = tastes.along(({ last }, { data, dim }) => {
    const sum = new Float64Array(dim);
    for (const [back, { item, weight }] of last.entries()) {
      addScaled(sum, data.subarray(item * dim, (item + 1) * dim), weight * KEPT_A_PLACE ** back);
    }
    return normalize(sum);
  });
  return { name: 'weighted mean by place', follow: tastes.follow, score };
}

/** The weighted mean and `0.1 · ln(1 + actions)` of everybody on the item. */
export function popularMeanRanker(tastes: Tastes): Ranker {
  const mean = weightedMeanRanker(tastes);
  const counts: number[] = [];
  return {
    name: 'weighted mean + popularity',
    follow: tastes.follow,
    count: ({ item }) => void (counts[item] = (counts[item] ?? 0) + 1),
    score(person, at, scores) {
      mean.score(person, at, scores);
      counts.forEach((count, item) => (scores[item]! += POPULARITY * Math.log1p(count)));
    },
  };
}

/** What `rank` of the product gives without sliders, with all defaults or the site's settings: profile and session, centred, less what was turned down. */
export function productRanker(tastes: Tastes, taste: TasteOptions): Ranker {
  const mean = catalogueMean(taste);
  const score = tastes.along(({ known }) => ownDirection(known, mean, tastes.weights));
  return { name: 'attune', follow: tastes.follow, score };
}

/** The mean of all items that are offered and of which something is known. */
export function catalogueMean({ rows, offered }: Pick<TasteOptions, 'rows' | 'offered'>): Float64Array {
  const count = rows.data.length / rows.dim;
  const known = Array.from({ length: count }, (_, i) => i * rows.dim).filter(
    (at, i) => offered?.[i] !== 0 && !isZero(rows.data.subarray(at, at + rows.dim)),
  );
  return meanRow(rows.data, Int32Array.from(known), rows.dim);
}

/** The product's linear terms folded into one direction; `share` is what its likings stand at where a prior has the rest. */
export function ownDirection(
  { long, session, negative }: ProfileVectors,
  mean: Float64Array,
  weights: Tastes['weights'],
  share = 1,
): Float64Array {
  const q = new Float64Array(mean.length);
  addScaled(q, rocchio(centredDirection(long, mean), negative.direction, weights.rocchio), share * weights.profile);
  addScaled(q, centredDirection(session, mean), share * weights.session);
  addScaled(q, negative.direction, -weights.avoid);
  return q;
}

/** What is known of a person's taste. */
interface Taste {
  /** The log's number. */
  readonly user: number;
  readonly known: ProfileVectors;
  /** What they liked last, the newest first, and by how much. */
  readonly last: readonly { readonly item: number; readonly weight: number }[];
}

/** Of several directions each item has the best product. */
type Direction = (taste: Taste, rows: ItemRows) => Float64Array | readonly Float64Array[];

/** The tastes of all people, learned once for all rankers, and all their directions compared with the items in one pass. */
export interface Tastes {
  readonly weights: ReturnType<typeof resolveOptions>['weights'];
  readonly rules: ProfileRules;
  /** Learns of an event, however many rankers pass the same one on. */
  readonly follow: (event: ToldEvent) => void;
  /** Scores by the product of items and a direction; all 0 for a newcomer. */
  readonly along: (direction: Direction) => Ranker['score'];
}

/** Nobody known yet. */
export function createTastes({ rows, kindWeights, settings }: TasteOptions): Tastes {
  const { rules, weights } = resolveOptions({ ...settings, kinds: kindWeights });
  const states: ProfileState[] = [];
  const likings: { item: number; weight: number }[][] = [];
  const directions: Direction[] = [];
  let heard: ToldEvent | undefined;
  let asked: { readonly user: number; readonly at: number; readonly after: ToldEvent | undefined } | undefined;
  let scores: readonly Float64Array[] = [];
  const nobody = emptyProfile('evaluated', rows.dim, rules);

  function scoresFor(user: number, at: number, items: number): readonly Float64Array[] {
    if (asked?.user === user && asked.at === at && asked.after === heard) return scores;
    asked = { user, at, after: heard };
    scores = directions.map(() => new Float64Array(items));
    const state = states[user] ?? nobody;
    const taste = { user, known: readProfile(state, rules, at), last: likings[user] ?? [] };
    scoreAlong(
      directions.map((direction) => {
        const found = direction(taste, rows);
        return found instanceof Float64Array ? [found] : found;
      }),
      rows,
      scores,
    );
    return scores;
  }

  return {
    weights,
    rules,
    follow(event) {
      if (event === heard) return;
      heard = event;
      const { user, item, at } = event;
      const embedding = rows.data.subarray(item * rows.dim, (item + 1) * rows.dim);
      const interaction = { ...event, id: '', itemId: String(item) };
      states[user] = updateProfile(states[user] ?? nobody, [{ interaction, embedding }], rules, at);
      const weight = interactionWeight(interaction, rules.kinds, 1);
      if (weight > 0) likings[user] = [{ item, weight }, ...(likings[user] ?? []).slice(0, PLACES - 1)];
    },
    along(direction) {
      const number = directions.push(direction) - 1;
      return ({ user }, at, into) => into.set(scoresFor(user, at, into.length)[number]!);
    },
  };
}

/** Every row is read and widened once for all directions. O(items · dim · directions). */
function scoreAlong(
  directions: readonly (readonly Float64Array[])[],
  { data, dim }: ItemRows,
  into: readonly Float64Array[],
): void {
  const row = new Float64Array(dim);
  for (let i = 0; i < data.length / dim; i++) {
    for (let j = 0; j < dim; j++) row[j] = data[i * dim + j]!;
    for (let d = 0; d < directions.length; d++) into[d]![i] = bestProduct(directions[d]!, row);
  }
}

function bestProduct(directions: readonly Float64Array[], row: Float64Array): number {
  let best = -Infinity;
  for (const direction of directions) best = Math.max(best, dot(direction, row));
  return best;
}
