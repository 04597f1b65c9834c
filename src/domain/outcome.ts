import { invalid } from '../errors.js';

/** What came of showing an item: the slider's raw score it had then, and whether the person acted positively on it. */
export interface Outcome {
  /** Raw score, finite. */
  readonly score: number;
  /** 1 for a positive action within the window after the impression, 0 for a window that closed without one. */
  readonly y: 0 | 1;
  /** When that was known, epoch ms. */
  readonly at: number;
  /** How much it counts in fits and losses, > 0; default 1. */
  readonly weight?: number;
}

/** Beyond this a raw score is no score but a fault, and squares of it would overflow. Judgement. */
const LARGEST_SCORE = 1e100;

/** One outcome that counts a thousandfold would be the fit. Judgement. */
const LARGEST_WEIGHT = 1000;

/** The outcome as plain data, nothing else of the object with it. @throws AttuneError `input/invalid` */
export function checkOutcome(value: Outcome): Outcome {
  if (value === null || typeof value !== 'object') throw invalid('outcome', value, 'Pass { score, y, at }.');
  const { score, y, at, weight } = value;
  if (typeof score !== 'number' || !(Math.abs(score) <= LARGEST_SCORE)) {
    throw invalid('outcome.score', score, 'It is the finite raw score the item had when it was shown.');
  }
  if (y !== 0 && y !== 1) throw invalid('outcome.y', y, 'It is 1 for a positive outcome, else 0.');
  if (typeof at !== 'number' || !Number.isFinite(at)) throw invalid('outcome.at', at, 'It is an instant in epoch ms.');
  if (weight === undefined) return { score, y, at };
  if (typeof weight !== 'number' || !(weight > 0 && weight <= LARGEST_WEIGHT)) {
    throw invalid('outcome.weight', weight, `It is a number above 0, at most ${LARGEST_WEIGHT}.`);
  }
  return { score, y, at, weight };
}
