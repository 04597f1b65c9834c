import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

/** The lab as its importers get it: by the package's own name, from what was built. */
function recipe(lab: typeof import('attune/lab')) {
  const world = lab.createWorld({ seed: 1, items: 30, people: 2 });
  const visits = world.people.map((person) => [...lab.drawSessions(world, person, { count: 3 })]);
  const sources = visits.map((each, i) => lab.sourceOfExport(lab.exportOf(each, lab.seeded(i)), world.people[i]!.id));
  const source = lab.joinSources(sources);
  const log = lab.createLog(source.rows, source.texts, source);
  const plan = lab.planOf(log, { kind: 'last-out' });
  const rankers = lab.standardRankers(log, plan);
  const names = rankers.map(({ name }) => name);
  const evaluation = lab.summarize(log, plan, [...lab.replay(log, plan, rankers)], { names, resamples: 50 });
  return { world, visits, limit: lab.bayesLimit(world), evaluation };
}

async function inWorker(): Promise<unknown> {
  const port = "require('node:worker_threads').parentPort";
  const code = `import('attune/lab').then((lab) => ${port}.postMessage((${recipe.toString()})(lab)));`;
  const worker = new Worker(code, { eval: true });
  try {
    return await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  } finally {
    await worker.terminate();
  }
}

test('attune/lab makes and evaluates the same in a Worker as on the main thread, as data that can be sent', async () => {
  const made = recipe(await import('attune/lab'));
  expect(made.evaluation.rankers).toHaveLength(5);
  expect(made.evaluation.log.targets).toBeGreaterThan(1);
  expect(await inWorker()).toEqual(made);
});
