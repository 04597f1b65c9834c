import { afterEach, expect, test } from 'vitest';
import { type Compute, createCompute } from '../../src/compute/client.js';
import { createHeldRows, type SlotQuery } from '../../src/compute/held-rows.js';
import { createLargeScan } from '../../src/sdk/large-scan.js';
import { nearly, seeded, unit } from '../seeded.js';
import { sourceOf } from '../source-of-rows.js';

const DIM = 48;
const random = seeded(3);
const centre = unit(random, DIM);
/** Copies, near-duplicates, zero rows and others. */
const ROWS = Array.from({ length: 2100 }, (_, i) => {
  if (i % 5 === 0) return centre;
  if (i % 5 === 1) return nearly(random, centre, 1e-6);
  return i % 5 === 2 ? new Float32Array(DIM) : unit(random, DIM);
});
const QUERY: SlotQuery = {
  q: unit(random, DIM),
  interests: [nearly(random, centre, 0.5), unit(random, DIM)],
  bias: Float64Array.from(ROWS, (_, i) => (i % 7 === 0 ? 0 : random() / 10)),
  filter: Uint32Array.from({ length: Math.ceil(ROWS.length / 32) }, () => random() * 2 ** 32),
  k: 40,
};

/** Workers from their source, with each message's method told before it is sent. */
function watched(onMessage: (method: string, worker: Worker) => void = () => undefined): {
  spawn: () => Worker;
  readonly workers: Worker[];
  readonly ended: Worker[];
} {
  const [workers, ended]: [Worker[], Worker[]] = [[], []];
  const spawn = (): Worker => {
    const worker = new Worker(new URL('../../src/compute/worker.ts', import.meta.url), { type: 'module' });
    workers.push(worker);
    const { postMessage, terminate } = worker;
    worker.terminate = () => (ended.push(worker), terminate.call(worker));
    worker.postMessage = (message: { path?: string[] }, more: never) => {
      postMessage.call(worker, message, more);
      if (message.path?.[0] !== undefined) onMessage(message.path[0], worker);
    };
    return worker;
  };
  return { spawn, workers, ended };
}

const kill = (worker: Worker): unknown =>
  worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));

let compute: Compute | undefined;
afterEach(() => compute?.close());

async function here(source: ReturnType<typeof sourceOf>): Promise<unknown> {
  return createLargeScan(source, undefined, () => undefined).scan(QUERY, undefined);
}

test('the Worker finds what the page finds to the bit: ties, copies, zero rows, filters, changes', async () => {
  const source = sourceOf(ROWS, DIM);
  compute = createCompute(undefined);
  const rows = compute.rows(source);
  expect(await rows.scan(QUERY, undefined)).toEqual(await here(source));
  const slot = ROWS.findIndex((_, i) => (QUERY.filter[i >> 5]! >>> (i & 31)) & 1);
  source.changes.set(
    slot,
    Float32Array.from(QUERY.q, (x, j) => x + QUERY.interests![0]![j]!),
  );
  rows.write(slot, source.changes.get(slot)!);
  expect((await rows.scan(QUERY, undefined))!.rows).toContain(slot);
  expect(await rows.scan(QUERY, undefined)).toEqual(await here(source));
  rows.drop();
  expect(await rows.scan(QUERY, undefined)).toEqual(await here(source));
});

test('one that died while nobody waited, or over a scan, is replaced and filled anew; after a second death the page goes on', async () => {
  let deadly = 0;
  const { spawn, workers } = watched((method, worker) => {
    if (method === 'scan' && deadly-- > 0) queueMicrotask(() => kill(worker));
  });
  const source = sourceOf(ROWS, DIM);
  const told: string[] = [];
  compute = createCompute(spawn);
  const scan = createLargeScan(source, compute, ({ code }) => told.push(code));
  const wanted = await here(source);
  await scan.ready();
  kill(workers[0]!);
  expect(await scan.scan(QUERY, undefined)).toEqual(wanted);
  deadly = 1;
  expect(await Promise.all([scan.scan(QUERY, undefined), scan.scan(QUERY, undefined)])).toEqual([wanted, wanted]);
  expect([workers.length, told]).toEqual([3, []]);
  deadly = 2;
  expect(await scan.scan(QUERY, undefined)).toEqual(wanted);
  expect([workers.length, told]).toEqual([4, ['compute/crashed']]);
  expect(await scan.scan(QUERY, undefined)).toEqual(wanted);
  expect(workers).toHaveLength(4);
});

test('a Worker that is refused, or says nothing, leaves the scan to the page', async () => {
  const nowhere = URL.createObjectURL(new Blob(["throw new Error('worn out');"], { type: 'text/javascript' }));
  const silent = URL.createObjectURL(new Blob([''], { type: 'text/javascript' }));
  const source = sourceOf(ROWS, DIM);
  const wanted = await here(source);
  for (const [url, reason, silenceMs] of [
    [nowhere, 'worn out', 10_000],
    [silent, 'silent for 0.05 s', 50],
  ] as const) {
    const told: string[] = [];
    const refused = createCompute(() => new Worker(url, { type: 'module' }), { silenceMs });
    const scan = createLargeScan(source, refused, ({ code, message }) => told.push(`${code} ${message}`));
    expect(await scan.scan(QUERY, undefined)).toEqual(wanted);
    expect(told).toEqual([expect.stringMatching(/^compute\/unavailable/)]);
    expect(told[0]).toContain(reason);
    refused.close();
  }
});

test('an abort ends the scan in the Worker, which answers others', async () => {
  const methods: string[] = [];
  const controller = new AbortController();
  const { spawn } = watched((method) => {
    methods.push(method);
    if (method === 'scan' && methods.filter((each) => each === 'scan').length === 1) controller.abort();
  });
  const source = sourceOf(
    Array.from({ length: 70_000 }, (_, i) => ROWS[i % ROWS.length]!.subarray(0, 4)),
    4,
  );
  const query = { q: new Float32Array(4).fill(1), k: 5, filter: new Uint32Array(2188).fill(-1) };
  compute = createCompute(spawn);
  const rows = compute.rows(source);
  expect(await rows.scan(query, controller.signal)).toBeUndefined();
  expect(methods).toContain('cancel');
  expect((await rows.scan(query, undefined))!.rows.length).toBeGreaterThanOrEqual(5);
});

test.each(['add', 'scan'])(
  'a page that sleeps over an unanswered %s is answered by another Worker once it wakes',
  async (during) => {
    const asked: string[] = [];
    const { spawn, ended } = watched((method) => {
      asked.push(method);
      if (method === during && asked.filter((each) => each === method).length === 1)
        queueMicrotask(() => dispatchEvent(new Event('pagehide')));
    });
    const source = sourceOf(ROWS, DIM);
    compute = createCompute(spawn);
    const rows = compute.rows(source);
    const answers = Promise.all([rows.scan(QUERY, undefined), rows.scan(QUERY, undefined)]);
    await expect.poll(() => ended.length, { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(asked.at(-1)).toBe(during); // it sleeps: nothing is asked anew
    dispatchEvent(new Event('pageshow'));
    const wanted = await here(source);
    expect(await answers).toEqual([wanted, wanted]);
  },
);

test('a Worker without work is ended, and the next scan starts and fills another; a closed one rejects at once', async () => {
  const { spawn, workers, ended } = watched();
  const source = sourceOf(ROWS, DIM);
  compute = createCompute(spawn, { idleMs: 20 });
  const rows = compute.rows(source);
  const first = await rows.scan(QUERY, undefined);
  await expect.poll(() => ended.length, { timeout: 10_000 }).toBe(1);
  expect(await rows.scan(QUERY, undefined)).toEqual(first);
  expect([workers.length, source.filled]).toEqual([2, 2]);
  const pending = rows.scan(QUERY, undefined);
  compute.close();
  await expect(pending).rejects.toMatchObject({ code: 'closed' });
  await expect(rows.scan(QUERY, undefined)).rejects.toMatchObject({ code: 'closed' });
});

test('where the Worker may not compile the kernel it scans the rows themselves', async () => {
  const made = (code: string): string => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const first = made('WebAssembly.validate = () => false;');
  const file = `${location.origin}/src/compute/worker.ts?worker_file&type=module`;
  const url = made(`import ${JSON.stringify(first)}; import ${JSON.stringify(file)};`);
  compute = createCompute(() => new Worker(url, { type: 'module' }));
  const source = sourceOf(ROWS, DIM);
  const scan = (await compute.rows(source).scan(QUERY, undefined))!;
  expect(scan.upper).toEqual(scan.lower);
  expect(createHeldRows(source.shape).isCoded).toBe(true);
});
