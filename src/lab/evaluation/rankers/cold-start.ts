import type { Priors } from '../../../core/priors-file.js';
import { addScaled, dotRow } from '../../../core/vector.js';
import { cohortKeys } from '../../../domain/cohort.js';
import { choosePrior, type PriorPart } from '../../../domain/prior.js';
import { priorShare } from '../../../domain/prior-share.js';
import type { EvaluationLog } from '../log.js';
import type { Ranker } from '../ranker.js';
import { catalogueMean, ownDirection, type TasteOptions, type Tastes } from './taste.js';

/** What is known of people before they do anything. */
export interface ColdStartSources {
  /** Embeddings of what people say they like, by user id. */
  readonly stated?: ReadonlyMap<string, readonly Float32Array[]> | undefined;
  /** What others like; it must be older than all targets. */
  readonly priors?: Priors | undefined;
}

/** Factor of the product's popularity term. */
const POPULARITY = 0.2;

/** The prior of each person, by the log's number, from what of the chain is given. */
type PriorOf = (user: number) => readonly PriorPart[];

/**
 * What `rank` gives a newcomer by each link of the chain alone, whatever the log says of the person: what they would see at
 * their first visit. Last, `attune + prior`: the product with the whole chain, as the person's own actions come in.
 */
export function coldStartRankers(
  log: Pick<EvaluationLog, 'items' | 'users' | 'user' | 'contexts'>,
  taste: TasteOptions,
  tastes: Tastes,
  { stated, priors }: ColdStartSources,
): Ranker[] {
  const mean = catalogueMean(taste);
  const groups = groupsOf(log);
  const chain =
    (links: ColdStartSources & { readonly isPopular: boolean }): PriorOf =>
    (user) =>
      choosePrior({
        stated: links.stated?.get(log.users[user]!) ?? [],
        cohort: groups[user]!.flatMap((key) => links.priors?.groups.get(key) ?? []),
        popular: links.isPopular ? priors?.popular : undefined,
      });
  const popularity = log.items.map(({ id }) => POPULARITY * (priors?.popularity.get(id) ?? 0));
  const newcomer = (name: string, priorOf: PriorOf): Ranker => ({
    name: `newcomer, ${name}`,
    score({ user }, _at, scores) {
      const q = foldedPrior(priorOf(user), taste.rows.dim, 1);
      for (let i = 0; i < scores.length; i++) {
        scores[i] = dotRow(q, taste.rows.data, i * taste.rows.dim) + popularity[i]!;
      }
    },
  });
  return [
    ...(stated === undefined ? [] : [newcomer('stated', chain({ stated, isPopular: false }))]),
    ...(priors === undefined ? [] : [newcomer('cohort', chain({ priors, isPopular: false }))]),
    ...(priors?.popular === undefined ? [] : [newcomer('popular', chain({ isPopular: true }))]),
    newcomer('all links', chain({ stated, priors, isPopular: true })),
    withPriorRanker(tastes, mean, chain({ stated, priors, isPopular: true }), popularity),
  ];
}

function withPriorRanker(tastes: Tastes, mean: Float64Array, priorOf: PriorOf, popularity: readonly number[]): Ranker {
  const shares = new Map<number, number>();
  const along = tastes.along((known) => {
    const share = priorShare(known.known.evidence);
    shares.set(known.user, share);
    const prior = priorOf(known.user);
    const own = ownDirection(known.known, mean, tastes.weights, prior.length === 0 ? 1 : 1 - share);
    addScaled(own, foldedPrior(prior, own.length, share), 1);
    return own;
  });
  return {
    name: 'attune + prior',
    follow: tastes.follow,
    score(person, at, scores) {
      along(person, at, scores);
      for (let i = 0; i < scores.length; i++) scores[i]! += shares.get(person.user)! * popularity[i]!;
    },
  };
}

function foldedPrior(prior: readonly PriorPart[], dim: number, share: number): Float64Array {
  const q = new Float64Array(dim);
  for (const { direction, weight } of prior) addScaled(q, direction, share * weight);
  return q;
}

/** Keys of the groups of each person's first visit that was told of. */
function groupsOf({ users, user, contexts }: Pick<EvaluationLog, 'users' | 'user' | 'contexts'>): string[][] {
  const groups: string[][] = users.map(() => []);
  for (let e = (contexts?.length ?? 0) - 1; e >= 0; e--) {
    const keys = cohortKeys(contexts![e] ?? {});
    if (keys.length > 0) groups[user[e]!] = keys;
  }
  return groups;
}
