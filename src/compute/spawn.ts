import { spawnTrusted } from '../workers/spawn-trusted.js';

/** Starts the compute Worker. Throws what the browser throws when it is refused. */
export function spawnCompute(): Worker {
  return spawnTrusted(
    () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'attune-compute' }),
  );
}
