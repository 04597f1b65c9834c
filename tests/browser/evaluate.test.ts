import { afterAll, expect, test } from 'vitest';
import { createAttune } from '../../src/index.js';
import { memoryStore } from '../../src/headless.js';
import * as lab from '../../src/lab.js';

const world = lab.createWorld({ seed: 4, items: 300, people: 1 });
const file = lab.exportOf(lab.drawSessions(world, world.people[0]!, { count: 90 }), lab.seeded(2));
const acts = { ...file, interactions: file.interactions.filter(({ kind }) => kind !== 'impression') };
const asked = { items: world.items.map(({ id, text }) => ({ id, text })), resamples: 50 };
const attune = await createAttune<{ readonly id: string; readonly text: string }>({
  ...{ consent: 'granted', encoder: lab.worldEncoder(world), store: memoryStore() },
  text: ({ text }) => text,
  now: () => file.exportedAt + 1000,
});
await attune.data.import(acts);
const wanted = await lab.evaluate(attune, { ...asked, worker: false });
afterAll(() => attune.close());

/** Compute Workers from their source; `onAdvance` hears each time that one is told to go on, before it is. */
function watched(onAdvance: (times: number, worker: Worker) => void): { make: () => Worker; ended: Worker[] } {
  const ended: Worker[] = [];
  let times = 0;
  const make = (): Worker => {
    const worker = new Worker(new URL('../../src/compute/worker.ts', import.meta.url), { type: 'module' });
    const { postMessage, terminate } = worker;
    worker.terminate = () => (ended.push(worker), terminate.call(worker));
    worker.postMessage = (message: { argumentList?: { value?: { type?: string } }[] }, more: never) => {
      if (message.argumentList?.[0]?.value?.type === 'advance') onAdvance(++times, worker);
      postMessage.call(worker, message, more);
    };
    return worker;
  };
  return { make, ended };
}

const kill = (worker: Worker): void =>
  queueMicrotask(() => worker.dispatchEvent(new ErrorEvent('error', { message: 'killed', cancelable: true })));

test('a log is evaluated on the page alone where that is asked for, with some questions and nothing to warn of', () => {
  expect(wanted).toMatchObject({ on: 'page', needed: 20 });
  expect(wanted.asked).toBeGreaterThan(20);
  expect(wanted.evaluation!.log.targets).toBe(wanted.asked);
});

test('a Worker that dies over an evaluation is replaced, and nothing is said of it', async () => {
  const warnings: string[] = [];
  const { make, ended } = watched((times, worker) => times === 1 && kill(worker));
  const onWarning = ({ code }: { readonly code: string }): unknown => warnings.push(code);
  const made = await lab.evaluate(attune, { ...asked, onWarning, worker: make });
  expect([made, ended.length]).toEqual([{ ...wanted, on: 'worker' }, 2]); // the one that died, and the one that was done
  expect(warnings).toEqual([]);
});

test('Workers that are no compute Worker, or die each time, leave it to the page, with one warning', async () => {
  const url = (code: string): string => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const encoder = (): Worker =>
    new Worker(new URL('../../src/encoder/worker.ts', import.meta.url), { type: 'module', name: 'wrong' });
  const broken = (): Worker => new Worker(url("throw new Error('worn out')"), { type: 'module' });
  const { make: deadly } = watched((_, worker) => kill(worker));
  for (const worker of [encoder, broken, deadly]) {
    const warnings: string[] = [];
    const made = await lab.evaluate(attune, { ...asked, worker, onWarning: ({ code }) => warnings.push(code) });
    expect(made).toEqual(wanted);
    expect(warnings).toEqual([expect.stringMatching(/^compute\//)]);
  }
});

test.each(['before', 'in the Worker', 'on the page'])('an abort %s ends it at once, with its reason', async (when) => {
  const stop = new AbortController();
  if (when === 'before') stop.abort('enough');
  const { make, ended } = watched(() => undefined);
  const worker = when === 'on the page' ? false : make;
  const evaluated = lab.evaluate(attune, {
    ...asked,
    worker,
    signal: stop.signal,
    onProgress: () => stop.abort('enough'),
  });
  await expect(evaluated).rejects.toBe('enough');
  expect(ended).toHaveLength(when === 'in the Worker' ? 1 : 0);
});

test('a page that sleeps over an evaluation goes on with another Worker once it wakes', async () => {
  const { make, ended } = watched((times) => {
    if (times > 1) return;
    dispatchEvent(new Event('pagehide'));
    setTimeout(() => dispatchEvent(new Event('pageshow')), 0);
  });
  const made = await lab.evaluate(attune, { ...asked, worker: make });
  expect([made, ended.length]).toEqual([{ ...wanted, on: 'worker' }, 2]);
});
