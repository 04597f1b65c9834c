import { normalQuantile } from '../../core/normal-quantile.js';
import { weightsOf } from '../../domain/experiment.js';
import { invalid } from '../../errors.js';
import { coinVariance, softness } from './mixtures.js';
import { checkStudy, deviationOf, type Study } from './study.js';

/**
 * How many people, over all arms, a study needs to find that its first arm differs from the control by `change` in the goal,
 * with probability `power`: what `people` should be. By the chance of being past the bound at that very number; looking all
 * the way finds it a little more often. `npm run bench:power` holds it against simulations.
 *
 * @param change in the goal's own unit, not 0
 * @param power in [½, 1); default 0.8
 * @throws AttuneError `input/invalid`
 */
export function peopleNeeded(study: Study, change: number, power = 0.8): number {
  checkStudy(study);
  const { experiment, goal, alpha = 0.05 } = study;
  const [control, arm] = weightsOf(experiment);
  if (arm === undefined) throw invalid('experiment.arms', experiment.arms, 'There is nothing to compare with.');
  const total = weightsOf(experiment).reduce((sum, weight) => sum + weight, 0);
  const pair = control! + arm;
  const tests = experiment.arms.length - 1;
  return Math.ceil((needed(change / deviationOf(goal), arm / pair, alpha / tests, power) * total) / pair);
}

/**
 * How many lists that either ranking wins are needed to find which is better, with probability `power`, if the better one wins
 * `share` of them.
 *
 * @param share in (0, 1), not ½
 * @throws AttuneError `input/invalid`
 */
export function listsNeeded(share: number, options: { readonly alpha?: number; readonly power?: number } = {}): number {
  const { alpha = 0.05, power = 0.8 } = options;
  if (!(share > 0 && share < 1)) throw invalid('share', share, 'It lies between 0 and 1.');
  if (!(alpha > 0 && alpha < 0.5)) throw invalid('alpha', alpha, 'It lies above 0, below 0.5.');
  return Math.ceil(needed(4 * (share - 0.5), 0.5, alpha, power)); // a toss is a person in an arm whose number is ±1
}

/** @param change in standard deviations */
function needed(change: number, share: number, alpha: number, power: number): number {
  if (!Number.isFinite(change) || change === 0) throw invalid('change', change, 'It is a number other than 0.');
  if (!(power >= 0.5 && power < 1)) throw invalid('power', power, 'It lies from 0.5 to 1.');
  const isEnough = (n: number): boolean => {
    const variance = n * coinVariance(share);
    const rho = softness(variance, alpha);
    const bound = Math.sqrt((variance + rho) * (Math.log((variance + rho) / rho) - 2 * Math.log(alpha)));
    const deal = share * (1 - share);
    return n * deal * Math.abs(change) - bound >= normalQuantile(power) * Math.sqrt(n * deal);
  };
  let most = 1;
  while (!isEnough(most)) most *= 2;
  let least = most / 2;
  while (most - least > 0.5) {
    const middle = (least + most) / 2;
    if (isEnough(middle)) most = middle;
    else least = middle;
  }
  return most;
}
