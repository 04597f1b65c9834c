import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Encoder } from '../../src/domain/ports.js';
import { openEncoderWorker, type WorkerLife } from '../../src/encoder/client.js';
import { MODEL_CACHE } from '../../src/encoder/lite-release.js';
import type { OnProgress, TransformerConfig } from '../../src/encoder/protocol.js';
import { SOAK } from '../soak.js';
import golden from '../fixtures/tiny-bert/golden.json';
import { HUB, newWorker, tinyModel } from './tiny-models.js';

/**
 * The real Worker, transformers.js and ONNX Runtime on a tiny random BERT, against PyTorch's own encoder on the same
 * weights (tests/fixtures/tiny-bert/make.py).
 */
const FILES = ['config.json', 'onnx/model.onnx', 'tokenizer.json', 'tokenizer_config.json'];
const RUNTIME = 'runtime/ort-wasm-simd-threaded.wasm';
const texts = golden.cases.map(({ text }) => text);

/** Workers made so far. */
const workers: Worker[] = [];

function open(
  changes: Partial<TransformerConfig> = {},
  onProgress: OnProgress = () => {},
  life: Partial<WorkerLife> = {},
  make: () => Worker = newWorker,
): Promise<Encoder> {
  const spawn = (): Worker => {
    const worker = make();
    workers.push(worker);
    return worker;
  };
  return openEncoderWorker(spawn, tinyModel(changes), onProgress, life);
}

async function encodeOnce(changes: Partial<TransformerConfig>, ...inputs: string[]): Promise<Float32Array[]> {
  const encoder = await open(changes);
  try {
    return await rowsOf(encoder, inputs);
  } finally {
    encoder.close();
  }
}

async function rowsOf(encoder: Encoder, inputs: readonly string[]): Promise<Float32Array[]> {
  const { data, rows, dim } = await encoder.encode(inputs);
  return Array.from({ length: rows }, (_, i) => data.slice(i * dim, (i + 1) * dim));
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, x, j) => sum + x * b[j]!, 0); // both are of unit length
}

function expectAllclose(actual: Float32Array, expected: ArrayLike<number>, atol: number): void {
  const furthest = Math.max(...Array.from(actual, (x, j) => Math.abs(x - expected[j]!)));
  expect(actual.length).toBe(expected.length);
  expect(furthest).toBeLessThanOrEqual(atol);
}

/** Puts a file into the model cache, where the Worker finds it before it asks the network. */
async function keep(path: string, body: BodyInit): Promise<void> {
  await (await caches.open(MODEL_CACHE)).put(`${HUB}/${path}`, new Response(body));
}

/** Kept files without the hashes beside them. */
async function keptFiles(): Promise<string[]> {
  const urls = (await (await caches.open(MODEL_CACHE)).keys()).map(({ url }) => url);
  return urls
    .filter((url) => !url.includes('?'))
    .map((url) => url.replace(`${HUB}/`, '').replace(`${location.origin}/`, ''))
    .sort();
}

async function fixture(file: string): Promise<ArrayBuffer> {
  return (await fetch(`${HUB}/tiny-bert/resolve/main/${file}`)).arrayBuffer();
}

afterEach(async () => {
  await caches.delete(MODEL_CACHE);
});

describe('a transformer in its Worker', () => {
  let encoder: Encoder;
  beforeAll(async () => {
    encoder = await open();
  });
  afterAll(() => encoder.close());

  test.each(golden.cases)('embeds $text as PyTorch does', async ({ text, mean }) => {
    const [row] = await rowsOf(encoder, [text]);
    expect(cosine(row!, mean)).toBeGreaterThan(0.9999);
    expectAllclose(row!, mean, 1e-5);
  });

  test('knows its dimension and gives rows of unit length', async () => {
    expect(encoder.dim).toBe(64);
    for (const row of await rowsOf(encoder, texts)) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
  });

  test('gives a text the same row alone and in any company', async () => {
    const together = await rowsOf(encoder, [...texts, ...texts.toReversed(), ...Array<string>(100).fill('warm sun')]);
    for (const [i, text] of texts.entries()) {
      const [alone] = await rowsOf(encoder, [text]);
      expectAllclose(together[i]!, alone!, 1e-5);
      expectAllclose(together[2 * texts.length - 1 - i]!, alone!, 1e-5);
    }
  });

  test('gives zeros for texts with nothing to see, and leaves their neighbours alone', async () => {
    const [empty, warm, blank, invisible] = await rowsOf(encoder, ['', 'warm', ' \n\t', '\u200b\u0000\u00ad']);
    for (const row of [empty!, blank!, invisible!]) expect(row.every((x) => x === 0)).toBe(true);
    expectAllclose(warm!, golden.cases.find(({ text }) => text === 'warm')!.mean, 1e-5);
  });

  test('counts the texts it could not read to their end', async () => {
    const { truncated } = await encoder.encode(texts);
    expect(truncated).toBe(golden.cases.filter((one) => one.truncated).length);
    expect(truncated).toBeGreaterThan(0);
  });

  test('reads the start of a text of a million words', async () => {
    const { truncated, data } = await encoder.encode(['sun '.repeat(1e6)]);
    expect(truncated).toBe(1);
    expectAllclose(data, golden.cases.at(-1)!.mean, 1e-5);
  });

  test('answers no texts with no rows', async () => {
    expect(await encoder.encode([])).toMatchObject({ rows: 0, dim: 64, truncated: 0 });
  });
});

describe('what a transformer may be told', () => {
  test.runIf(SOAK > 1)('cls takes the first token', async () => {
    const rows = await encodeOnce({ pooling: 'cls' }, ...texts);
    golden.cases.forEach(({ cls }, i) => expectAllclose(rows[i]!, cls, 1e-5));
  });

  test('a prefix goes before every text, but gives an empty one no meaning', async () => {
    const [warm, empty] = await encodeOnce(
      { prefix: { content: 'A warm wool jacket for ', behaviour: '' } },
      'winter walks in the mountains',
      '',
    );
    expectAllclose(warm!, golden.cases[0]!.mean, 1e-5);
    expect(empty!.every((x) => x === 0)).toBe(true);
  });

  test('q8 loads the quantized file, close to the whole one, and a row is still the same in any company', async () => {
    const encoder = await open({ dtype: 'q8' });
    const together = await rowsOf(encoder, texts);
    for (const [i, { text, mean }] of golden.cases.entries()) {
      expect(cosine(together[i]!, mean)).toBeGreaterThan(0.99);
      expect(cosine(together[i]!, mean)).toBeLessThan(0.999999);
      expectAllclose((await rowsOf(encoder, [text]))[0]!, together[i]!, 1e-5);
    }
    encoder.close();
  });

  test.runIf(SOAK > 1)('a model may lie in a folder of any depth', async () => {
    const folder = `${location.origin}/tests/fixtures/hub/tiny-bert/resolve/main/`;
    const [row] = await encodeOnce({ folder }, 'warm');
    expectAllclose(row!, golden.cases[1]!.mean, 1e-5);
  });

  test.runIf(SOAK > 1)('every file comes from the folder asked for', async () => {
    for (const file of FILES) await keep(`only-v2/resolve/v2.0/${file}`, await fixture(file));
    const [row] = await encodeOnce({ folder: `${HUB}/only-v2/resolve/v2.0/`, cache: true }, 'warm');
    expectAllclose(row!, golden.cases[1]!.mean, 1e-5);
  });
});

describe("a transformer's files", () => {
  test('are fetched once each, and their progress ends at their size', async () => {
    const seen = new Map<string, number[]>();
    const cache = await caches.open(MODEL_CACHE); // a private session of WebKit empties one that nobody has open
    const beyond: string[] = [];
    let encoder = await open({ cache: true }, ({ file, loadedBytes, totalBytes }) => {
      if (loadedBytes > totalBytes) beyond.push(file);
      seen.set(file, [...(seen.get(file) ?? []), loadedBytes]);
    });
    encoder.close();
    expect(beyond).toEqual([]);
    const files = FILES.map((file) => `${HUB}/tiny-bert/resolve/main/${file}`);
    expect([...seen.keys()].sort()).toEqual([`${location.origin}/${RUNTIME}`, ...files].sort());
    for (const [file, loaded] of seen) {
      expect(loaded).toEqual([...new Set(loaded)].sort((a, b) => a - b));
      expect(loaded.at(-1)).toBe((await (await fetch(file)).arrayBuffer()).byteLength);
    }

    seen.clear();
    encoder = await open({ cache: true }, ({ file }) => void seen.set(file, []));
    encoder.close();
    expect([...seen.keys()]).toEqual([]);
    expect((await cache.keys()).length).toBeGreaterThan(FILES.length); // and their hashes
  });

  test.runIf(SOAK > 1)('are kept in the cache that erase deletes, and only when allowed', async () => {
    (await open()).close();
    expect(await caches.keys()).toEqual([]);
    const encoder = await open({ cache: true });
    expect(await caches.keys()).toEqual([MODEL_CACHE]);
    expect(await keptFiles()).toEqual([RUNTIME, ...FILES.map((file) => `tiny-bert/resolve/main/${file}`)]);
    encoder.close();
  });
});

describe('when a transformer fails', () => {
  test('a missing model is encoder/unavailable and names the URL', async () => {
    const opening = open({ folder: `${HUB}/no-such-model/resolve/main/` });
    await expect(opening).rejects.toMatchObject({
      code: 'encoder/unavailable',
      message: expect.stringContaining(`${HUB}/no-such-model/resolve/main/`),
    });
  });

  test('a missing runtime is encoder/unavailable and names the folder', async () => {
    const runtimeUrl = `${location.origin}/no-runtime/`;
    await expect(open({ runtimeUrl })).rejects.toMatchObject({
      code: 'encoder/unavailable',
      message: expect.stringContaining(runtimeUrl),
    });
  });

  test.runIf(SOAK > 1)('a cut model file is model/corrupt, and is fetched anew the next time', async () => {
    const cut = (await fixture('onnx/model.onnx')).slice(0, 100_000);
    await keep('tiny-bert/resolve/main/onnx/model.onnx', cut);
    await keep('other/resolve/main/config.json', '{}');
    await expect(open({ cache: true })).rejects.toMatchObject({ code: 'model/corrupt' });
    expect(await keptFiles()).toEqual(['other/resolve/main/config.json', RUNTIME]);
    const [row] = await encodeOnce({ cache: true }, 'warm');
    expectAllclose(row!, golden.cases[1]!.mean, 1e-5);
  });

  test.each(['config.json', 'tokenizer.json', 'tokenizer_config.json'].slice(0, SOAK))(
    'a cut %s is model/corrupt',
    async (file) => {
      await keep(`tiny-bert/resolve/main/${file}`, (await fixture(file)).slice(0, 100));
      await expect(open({ cache: true })).rejects.toMatchObject({ code: 'model/corrupt' });
    },
  );

  test('a text the model fails on is encoder/crashed, and the next text works in a new Worker', async () => {
    const tokenizer = new TextDecoder().decode(await fixture('tokenizer.json'));
    await keep('tiny-bert/resolve/main/tokenizer.json', tokenizer.replace(/"warm": \d+/, '"warm": 99999'));
    const encoder = await open({ cache: true });
    await expect(encoder.encode(['coffee', 'warm'])).rejects.toMatchObject({ code: 'encoder/crashed' });
    const [row] = await rowsOf(encoder, ['coffee']);
    expectAllclose(row!, golden.cases[2]!.mean, 1e-5);
    encoder.close();
  });
});

describe('the life of a Worker', () => {
  const until = (condition: () => boolean): Promise<void> => vi.waitFor(() => expect(condition()).toBe(true), 20_000);

  test('one that was killed without a word in the middle of a batch is replaced, and the batch answered', async () => {
    const encoder = await open({}, undefined, { silenceMs: 3000 });
    const before = workers.length;
    const work = encoder.encode(Array<string>(200).fill('warm'));
    workers.at(-1)!.terminate();
    const { data } = await work;
    expectAllclose(data.slice(-64), golden.cases[1]!.mean, 1e-5);
    expect(workers).toHaveLength(before + 1);
    encoder.close();
  });

  test('one that was killed while it loads is reported, not waited for', async () => {
    const before = workers.length;
    const opening = open({}, undefined, { loadSilenceMs: 500 });
    await until(() => workers.length > before);
    workers.at(-1)!.terminate();
    await expect(opening).rejects.toMatchObject({ code: 'encoder/unavailable' });
  });

  test('one whose WebAssembly never gets ready is given up once all files are there, and the reason told', async () => {
    const moduleOf = (code: string): string => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const condition = moduleOf(`
      WebAssembly.instantiate = () => new Promise(() => {});
      const { setTimeout: wait } = globalThis;
      globalThis.setTimeout = (task, ms) => wait(task, ms >= 60_000 ? 100 : ms); // a minute goes fast
    `);
    const file = `${location.origin}/src/encoder/worker.ts?worker_file&type=module`;
    const worker = moduleOf(`import ${JSON.stringify(condition)}; import ${JSON.stringify(file)};`);
    const hanging = (): Worker => new Worker(worker, { type: 'module' });
    const whole = new Set<string>();
    const onProgress: OnProgress = ({ file, loadedBytes, totalBytes }) => {
      if (loadedBytes === totalBytes) whole.add(file);
    };
    await expect(open({}, onProgress, {}, hanging)).rejects.toMatchObject({
      code: 'encoder/unavailable',
      message: expect.stringMatching(/ONNX Runtime failed .*timeout/),
    });
    expect(whole.size).toBe(FILES.length + 1);
  });

  test('one without work is ended, and another started for the next text', async () => {
    const encoder = await open({}, undefined, { idleMs: 50 });
    const worker = workers.at(-1)!;
    const ended = vi.spyOn(worker, 'terminate'); // the browser's own
    await until(() => ended.mock.calls.length === 1);
    const [row] = await rowsOf(encoder, ['warm']);
    expectAllclose(row!, golden.cases[1]!.mean, 1e-5);
    expect(workers.at(-1)).not.toBe(worker);
    encoder.close();
  });

  test.runIf(SOAK > 1)(
    'one whose files could not be kept is not ended: they would have to be fetched again',
    async () => {
      let asked = 0;
      const mayKeep = (): boolean => ++asked < 0;
      const encoder = await open({}, undefined, { idleMs: 10, mayKeep });
      const ended = vi.spyOn(workers.at(-1)!, 'terminate');
      await until(() => asked > 5);
      expect(ended).not.toHaveBeenCalled();
      encoder.close();
    },
  );

  test('closing rejects what is under way, and an abort what waits for a new Worker', async () => {
    const encoder = await open({}, undefined, { idleMs: 0 });
    const ended = vi.spyOn(workers.at(-1)!, 'terminate');
    await until(() => ended.mock.calls.length === 1);
    const abort = new AbortController();
    const waiting = encoder.encode(['warm'], { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toBe(abort.signal.reason);
    const work = encoder.encode(Array<string>(200).fill('warm'));
    encoder.close();
    await expect(work).rejects.toMatchObject({ code: 'closed' });
  });

  test('a text that is what the person did has a prefix of its own', async () => {
    const encoder = await open({ prefix: { content: '', behaviour: 'A warm wool jacket for ' } });
    const { data } = await encoder.encode(['winter walks in the mountains'], { role: 'behaviour' });
    expectAllclose(data, golden.cases[0]!.mean, 1e-5);
    encoder.close();
  });
});
