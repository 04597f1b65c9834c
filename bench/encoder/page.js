/** What the page of encoder.bench.ts does; each function answers with plain numbers. */
const { createAttune } = await import(/* @vite-ignore */ `${location.origin}/index.js`);

const FOLDER = '/models/Xenova/all-MiniLM-L6-v2/onnx/';

/** `[CLS]`, so many tokens of some words, `[SEP]`. */
const tokensOf = (count, seed) => [
  2,
  ...Array.from({ length: count }, (_, i) => 1000 + ((seed * 131 + i * 7) % 20_000)),
  3,
];

/** Ms since `began`. */
const since = (began) => performance.now() - began;

function peer(name) {
  const worker = new Worker(`/peers/${name}.js`, { type: 'module' });
  const waiting = new Map();
  let count = 0;
  worker.onmessage = ({ data: { id, answer, error } }) =>
    waiting.get(id)(error ? Promise.reject(new Error(error)) : answer);
  return {
    ask(message) {
      const id = count++;
      return new Promise((resolve, reject) => {
        waiting.set(id, resolve);
        worker.onerror = ({ message: why }) => reject(new Error(why));
        worker.postMessage({ ...message, id });
      });
    },
    end: () => worker.terminate(),
  };
}

const open = (model, user) =>
  createAttune({
    consent: 'granted',
    assetBase: '/',
    maxWaitMs: 600_000,
    model,
    user: `${user}`,
    text: (item) => item.text,
  });

/** Attune and bare ONNX Runtime, both warm, for texts of so many tokens. */
export async function openBoth({ model, texts, tokens }) {
  const attune = await open(model, 'one');
  const worker = peer('ort-worker');
  const ask = { model: `${FOLDER}model_quantized.onnx`, batches: [[tokensOf(tokens, 0)]] };
  Object.assign(globalThis, { ours: (text) => attune.embed(text), bare: async () => (await worker.ask(ask)).times[0] });
  for (const text of texts) {
    await ours(text);
    await bare();
  }
}

/** One text at a time, interleaved, ms: our round trip from the page, that of a bare run in a Worker, and the run alone. */
export async function interleaved({ texts }) {
  const times = { ours: [], trip: [], run: [] };
  for (const text of texts) {
    const began = performance.now();
    await ours(text);
    times.ours.push(since(began));
    const then = performance.now();
    times.run.push(await bare());
    times.trip.push(since(then));
  }
  return times;
}

/** One way alone, for its CPU. */
export async function alone({ texts, way }) {
  for (const text of texts) await globalThis[way](text);
}

/** fp32 on so many threads, warm. */
export async function openWhole({ threads }) {
  globalThis.whole = peer('ort-worker');
  const some = Array.from({ length: 16 }, (_, i) => tokensOf(20, i));
  await whole.ask({ model: `${FOLDER}model.onnx`, threads, batches: [...some.map((each) => [each]), some] });
}

/** Texts in buckets of one size, shortest first: ms a text, and the least cosine with each text alone. */
export async function buckets({ lengths, size }) {
  const texts = lengths.toSorted((a, b) => a - b).map(tokensOf);
  const batches = Array.from({ length: Math.ceil(texts.length / size) }, (_, i) =>
    texts.slice(i * size, (i + 1) * size),
  );
  const { times, rows } = await whole.ask({ batches, wantsRows: true });
  globalThis.rowsAlone = size === 1 ? rows : rowsAlone;
  const cosines = rows.map((row, i) => row.reduce((sum, x, j) => sum + x * rowsAlone[i][j], 0));
  return { ms: times.reduce((sum, ms) => sum + ms, 0) / texts.length, cosine: Math.min(...cosines) };
}

/** All texts, by each way; ms. */
export async function manyTexts({ model, texts, way }) {
  if (way === 'attune') {
    const attune = await open(model, 'many');
    await attune.embed('warm');
    const began = performance.now();
    await Promise.all(texts.map((text) => attune.embed(text)));
    const ms = since(began);
    await attune.close();
    return ms;
  }
  const plain = peer('pipeline-worker');
  await plain.ask({ texts: ['warm'] });
  const began = performance.now();
  if (way === 'one batch') await plain.ask({ texts });
  else for (const text of texts) await plain.ask({ texts: [text] });
  const ms = since(began);
  plain.end();
  return ms;
}

/** How long a person's texts wait while others are learned from in the background; ms each. */
export async function waiting({ model, background, asked, pauseMs, way }) {
  const plain = way === 'attune' ? undefined : peer('pipeline-worker');
  const attune = way === 'attune' ? await open(model, 'waiting') : undefined;
  const embed = (text) => (attune === undefined ? plain.ask({ texts: [text] }) : attune.embed(text));
  await embed('warm');
  let left = background.length;
  const all = background.map((text, i) => {
    if (attune !== undefined) return void attune.track('view', { id: `item-${i}`, text });
    return plain.ask({ texts: [text] }).then(() => left--);
  });
  const learned = attune === undefined ? Promise.all(all) : attune.flush().then(() => (left = 0));
  const times = [];
  for (const text of asked) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (left === 0) break; // nothing is under way any more
    const began = performance.now();
    await embed(text);
    times.push(since(began));
  }
  learned.catch(() => undefined); // the page goes before
  return times;
}

/** Attune at work and then idle, kept open. */
export async function settle({ model, texts }) {
  const attune = await open(model, 'memory');
  await attune.rank(texts.map((text, i) => ({ id: `item-${i}`, text })));
  for (let i = 0; i < 40; i++) attune.track('save', { id: `item-${i}`, text: texts[i] });
  await attune.flush();
  globalThis.attune = attune;
}
