import { biasedChances } from '../core/heads.js';
import { decidedAfter, type HeldOut, NEWEST } from '../domain/contest.js';
import { judgeBias, type KindLesson } from '../domain/heads.js';
import { byTime, type Interaction, isAction } from '../domain/interaction.js';
import type { Follower } from '../compute/sequence/follow.js';
import type { SequenceEvent } from '../compute/sequence/features.js';
import type { SequenceTold } from '../compute/sequence/host.js';
import { inBreaths } from './idle.js';
import type { Log } from './log.js';
import { eventsAfter } from './read-log.js';

/** The person's own ways with kinds: a bias on what a sequence model expects, in use while it wins on actions it was not trained on. */

/** What was decided of it, up to so many actions. */
export interface OwnKinds {
  readonly outcomes: number;
  readonly heldOut: HeldOut | null;
  /** Null while it is not in use. */
  readonly bias: Float64Array | null;
}

/** Nothing decided. */
export const PLAIN_KINDS: OwnKinds = { outcomes: 0, heldOut: null, bias: null };

/** What is kept beside a log. */
interface Kept {
  readonly epoch: string;
  /** Of the model. */
  readonly of: string;
  readonly own: OwnKinds;
}
const VALUE = 'derived/foundation-kinds';

/** What learning takes. */
interface KindParts {
  readonly told: SequenceTold;
  readonly follower: Follower;
  /** Actions as the model is told of them. */
  readonly eventsOf: (actions: readonly Interaction[]) => Promise<readonly SequenceEvent[]>;
  readonly breathe: () => Promise<void>;
}

/** The decision in force of this log and model: the one that is kept, or a new one where that is due. */
export async function learnKinds(log: Log, { told, follower, eventsOf, breathe }: KindParts): Promise<OwnKinds> {
  await log.flush();
  const epoch = await log.epoch();
  const { events } = await eventsAfter(log, 0, breathe);
  const actions = events.filter(isAction).sort(byTime);
  const outcomes = decidedAfter(actions.length - 1);
  if (outcomes === 0) return PLAIN_KINDS;
  const kept = (await log.value(VALUE)) as Kept | undefined;
  if (kept?.epoch === epoch && kept.of === told.name && kept.own?.outcomes === outcomes) return kept.own;
  const from = Math.max(0, outcomes + 1 - NEWEST - told.reach);
  const some = actions.slice(from, outcomes + 1);
  const chances = await follower.trace(await eventsOf(some.slice(0, -1)));
  const found = await inBreaths(judgeBias(lessonsOf(some, chances, told.kinds).slice(-outcomes)), breathe);
  const isBetter = found !== undefined && found.heldOut.interval.low > 0;
  const own: OwnKinds = { outcomes, heldOut: found?.heldOut ?? null, bias: isBetter ? found.head : null };
  if ((await log.epoch()) === epoch) await log.setValue(VALUE, { epoch, of: told.name, own } satisfies Kept);
  return own;
}

/** Each action by what was expected before it; kinds that the model doesn't know teach nothing of it. */
function lessonsOf(actions: readonly Interaction[], chances: Float64Array, kinds: readonly string[]): KindLesson[] {
  return actions.slice(1).flatMap((action, i) => {
    const kind = kinds.indexOf(action.kind);
    return kind < 0 ? [] : [{ kind, logs: chances.slice(i * kinds.length, (i + 1) * kinds.length).map(Math.log) }];
  });
}

/** The model's probabilities as this person's. */
export function ownChances(chances: Float64Array, { bias }: OwnKinds): Float64Array {
  const own = new Float64Array(chances.length);
  biasedChances(bias ?? own.slice(), chances.map(Math.log), 0, own);
  return own;
}
