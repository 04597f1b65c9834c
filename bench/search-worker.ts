import { dotRow } from '../src/core/vector.js';
import type { Engine } from './engine.js';
import { DATA_SETS } from './scan-data.js';

/** One engine in a Worker of its own, so that the page can be asked about it while it works; answers one call at a time. */
const DIM = 384;
const K = 10;
/** Scores nearer than this are the same score: f64 sums of 384 products in another order differ by less. */
const SAME = 1e-13;

let engine: Engine;
let data: Float32Array<ArrayBuffer> | undefined;
let queries: readonly Float32Array[] = [];
/** The rows that may be among the best of each query. */
let best: readonly ReadonlySet<number>[] = [];

const acts = {
  async open({ file, variant }: { file: string; variant: string }): Promise<void> {
    const { open } = (await import(/* @vite-ignore */ `${location.origin}/engines/${file}.js`)) as {
      open(dim: number, variant: string): Engine | Promise<Engine>;
    };
    engine = await open(DIM, variant);
  },
  make({ set, rows }: { set: string; rows: number }): void {
    const made = DATA_SETS[set]!(rows, DIM);
    data = made.data as Float32Array<ArrayBuffer>;
    queries = made.queries;
    best = queries.map((q) => bestRows(made.data, rows, q));
  },
  async build({ rows }: { rows: number }): Promise<void> {
    await engine.build(data!, rows);
    data = undefined;
  },
  /** Each query `passes` times; ms of each. */
  async ask({ passes }: { passes: number }): Promise<number[]> {
    const times: number[] = [];
    for (let pass = 0; pass < passes; pass++) {
      for (const q of queries) {
        const began = performance.now();
        const found = engine.query(q, K);
        if (found instanceof Promise) await found;
        times.push(performance.now() - began);
      }
    }
    return times;
  },
  /** Share of the rows found that are among the best, over all queries. */
  async recall(): Promise<number> {
    let hits = 0;
    for (const [i, q] of queries.entries()) {
      const found = new Set(await engine.query(q, K));
      for (const row of found) if (best[i]!.has(row)) hits++;
    }
    return hits / (queries.length * K);
  },
  /**
   * The engine and a bare read of `bytes` in turns, some 20 ms each, so that a busy machine slows both.
   *
   * @returns medians: GB/s of the read, and how long it takes in proportion to a query
   */
  async bandwidth({ bytes }: { bytes: number }): Promise<{ gigabytes: number; share: number }> {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
    new Uint8Array(memory.buffer).fill(1); // else all of it is the same page of zeros
    const { instance } = await WebAssembly.instantiateStreaming(fetch('/engines/read.wasm'), { env: { memory } });
    const read = instance.exports['read'] as (at: number, bytes: number) => number;
    const [reads, shares]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < 15; turn++) {
      const readMs = await timed(() => void read(0, bytes));
      const queryMs = await timed(() => engine.query(queries[turn % queries.length]!, K));
      reads.push(readMs);
      shares.push(readMs / queryMs);
    }
    return { gigabytes: bytes / 1e6 / median(reads), share: median(shares) };
  },
  dropRows(): void {
    data = undefined;
    (globalThis as unknown as { gc(): void }).gc();
  },
};

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Ms of one call, over as many as 20 ms hold. */
async function timed(act: () => unknown): Promise<number> {
  const began = performance.now();
  for (let calls = 1; ; calls++) {
    await act();
    const ms = performance.now() - began;
    if (ms >= 20) return ms / calls;
  }
}

function bestRows(rows: Float32Array, count: number, q: Float32Array): ReadonlySet<number> {
  const scores = Float64Array.from({ length: count }, (_, i) => dotRow(q, rows, i * DIM));
  const least = scores.slice().sort()[Math.max(0, count - K)]! - SAME;
  const found = new Set<number>();
  scores.forEach((score, row) => score >= least && found.add(row));
  return found;
}

onmessage = async ({ data: [act, given] }: MessageEvent<[keyof typeof acts, never]>): Promise<void> => {
  try {
    postMessage({ answer: await acts[act](given) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
