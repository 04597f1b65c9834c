import { type Calibrator, type CurveKind, probabilityAt, type ScoreVersions } from './calibrator.js';
import { chooseMixture, fitMixture, heldOutLosses, kindOf, lossUnder, meanLoss, type Mixture } from './fitting.js';
import { checkOutcome, type Outcome } from './outcome.js';
import { CALM, changedFor, type Watch, watchOutcome } from './watch.js';

/** Why a calibrator was put to the test. */
export type Cause = 'first' | 'growth' | 'change' | 'age';

/** One decision, for whoever asks why a probability is what it is. */
export interface CalibrationDecision {
  /** `at` of the outcome that brought it, epoch ms, and how many outcomes there had been. */
  readonly at: number;
  readonly seen: number;
  readonly cause: Cause;
  readonly decision: 'adopted' | 're-fitted' | 'kept';
  /** In use after the decision. */
  readonly kind: CurveKind;
  /** The kind that challenged. */
  readonly challenger: CurveKind;
  /** Outcomes on which the two were compared, unseen by either; 0 where there was no rival. */
  readonly heldOut: number;
  /** Mean log loss on them, nats; `null` without any. */
  readonly championLoss: number | null;
  readonly challengerLoss: number | null;
}

/** All there is to a slider's calibration: plain data of bounded size, made anew from its outcomes by replay. */
export interface CalibrationState {
  readonly versions: ScoreVersions;
  /** Outcomes ever. */
  readonly seen: number;
  /** The newest of them, at most {@link KEPT}; since a change that led to a re-fit, those after it only. */
  readonly recent: readonly Outcome[];
  readonly champion: Calibrator | null;
  /** What `seen` was when the champion was fitted. */
  readonly fittedAfter: number;
  /** What `seen` was at the last decision. */
  readonly decidedAt: number;
  readonly watch: Watch;
  /** A called change that waits for fresh outcomes: what `seen` was when it began, and when it was called. */
  readonly alarm: { readonly began: number; readonly called: number } | null;
  /** Newest last, at most {@link TRAIL}. */
  readonly trail: readonly CalibrationDecision[];
}

/** Outcomes kept to fit on. Judgement: more would make a curve no better by 0.01, and older ones are of another taste. */
const KEPT = 1000;
/** Decisions kept. Judgement. */
const TRAIL = 50;
/** Fewest outcomes between decisions (SPEC §6), and before the first. */
const BETWEEN = 100;
/**
 * A curve fitted on fewer outcomes is provisional: it is fitted again on this many, without a contest, because the same and more
 * outcomes are no challenge. Contested, most curves of 100 outcomes stayed, wrong by up to 0.004 more (21 truths, 100 seeds).
 */
const GROWN = 300;
/** Outcomes after which a curve is challenged though the watch was silent: for changes too slow to hear. Judgement. */
const AGED = 2000;
/** Fresh outcomes on which a called change is tried, looked at in steps: those that called it can't be its judges. */
const TRIAL = { least: 50, most: 100, step: 10 };
/** Nats by which a called change must beat the champion on them: 20 to 1. Measured, with the three above, in tests/unit/calibration. */
const CONVINCING = 3;

/** A calibration that has seen nothing. */
export function startCalibration(versions: ScoreVersions): CalibrationState {
  return {
    versions,
    seen: 0,
    recent: [],
    champion: null,
    fittedAfter: 0,
    decidedAt: 0,
    watch: CALM,
    alarm: null,
    trail: [],
  };
}

/**
 * The state after one more outcome, in the order outcomes became known. At most one decision in 100 outcomes: a first curve at
 * 100, again at 300; a challenge by one fitted on what came since, 50 to 100 outcomes after the watch called a change; a
 * challenge by one fitted on all that is kept, after 2,000 silent ones. The champion stays unless its log loss is higher on
 * outcomes that neither was fitted on.
 *
 * O(kept) for the copy; a decision fits some thirty curves, 12 to 16 ms of CPU on 300 outcomes and 18 to 32 ms on 1,000, with four
 * fits 6 to 9 and 17 to 20 (Node, two busy cores).
 *
 * @throws AttuneError `input/invalid` for what is no outcome; the state given stays as it was
 */
export function observeOutcome(state: CalibrationState, given: Outcome): CalibrationState {
  const outcome = checkOutcome(given);
  const { champion } = state;
  const seen = state.seen + 1;
  const recent = state.recent.slice(state.recent.length >= KEPT ? 1 : 0);
  recent.push(outcome);
  const isGrown = recent.length >= GROWN;
  let { watch, alarm } = state;
  if (champion !== null && isGrown && alarm === null) {
    watch = watchOutcome(watch, probabilityAt(champion.curve, outcome.score), outcome.y);
    const changed = changedFor(watch);
    if (changed > 0) alarm = { began: seen - changed, called: seen };
  }
  const next = { ...state, seen, recent, watch, alarm };
  if (seen - state.decidedAt < BETWEEN) return next;
  if (champion === null) return adopt(next, 'first');
  if (isGrown && champion.outcomes < GROWN) return adopt(next, 'growth');
  if (alarm !== null) {
    const fresh = seen - alarm.called;
    if (fresh < TRIAL.least || fresh % TRIAL.step !== 0) return next;
    return challenge(next, champion, 'change', recent.slice(alarm.began - seen), fresh);
  }
  if (seen - state.decidedAt < AGED) return next;
  return challenge(next, champion, 'age', recent, Math.min(recent.length, seen - state.fittedAfter));
}

/** A curve through all outcomes without a rival: the first, since a raw score is no probability, and its growth. */
function adopt(state: CalibrationState, cause: 'first' | 'growth'): CalibrationState {
  const { recent } = state;
  const mixture = chooseMixture(recent);
  if (mixture === undefined) return state;
  return decide(state, recent, mixture, {
    cause,
    decision: cause === 'first' ? 'adopted' : 're-fitted',
    kind: kindOf(mixture),
    challenger: kindOf(mixture),
    heldOut: 0,
    championLoss: null,
    challengerLoss: null,
  });
}

/** The champion against the best curve through `outcomes`, on the last `unseen` of them. */
function challenge(
  state: CalibrationState,
  champion: Calibrator,
  cause: 'change' | 'age',
  outcomes: readonly Outcome[],
  unseen: number,
): CalibrationState {
  const challenger = chooseMixture(outcomes) ?? [{ fit: 'platt', share: 1 }];
  const fresh = outcomes.slice(-unseen);
  const championLoss = meanLoss(
    fresh.map((outcome) => lossUnder(champion.curve, outcome)),
    fresh,
  );
  const challengerLoss = meanLoss(heldOutLosses(challenger, outcomes, outcomes.length - unseen), fresh);
  const gain = unseen * (championLoss - challengerLoss);
  const isBeaten = gain > (cause === 'change' ? CONVINCING : 0);
  if (!isBeaten && cause === 'change' && unseen < TRIAL.most) return state; // it may yet convince
  return decide(state, outcomes, isBeaten ? challenger : undefined, {
    cause,
    decision: isBeaten ? 're-fitted' : 'kept',
    kind: isBeaten ? kindOf(challenger) : champion.curve.kind,
    challenger: kindOf(challenger),
    heldOut: unseen,
    championLoss,
    challengerLoss,
  });
}

/** The state with a decision taken: the mixture's curve through `outcomes` where there is a new one. */
function decide(
  state: CalibrationState,
  outcomes: readonly Outcome[],
  mixture: Mixture | undefined,
  decision: Omit<CalibrationDecision, 'at' | 'seen'>,
): CalibrationState {
  const { versions, seen } = state;
  const { at } = state.recent.at(-1)!;
  const trail = [...state.trail.slice(1 - TRAIL), { at, seen, ...decision }];
  const settled = { ...state, decidedAt: seen, watch: CALM, alarm: null, trail };
  if (mixture === undefined) return settled;
  const champion = { versions, curve: fitMixture(mixture, outcomes), outcomes: outcomes.length, fittedAt: at };
  return { ...settled, champion, fittedAfter: seen, recent: outcomes };
}
