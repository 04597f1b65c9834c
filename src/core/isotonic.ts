/** A fitted step-and-ramp curve: corners in ascending score, probabilities that never fall. Empty lists say ½ everywhere. */
export interface IsotonicParameters {
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

/**
 * Isotonic regression by pool-adjacent-violators: of all curves that never fall the one of least `Σ w (y − p)²`. Equal
 * scores are one point with their weighted mean. Only corners are kept: points level with both their neighbours go.
 *
 * With `penalty` above 0, neighbouring levels that the outcomes tell apart by less are then pooled as well, the closest first:
 * those whose likelihood ratio `2 (ℓ(a) + ℓ(b) − ℓ(a ∪ b))` is below it. `ln Σw` is the Bayesian information criterion's price
 * of a level; 0, the plain regression.
 *
 * O(n log n + levels²). Order doesn't matter; a weight of 2 is the outcome twice, a weight of 0 none.
 *
 * @param scores   finite, any range and order
 * @param outcomes 1 or 0, as many
 * @param weights  ≥ 0, as many; all 1 when left out
 * @see Barlow et al. (1972); Zadrozny & Elkan (2002); scikit-learn's `IsotonicRegression(out_of_bounds='clip')`
 */
export function fitIsotonic(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
  penalty = 0,
): IsotonicParameters {
  const order = Array.from({ length: scores.length }, (_, i) => i)
    .filter((i) => weights === undefined || weights[i]! > 0)
    .sort((a, b) => scores[a]! - scores[b]!);
  const points: { score: number; weight: number; positives: number }[] = [];
  for (const i of order) {
    const weight = weights === undefined ? 1 : weights[i]!;
    const last = points.at(-1);
    if (last?.score === scores[i]) {
      last!.weight += weight;
      last!.positives += weight * outcomes[i]!;
    } else points.push({ score: scores[i]!, weight, positives: weight * outcomes[i]! });
  }

  const levels: Level[] = [];
  for (const { weight, positives } of points) {
    let level: Level = { size: 1, weight, positives };
    for (let before = levels.at(-1); before !== undefined; before = levels.at(-1)) {
      if (before.positives * level.weight < level.positives * before.weight) break;
      levels.pop();
      level = union(before, level);
    }
    levels.push(level);
  }
  poolClosest(levels, penalty);

  const corners: { scores: number[]; probabilities: number[] } = { scores: [], probabilities: [] };
  let first = 0;
  for (const { size, weight, positives } of levels) {
    const ends = size === 1 ? [first] : [first, first + size - 1];
    for (const i of ends) {
      corners.scores.push(points[i]!.score);
      corners.probabilities.push(Math.min(1, positives / weight));
    }
    first += size;
  }
  return corners;
}

/** Neighbouring points of one probability: how many, their weight, and the weight of their positive outcomes. */
interface Level {
  readonly size: number;
  readonly weight: number;
  readonly positives: number;
}

function union(a: Level, b: Level): Level {
  return { size: a.size + b.size, weight: a.weight + b.weight, positives: a.positives + b.positives };
}

/** Pools, in place, the two neighbours told apart least, until all are by `penalty` at least. */
function poolClosest(levels: Level[], penalty: number): void {
  if (penalty <= 0) return; // no ratio is below 0
  while (levels.length > 1) {
    let [closest, least] = [0, Infinity];
    for (let i = 0; i + 1 < levels.length; i++) {
      const [a, b] = [levels[i]!, levels[i + 1]!];
      const ratio = 2 * (logLikelihood(a) + logLikelihood(b) - logLikelihood(union(a, b)));
      if (ratio < least) [closest, least] = [i, ratio];
    }
    if (least >= penalty) return;
    levels.splice(closest, 2, union(levels[closest]!, levels[closest + 1]!));
  }
}

/** Of a level's outcomes under its own frequency, nats. */
function logLikelihood({ weight, positives }: Level): number {
  const negatives = weight - positives;
  return (
    (positives > 0 ? positives * Math.log(positives / weight) : 0) +
    (negatives > 0 ? negatives * Math.log(negatives / weight) : 0)
  );
}

/**
 * The curve at `score`: straight between corners, level outside them.
 *
 * O(log corners).
 *
 * @returns in [0, 1]; ½ for a curve fitted on nothing
 */
export function applyIsotonic({ scores, probabilities }: IsotonicParameters, score: number): number {
  if (scores.length === 0) return 0.5;
  let [low, high] = [0, scores.length - 1];
  if (score <= scores[low]!) return probabilities[low]!;
  if (score >= scores[high]!) return probabilities[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (scores[middle]! <= score) low = middle;
    else high = middle;
  }
  const share = (score - scores[low]!) / (scores[high]! - scores[low]!);
  const between = probabilities[low]! + share * (probabilities[high]! - probabilities[low]!);
  return Math.min(between, probabilities[high]!); // which rounding may put it above
}
