/**
 * Two cumulative sums over a stream of outcomes, each with the count of outcomes since it last was 0: evidence that positive
 * outcomes come more often than the probabilities said, and that they come less often.
 */
export interface Watch {
  readonly up: number;
  readonly upFor: number;
  readonly down: number;
  readonly downFor: number;
}

/** A watch that has seen nothing. */
export const CALM: Watch = { up: 0, upFor: 0, down: 0, downFor: 0 };

/** Change of the odds that the watch is tuned to, and evidence, in nats, at which it calls. Measured in tests/unit/watch. */
const ODDS_RATIO = 3;
const THRESHOLD = 14;

/**
 * The watch after one more outcome: Page's cumulative sum `S ← max(0, S + ln(P'(y)/P(y)))`, once for odds multiplied by 3
 * and once for odds divided by it. One outcome adds 1.1 nats at most, however wrong its probability.
 *
 * @param probability given to the outcome before it was known, in [0, 1]
 * @see Page (1954), "Continuous inspection schemes"; Basseville & Nikiforov (1993), §2.2
 */
export function watchOutcome(watch: Watch, probability: number, y: 0 | 1): Watch {
  const up = Math.max(0, watch.up + evidence(ODDS_RATIO, probability, y));
  const down = Math.max(0, watch.down + evidence(1 / ODDS_RATIO, probability, y));
  return { up, upFor: up === 0 ? 0 : watch.upFor + 1, down, downFor: down === 0 ? 0 : watch.downFor + 1 };
}

/** How many outcomes ago the change it calls began, by maximum likelihood; 0 while it doesn't call. */
export function changedFor({ up, upFor, down, downFor }: Watch): number {
  if (Math.max(up, down) < THRESHOLD) return 0;
  return up >= down ? upFor : downFor;
}

/** `ln(P'(y)/P(y))`, nats, for odds of P' that are `ratio` times those of `p`. */
function evidence(ratio: number, p: number, y: 0 | 1): number {
  return y * Math.log(ratio) - Math.log1p((ratio - 1) * p);
}
