import { uniformOf } from '../core/uniform.js';
import { invalid } from '../errors.js';
import { byTime, type Interaction } from './interaction.js';

/** An experiment: people are dealt to its arms by a hash, with no server and nothing to remember. Plain data. */
export interface Experiment {
  /** 1 to 64 characters. */
  readonly id: string;
  /** Names of its arms, the control first. */
  readonly arms: readonly string[];
  /** How many people each arm gets beside the others: numbers above 0. Default all the same. */
  readonly weights?: readonly number[];
  /** Part of all people who take part, in [0, 1]; default 1. As it grows nobody who takes part changes arms. */
  readonly share?: number;
  /** What deals people: another one deals them anew. Default the id. */
  readonly salt?: string;
  /** People kept out of every experiment that names the same holdout. */
  readonly holdout?: {
    readonly name: string;
    /** Part of all people, in [0, 1]. */
    readonly share: number;
  };
}

/** The kind under which it is noted that a person met an arm. */
export const EXPOSURE = 'exposure';

const MOST_NAME = 64;

/** @throws AttuneError `input/invalid` naming the wrong field and what it takes */
export function checkExperiment(experiment: Experiment): void {
  if (experiment === null || typeof experiment !== 'object') {
    throw invalid('experiment', experiment, "Pass an object such as { id, arms: ['now', 'next'] }.");
  }
  const { id, arms, share = 1, salt = id, holdout } = experiment;
  checkName('experiment.id', id);
  checkName('experiment.salt', salt);
  if (!Array.isArray(arms) || arms.length === 0 || new Set(arms).size < arms.length) {
    throw invalid('experiment.arms', arms, 'It lists one arm or more, each once, the control first.');
  }
  for (const arm of arms) checkName('arm', arm);
  const weights = weightsOf(experiment);
  if (!Array.isArray(weights) || weights.length !== arms.length || !weights.every((w) => w > 0 && w < Infinity)) {
    throw invalid('experiment.weights', weights, 'It lists a number above 0 for each arm.');
  }
  checkShare('experiment.share', share);
  if (holdout === undefined) return;
  checkName('experiment.holdout.name', holdout?.name);
  checkShare('experiment.holdout.share', holdout.share);
}

/** How many people each arm gets beside the others. */
export function weightsOf({ arms, weights }: Experiment): readonly number[] {
  return weights ?? arms.map(() => 1);
}

function checkName(what: string, name: unknown): void {
  if (typeof name !== 'string' || name.length === 0 || name.length > MOST_NAME) {
    throw invalid(what, name, `It is a text of 1 to ${MOST_NAME} characters.`);
  }
}

function checkShare(what: string, share: unknown): void {
  if (typeof share !== 'number' || !(share >= 0 && share <= 1)) throw invalid(what, share, 'It lies from 0 to 1.');
}

/**
 * The arm of a person, or null for who is in a holdout or takes no part: the same for the same experiment and key, wherever
 * and whenever it is asked. Holdout, taking part and arm are drawn apart, and apart from every other experiment's.
 *
 * @param key what stands for the person, such as an account's opaque id; never sent anywhere from here
 * @throws AttuneError `input/invalid`
 */
export function assign(experiment: Experiment, key: string): string | null {
  checkExperiment(experiment);
  if (typeof key !== 'string' || key.length === 0) throw invalid('key', key, 'Pass a text that stands for the person.');
  const { id, arms, share = 1, salt = id, holdout } = experiment;
  const draw = (what: string, by: string): number => uniformOf(JSON.stringify([what, by, key]));
  if (holdout !== undefined && draw('holdout', holdout.name) < holdout.share) return null;
  if (draw('share', salt) >= share) return null;
  const weights = weightsOf(experiment);
  let left = draw('arm', salt) * weights.reduce((sum, weight) => sum + weight, 0);
  const arm = weights.findIndex((weight) => (left -= weight) < 0);
  return arms.at(arm)!; // the last one where rounding leaves none
}

/** When and in which arm a person first met an experiment, by their log; undefined if they did not. O(log). */
export function firstExposure(
  experiment: Experiment,
  interactions: readonly Interaction[],
): { readonly arm: string; readonly at: number } | undefined {
  let first: Interaction | undefined;
  for (const each of interactions) {
    if (isExposure(experiment, each) && (first === undefined || byTime(each, first) < 0)) first = each;
  }
  return first && { arm: String(first.metadata!['arm']), at: first.at };
}

/** Whether an event notes that the person met an arm of this experiment that it still has. */
export function isExposure({ id, arms }: Experiment, { kind, metadata }: Interaction): boolean {
  return kind === EXPOSURE && metadata?.['experiment'] === id && arms.includes(String(metadata['arm']));
}
