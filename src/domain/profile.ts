import { addToSum, copySum, decay, type DecayedSum, emptySum, sumAt } from '../core/decay.js';
import { addScaled, dot, isZero, norm, normalize } from '../core/vector.js';
import { type Interaction, interactionWeight, type KindWeights } from './interaction.js';

/** How interactions become a profile. */
export interface ProfileRules {
  readonly kinds: KindWeights;
  /** Exponent on each weight: below 1 evens kinds out, above 1 sharpens them. Age is raised with it. */
  readonly temperature: number;
  readonly longHalfLifeMs: number;
  readonly sessionHalfLifeMs: number;
}

/** Half-life of the evidence behind an inferred slider position: 90 days (SPEC §4). */
const EVIDENCE_HALF_LIFE_MS = 90 * 86_400_000;

/** One interaction with the embedding of its item (unit length, or all zeros when nothing is known of it). */
export interface EmbeddedInteraction {
  readonly interaction: Interaction;
  readonly embedding: Float32Array;
}

/**
 * What the log adds up to under one model: decayed sums, equal to a replay of the log in any order, to rounding.
 * Interactions dated in the future wait in `future`, because they count as made now until their time comes.
 */
export interface ProfileState {
  readonly modelVersion: string;
  readonly long: DecayedSum;
  readonly session: DecayedSum;
  readonly negative: DecayedSum;
  readonly evidence: DecayedSum;
  readonly newestAt: number;
  readonly interactionCount: number;
  readonly future: readonly EmbeddedInteraction[];
  /** Ids of the items that were hidden, each once. */
  readonly hidden: readonly string[];
}

/** The kind by which a person wants an item gone, and less like it. */
export const HIDE = 'hide';

/** What an instant's reading of the profile holds: each sum as it stands, and its direction (unit length, or zeros). */
export interface Taste {
  readonly sum: DecayedSum;
  readonly direction: Float64Array;
}

/** The profile as one reads it at an instant. */
export interface ProfileVectors {
  /** Everything liked, long half-life. */
  readonly long: Taste;
  /** What was liked lately, session half-life. */
  readonly session: Taste;
  /** What was refused, long half-life. */
  readonly negative: Taste;
  /** Σ of positive weights with a 90-day half-life. */
  readonly evidence: number;
  /** Epoch ms of the newest interaction, at most now; `-Infinity` when there is none. */
  readonly newestAt: number;
  readonly interactionCount: number;
}

export function emptyProfile(modelVersion: string, dim: number, rules: ProfileRules): ProfileState {
  const t = rules.temperature; // (w·2^(-age/h))^t halves every h/t
  return {
    modelVersion,
    long: emptySum(dim, rules.longHalfLifeMs / t),
    session: emptySum(dim, rules.sessionHalfLifeMs / t),
    negative: emptySum(dim, rules.longHalfLifeMs / t),
    evidence: emptySum(0, EVIDENCE_HALF_LIFE_MS),
    newestAt: -Infinity,
    interactionCount: 0,
    future: [],
    hidden: [],
  };
}

/** The state after `batch`; the old one is left as it was. O(dim) an interaction. */
export function updateProfile(
  state: ProfileState,
  batch: readonly EmbeddedInteraction[],
  rules: ProfileRules,
  now: number,
): ProfileState {
  const sums = {
    long: copySum(state.long),
    session: copySum(state.session),
    negative: copySum(state.negative),
    evidence: copySum(state.evidence),
  };
  let newestAt = state.newestAt;
  const future: EmbeddedInteraction[] = [];
  const hidden = new Set(state.hidden);
  for (const entry of [...state.future, ...batch]) {
    const { at, kind, itemId } = entry.interaction;
    if (kind === HIDE) hidden.add(itemId); // whatever its time: a clock that was ahead must not bring it back
    if (at > now) {
      future.push(entry);
      continue;
    }
    newestAt = Math.max(newestAt, at);
    const weight = interactionWeight(entry.interaction, rules.kinds, rules.temperature);
    addTo(sums, entry.embedding, weight, at);
  }
  return {
    modelVersion: state.modelVersion,
    ...sums,
    newestAt,
    interactionCount: state.interactionCount + batch.length,
    future,
    hidden: [...hidden],
  };
}

type Sums = Pick<ProfileState, 'long' | 'session' | 'negative' | 'evidence'>;

/** Evidence has no direction: a sum over vectors of no numbers, whose `total` is all there is to it. */
const NOWHERE = new Float64Array(0);

/** A text nobody understands (all zeros) is evidence that the person acts, but points nowhere. */
function addTo(sums: Sums, x: Float32Array, weight: number, at: number): void {
  if (weight > 0) addToSum(sums.evidence, NOWHERE, weight, at);
  if (weight === 0 || isZero(x)) return;
  if (weight > 0) {
    addToSum(sums.long, x, weight, at);
    addToSum(sums.session, x, weight, at);
  } else addToSum(sums.negative, x, -weight, at);
}

/** Reads the profile at `now` (not before any instant it has already been updated at). */
export function readProfile(state: ProfileState, rules: ProfileRules, now: number): ProfileVectors {
  const due = state.future.length === 0 ? state : updateProfile({ ...state, interactionCount: 0 }, [], rules, now);
  const [long, session, negative, evidence] = [due.long, due.session, due.negative, due.evidence].map((sum) =>
    sumAt(sum, now),
  ) as [DecayedSum, DecayedSum, DecayedSum, DecayedSum];
  for (const { interaction, embedding } of due.future) {
    addTo(
      { long, session, negative, evidence },
      embedding,
      interactionWeight(interaction, rules.kinds, rules.temperature),
      now,
    );
  }
  return {
    long: taste(long),
    session: taste(session),
    negative: taste(negative),
    evidence: evidence.total,
    newestAt: due.future.length > 0 ? now : due.newestAt,
    interactionCount: state.interactionCount,
  };
}

function taste(sum: DecayedSum): Taste {
  return { sum, direction: normalize(sum.sum) };
}

/**
 * `normalize(p − γ·n)` of the unit vectors p (liked) and n (refused): Rocchio, 1971. γ 0 gives p back, and a person
 * with nothing but refusals keeps an empty profile.
 */
export function rocchio(positive: Float64Array, negative: Float64Array, gamma: number): Float64Array {
  if (gamma === 0 || norm(positive) === 0 || norm(negative) === 0) return positive;
  const moved = positive.slice();
  addScaled(moved, negative, -gamma);
  return normalize(moved);
}

/**
 * Direction in which a taste differs from the catalogue's mean item m: `normalize(Σ w·x − (Σ w)·m)`. What all items
 * share says nothing about a person, and drowns what tells them apart (measured: docs/decisions.md, "Centred taste").
 */
export function centredDirection({ sum }: Taste, mean: Float64Array): Float64Array {
  const centred = sum.sum.slice();
  addScaled(centred, mean, -sum.total);
  return sum.total === 0 ? centred : normalize(centred);
}

/**
 * How much of `centredDirection · x` each interaction brought: `±wᵢ·2^(-ageᵢ/h)·((xᵢ − m)·x) / |Σ w·x − (Σ w)·m|`. Over
 * the whole log they add up to it exactly.
 *
 * @param mean m, or all zeros for a direction that is not centred
 * @param sign picks the likings (+1) or the refusals (-1); the others brought 0
 */
export function contributionsTo(
  x: Float32Array,
  entries: readonly EmbeddedInteraction[],
  rules: ProfileRules,
  { sum }: Taste,
  mean: Float64Array,
  sign: 1 | -1,
): number[] {
  const centred = sum.sum.slice();
  addScaled(centred, mean, -sum.total);
  const length = norm(centred) || 1;
  const shared = dot(mean, x);
  return entries.map(({ interaction, embedding }) => {
    const weight = sign * interactionWeight(interaction, rules.kinds, rules.temperature);
    if (weight <= 0 || isZero(embedding)) return 0;
    return (weight * decay(sum.at - interaction.at, sum.halfLifeMs) * (dot(embedding, x) - shared)) / length;
  });
}
