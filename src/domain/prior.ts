import { addScaled, isZero, normalize, type Vector } from '../core/vector.js';
import type { LinearTerm } from './ranking.js';
import { linearTerm } from './terms.js';

/**
 * What stands in for the taste of a person of whom little is known: what they say they like, else what people like them
 * like, else what is liked by most, else nothing. The first that points anywhere is the prior; it fades with evidence.
 */
export type PriorSource = 'stated' | 'cohort' | 'popular';

/** A direction, of unit length, and where it came from. */
export interface Prior {
  readonly source: PriorSource;
  readonly direction: Float64Array;
}

/** What a prior may be made of; each may be empty. */
export interface PriorSources {
  /** Embeddings of the texts by which the person says what they like, as the encoder gave them. */
  readonly stated: readonly Vector[];
  /** Tastes, of unit length and centred, of the groups that the visit's context is of. */
  readonly cohort: readonly Vector[];
  /** The centred mean of popular content; undefined where none is known. */
  readonly popular: Vector | undefined;
}

const LABELS: Readonly<Record<PriorSource, string>> = {
  stated: 'Close to what you said you like',
  cohort: 'Close to what people like you like',
  popular: 'Close to what many like',
};

/** Terms that are made of what the person did; refusals and sliders are never shrunk, because both act at once. */
const OWN: ReadonlySet<string> = new Set(['profile', 'session']);

/**
 * The first of the chain that points anywhere: `normalize(Σ (x − m))` over stated texts, `normalize(Σ g)` over groups, the
 * mean of popular content. Undefined is neutral.
 *
 * @param mean m, the catalogue's mean item: what all items share says nothing about a person, whoever says it
 */
export function choosePrior({ stated, cohort, popular }: PriorSources, mean: Vector): Prior | undefined {
  const understood = stated.filter((x) => !isZero(x));
  const zeros = new Float64Array(mean.length);
  const chain: readonly (readonly [PriorSource, Float64Array])[] = [
    ['stated', meanDirection(understood, mean)],
    ['cohort', meanDirection(cohort, zeros)],
    ['popular', meanDirection(popular === undefined ? [] : [popular], zeros)],
  ];
  const [source, direction] = chain.find(([, found]) => !isZero(found)) ?? [];
  return source === undefined ? undefined : { source, direction: direction! };
}

/**
 * `(1 − share) · own + share · prior`: terms of the person's own actions at their share, and the prior as a term of its own
 * with the rest, first. They still sum to the score.
 *
 * @param share  in [0, 1], see `priorShare`
 * @param factor of the prior, ≥ 0, beside those that the other terms were made with
 */
export function withPrior(terms: readonly LinearTerm[], prior: Prior, share: number, factor: number): LinearTerm[] {
  const shrunk = terms.map((term) =>
    OWN.has(term.name) ? { ...term, scale: (1 - share) * term.scale, offset: (1 - share) * term.offset } : term,
  );
  const own = linearTerm('prior', LABELS[prior.source], prior.direction, share * factor, null);
  return own === null ? shrunk : [own, ...shrunk];
}

function meanDirection(rows: readonly Vector[], mean: Vector): Float64Array {
  const sum = new Float64Array(mean.length);
  for (const row of rows) {
    addScaled(sum, row, 1);
    addScaled(sum, mean, -1);
  }
  return normalize(sum);
}
