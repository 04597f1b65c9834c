import { addScaled, isZero, norm, normalize, type Vector } from '../core/vector.js';
import type { LinearTerm } from './ranking.js';
import { linearTerm } from './terms.js';

/**
 * What stands in for the taste of a person of whom little is known: what they say they like, what people like them like,
 * what is liked by most. Each link of the chain leaves to the next what it doesn't know, and all of it fades with evidence.
 */
export type PriorSource = 'stated' | 'cohort' | 'popular';

/** One link of the prior. */
export interface PriorPart {
  readonly source: PriorSource;
  /** Unit length. */
  readonly direction: Float64Array;
  /** Above 0; `Σ weight · direction` over the links has unit length. */
  readonly weight: number;
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

/** Stated texts that are worth as much as what others like. Measured in docs/evaluation.md, "Cold start". */
const HALF_STATED = 2;

/** Terms that are made of what the person did; refusals and sliders are never shrunk, because both act at once. */
const OWN: ReadonlySet<string> = new Set(['profile', 'session']);

/**
 * The prior, link by link: `n/(n + 2)` of n stated texts that are understood, the rest what the visit's groups like, or else
 * what is popular; whichever is there alone is all of it. Empty is neutral.
 */
export function choosePrior({ stated, cohort, popular }: PriorSources): readonly PriorPart[] {
  const understood = stated.filter((x) => !isZero(x));
  const said = meanDirection(understood);
  const groups = meanDirection(cohort);
  const others = isZero(groups) ? meanDirection(popular === undefined ? [] : [popular]) : groups;
  const share = understood.length / (understood.length + HALF_STATED);
  const links: readonly PriorPart[] = [
    { source: 'stated', direction: said, weight: share },
    { source: isZero(groups) ? 'popular' : 'cohort', direction: others, weight: 1 - share },
  ];
  const known = links.filter(({ direction }) => !isZero(direction));
  const sum = new Float64Array(known[0]?.direction.length ?? 0);
  for (const { direction, weight } of known) addScaled(sum, direction, weight);
  const length = norm(sum);
  return length === 0 ? [] : known.map((link) => ({ ...link, weight: link.weight / length }));
}

/**
 * `(1 − share) · own + share · prior`: terms of the person's own actions at their share, and each link of the prior as a term
 * of its own with the rest, first. They still sum to the score.
 *
 * @param share  in [0, 1], see `priorShare`
 * @param factor of the prior, ≥ 0, beside those that the other terms were made with
 */
export function withPrior(
  terms: readonly LinearTerm[],
  prior: readonly PriorPart[],
  share: number,
  factor: number,
): LinearTerm[] {
  const found = prior.map(({ source, direction, weight }) =>
    linearTerm(`prior:${source}`, LABELS[source], direction, share * factor * weight, null),
  );
  const shrunk = terms.map((term) =>
    OWN.has(term.name) ? { ...term, scale: (1 - share) * term.scale, offset: (1 - share) * term.offset } : term,
  );
  return [...found.filter((term) => term !== null), ...shrunk];
}

function meanDirection(rows: readonly Vector[]): Float64Array {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) addScaled(sum, row, 1);
  return normalize(sum);
}
