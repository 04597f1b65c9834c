import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

/** The lab as its importers get it: by the package's own name, from what was built. */
const recipe = `
  const { bayesLimit, createWorld, drawSessions } = await import('attune/lab');
  const world = createWorld({ seed: 1, items: 30, people: 2 });
  const visits = [...drawSessions(world, world.people[0], { count: 3 })];
  const made = { world, visits, limit: bayesLimit(world) };`;

async function inWorker(): Promise<unknown> {
  const code = `(async () => { ${recipe} require('node:worker_threads').parentPort.postMessage(made); })();`;
  const worker = new Worker(code, { eval: true });
  try {
    return await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  } finally {
    await worker.terminate();
  }
}

test('attune/lab makes the same world in a Worker as on the main thread, as data that can be sent', async () => {
  const { bayesLimit, createWorld, drawSessions } = await import('attune/lab');
  const world = createWorld({ seed: 1, items: 30, people: 2 });
  const visits = [...drawSessions(world, world.people[0]!, { count: 3 })];
  expect(await inWorker()).toEqual({ world, visits, limit: bayesLimit(world) });
});
