import { type Compute, createCompute } from '../compute/client.js';
import type { ResolvedOptions } from './options.js';
import type { Standing } from './standing.js';

/** The compute Workers of this page, by what they end with. */
const computes = new WeakMap<Standing, Compute>();

/** The compute Worker of an Attune; undefined where there is to be none. */
export function computeOf(standing: Standing, worker: ResolvedOptions<never>['worker']): Compute | undefined {
  if (worker !== false && typeof Worker === 'function' && !computes.has(standing)) {
    const compute = createCompute(worker && (() => worker('compute')));
    computes.set(standing, compute);
    standing.ends.add(compute.close);
  }
  return computes.get(standing);
}
