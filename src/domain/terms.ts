import { type Spread } from '../core/statistics.js';
import { isZero, type Vector } from '../core/vector.js';
import type { LinearTerm } from './ranking.js';

/**
 * `factor · (direction · x − μ)/(3σ)` as a linear term: the standardized feature, times its factor. With a null
 * spread the plain `factor · (direction · x)`. Null when the term could not change any order.
 */
export function linearTerm(
  name: string,
  label: string,
  direction: Vector,
  factor: number,
  spread: Spread | null,
): LinearTerm | null {
  if (factor === 0 || isZero(direction)) return null;
  if (spread === null) return { name, label, direction, scale: factor, offset: 0 };
  const scale = factor / (3 * spread.sd);
  return { name, label, direction, scale, offset: -scale * spread.mean };
}
