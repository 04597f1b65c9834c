import type { Follower } from '../compute/sequence/follow.js';
import type { SequenceScores, SequenceTold } from '../compute/sequence/host.js';
import type { ProfileState } from '../domain/profile.js';
import type { TermTrial } from '../domain/term-trial.js';
import { AttuneError, invalid } from '../errors.js';
import { ownChances, type OwnKinds, PLAIN_KINDS } from './foundation-kinds.js';
import type { FoundationReport } from './foundation-types.js';

/** A model that runs. */
export interface Opened {
  readonly told: SequenceTold;
  readonly follower: Follower;
  /** Of model and weight, as outcomes are noted. */
  readonly name: string;
}

/** What the model makes of a person as they were known then. */
export interface Current extends SequenceScores {
  readonly since: object;
  readonly state: ProfileState | undefined;
}

/** Nothing judged. */
export const NEW: TermTrial = { inForce: true, outcomes: 0, blocks: [] };

/** How a model stands, as the site reads it. */
export function reportOf(
  status: FoundationReport['status'],
  why: string | null,
  opened: Opened | undefined,
  current: Current | undefined,
  { outcomes, blocks }: TermTrial,
  own: OwnKinds = PLAIN_KINDS,
): FoundationReport {
  const { kinds = [], reach: _, text: __, ...told } = opened?.told ?? {};
  const chances = current && ownChances(current.kinds, own);
  const nextKinds = kinds.map((kind, i) => ({ kind, probability: chances?.[i] ?? 0 }));
  return {
    status,
    why,
    model: opened === undefined ? null : { ...(told as SequenceTold), on: opened.follower.on },
    userEmbedding: current?.user ?? null,
    nextKinds: current === undefined ? [] : nextKinds.sort((a, b) => b.probability - a.probability),
    ownKinds: { inUse: own.bias !== null, outcomes: own.outcomes, heldOut: own.heldOut },
    judged: { outcomes, blocks },
  };
}

/** Says which outcomes took the term out of force. */
export function demoted({ blocks }: TermTrial): AttuneError {
  const block = blocks.findLast(({ inForce }, i) => !inForce && blocks[i - 1]?.inForce !== false)!;
  const losses = [block.with, block.without].map((loss) => loss.toFixed(3)).join(' instead of ');
  const message = `foundation: the 50 outcomes up to the ${block.seen}th were foretold worse with its term (log loss ${losses}).`;
  return new AttuneError(
    'foundation/demoted',
    `${message} It ranks no more on this device until two such blocks are better.`,
  );
}

/** Says that the rows in use are not those that the model reads. */
export function otherEncoder(read: string, inUse: string): AttuneError {
  const wayOut = 'It is off; train it anew with `attune sequences --model`.';
  return invalid('foundation', `it reads rows of ${read}, the model in use is ${inUse}`, wayOut);
}
