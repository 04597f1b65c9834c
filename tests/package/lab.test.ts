import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

/** The lab as its importers get it: by the package's own name, from what was built. */
const recipe = `
  const lab = await import('attune/lab');
  const world = lab.createWorld({ seed: 1, items: 30, people: 2 });
  const visits = world.people.map((person) => [...lab.drawSessions(world, person, { count: 3 })]);
  const limit = lab.bayesLimit(world);
  const source = lab.joinSources(
    visits.map((visits, i) => lab.sourceOfExport(lab.exportOf(visits, lab.seeded(i)), 'person ' + i)),
  );
  const log = lab.createLog(source.rows, source.texts, source);
  const plan = lab.planOf(log, { kind: 'last-out' });
  const rankers = lab.standardRankers(log, plan);
  const answers = [...lab.replay(log, plan, rankers)];
  const names = rankers.map(({ name }) => name);
  const evaluation = lab.summarize(log, plan, answers, { names, resamples: 50 });
  const made = { world, visits, limit, evaluation };`;

async function inWorker(): Promise<unknown> {
  const code = `(async () => { ${recipe} require('node:worker_threads').parentPort.postMessage(made); })();`;
  const worker = new Worker(code, { eval: true });
  try {
    return await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  } finally {
    await worker.terminate();
  }
}

/** The same recipe here. */
async function inPlace(): Promise<unknown> {
  const AsyncFunction = (async () => undefined).constructor as new (code: string) => () => Promise<unknown>;
  return new AsyncFunction(`${recipe} return made;`)();
}

test('attune/lab makes and evaluates the same in a Worker as on the main thread, as data that can be sent', async () => {
  const made = (await inPlace()) as { evaluation: { rankers: unknown[]; log: { targets: number } } };
  expect(made.evaluation.rankers).toHaveLength(5);
  expect(made.evaluation.log.targets).toBeGreaterThan(1);
  expect(await inWorker()).toEqual(made);
});
