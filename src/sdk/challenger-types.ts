import type { HeldOut } from '../domain/contest.js';
import type { GateContext } from '../domain/gate-context.js';
import type { LearnedPart } from '../domain/training.js';

/** A context as it is noted with what is shown. */
export interface AdaptContext extends GateContext {
  /** Names a conversation or a task, as in `track`'s own `context`. */
  readonly thread?: string;
}

/** How one of them stands. */
export interface LearnedReport {
  readonly inUse: boolean;
  /** Why: the option is off, there were too few outcomes to tell, or what the comparison said. */
  readonly reason: 'off' | 'few outcomes' | 'not better' | 'better';
  /** The comparison: log loss of outcomes (gate), or the share of a visit's pairs in the wrong order (adapter); null without one. */
  readonly heldOut: HeldOut | null;
  /** Outcomes up to which it was decided; the next decision comes after a quarter more. 0 before the first. */
  readonly outcomes: number;
  /** Epoch ms of the last outcome trained on; null before the first decision. */
  readonly trainedAt: number | null;
  /** What training took, ms of one thread, and what is kept of it, bytes. */
  readonly ms: number;
  readonly bytes: number;
}

/** How each of them stands. */
export type ChallengerReport = Readonly<Record<LearnedPart, LearnedReport>>;
