import * as ort from 'onnxruntime-web/wasm';

/**
 * ONNX Runtime and nothing else: answers `{ model, threads, batches }` with the ms of each batch's run, on tensors made
 * beforehand, and, if wanted, with the mean of each text's tokens, to unit length.
 */
let session;
onmessage = ({ data: { id, ...asked } }) =>
  answer(asked).then(
    (answer) => postMessage({ id, answer }),
    (error) => postMessage({ id, error: String(error) }),
  );

async function answer({ model, threads = 1, batches, wantsRows = false }) {
  if (session === undefined) {
    const at = new URL('/runtime/ort-wasm-simd-threaded', location.href).href;
    Object.assign(ort.env.wasm, { numThreads: threads, wasmPaths: { mjs: `${at}.mjs`, wasm: `${at}.wasm` } });
    const bytes = await (await fetch(model)).arrayBuffer();
    session = await ort.InferenceSession.create(new Uint8Array(bytes));
  }
  const times = [];
  const rows = [];
  for (const batch of batches) {
    const feeds = padded(batch);
    const began = performance.now();
    const { last_hidden_state: hidden } = await session.run(feeds);
    times.push(performance.now() - began);
    if (wantsRows) rows.push(...batch.map((ids, i) => mean(hidden, i, ids.length)));
    else if (hidden.data.length === 0) throw new Error('no answer');
  }
  return { times, rows };
}

function padded(batch) {
  const length = Math.max(...batch.map((ids) => ids.length));
  const tensor = (valueOf) => {
    const values = new BigInt64Array(batch.length * length);
    batch.forEach((ids, i) => ids.forEach((each, j) => (values[i * length + j] = BigInt(valueOf(each)))));
    return new ort.Tensor('int64', values, [batch.length, length]);
  };
  const all = { input_ids: tensor((each) => each), attention_mask: tensor(() => 1), token_type_ids: tensor(() => 0) };
  return Object.fromEntries(session.inputNames.map((name) => [name, all[name]]));
}

function mean({ data, dims: [, length, width] }, row, tokens) {
  const sum = new Float64Array(width);
  for (let i = 0; i < tokens * width; i++) sum[i % width] += data[row * length * width + i];
  const norm = Math.hypot(...sum);
  return sum.map((x) => x / norm);
}
