// Pins the presets of src/encoder/presets.ts to what a hub holds now: the commit, the SHA-256 of every file, and what the
// fp32 weights answer to golden-texts.json. Run it where a hub can be reached, and commit the result with its release.
//
//   npm run presets:pin [-- [--host https://huggingface.co] [--out FILE] [NAME …]]
//
// Golden rows come from another path than the product's: onnxruntime-web in Node with the tokenizers alone.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Tokenizer } from '@huggingface/tokenizers';
import { runnerImport } from 'vite';

// By its path: it comes with transformers.js, and named as a dependency it could come twice.
const ort = await import(pathToFileURL(resolve('node_modules', 'onnxruntime-web', 'dist/ort.node.min.mjs')).href);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: 'https://huggingface.co' },
    out: { type: 'string', default: 'src/encoder/preset-pins.json' },
  },
});
const { PRESETS } = (await runnerImport('./src/encoder/presets.ts')).module;
const texts = JSON.parse(readFileSync('src/encoder/golden-texts.json', 'utf8'));

/** Kinds of numbers that a preset may be run with, by the ending of their file. */
const WEIGHTS = ['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx'];

const pins = existsSync(values.out) ? JSON.parse(readFileSync(values.out, 'utf8')) : {};
for (const name of positionals.length > 0 ? positionals : Object.keys(PRESETS)) {
  if (!(name in PRESETS)) throw new Error(`${name} is none of ${Object.keys(PRESETS).join(', ')}`);
  pins[name] = await pin(PRESETS[name]);
  writeFileSync(values.out, `${JSON.stringify(pins, null, 2)}\n`);
  console.log(`${name}: ${pins[name].revision}, ${Object.keys(pins[name].sha256).length} files`);
}

async function pin({ id, pooling, prefix, dims }) {
  let revision = 'main';
  const sha256 = {};
  const files = {};
  async function fetchFile(path, optional = false) {
    const url = `${values.host.replace(/\/$/, '')}/${id}/resolve/${revision}/${path}`;
    const response = await fetch(url);
    if (optional && response.status === 404) return;
    if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
    revision = response.headers.get('x-repo-commit') ?? revision; // all from one commit, whatever comes meanwhile
    files[path] = new Uint8Array(await response.arrayBuffer());
    sha256[path] = createHash('sha256').update(files[path]).digest('hex');
  }
  for (const path of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) await fetchFile(path);
  const json = (path) => JSON.parse(new TextDecoder().decode(files[path]));
  const hasData = Boolean(json('config.json')['transformers.js_config']?.use_external_data_format);
  for (const file of WEIGHTS) {
    const optional = file !== 'model.onnx';
    await fetchFile(`onnx/${file}`, optional);
    if (hasData) await fetchFile(`onnx/${file}_data`, true);
  }
  const data = files['onnx/model.onnx_data'];
  const session = await ort.InferenceSession.create(files['onnx/model.onnx'], {
    executionProviders: ['wasm'],
    ...(data && { externalData: [{ path: 'model.onnx_data', data }] }),
  });
  const tokenizer = new Tokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
  const golden = [];
  const most = json('config.json').max_position_embeddings;
  for (const text of texts) {
    const { ids } = tokenizer.encode(prefix.content + text);
    golden.push(await embed(session, ids.length > most ? [...ids.slice(0, most - 1), ids.at(-1)] : ids, pooling));
  }
  if (golden.some((row) => row.length !== dims))
    console.warn(`${id} answers with ${golden[0].length} numbers, and presets.ts says ${dims}`);
  return { revision, sha256, golden };
}

/** Tokens → their embeddings' mean, or the first one, to unit length. */
async function embed(session, ids, pooling) {
  const tensor = (numbers) => new ort.Tensor('int64', BigInt64Array.from(numbers, BigInt), [1, ids.length]);
  const all = {
    input_ids: tensor(ids),
    attention_mask: tensor(ids.map(() => 1)),
    token_type_ids: tensor(ids.map(() => 0)),
  };
  const { last_hidden_state: hidden } = await session.run(
    Object.fromEntries(session.inputNames.map((name) => [name, all[name]])),
  );
  const dim = hidden.dims[2];
  const sum = Array.from({ length: dim }, () => 0);
  const count = pooling === 'cls' ? 1 : ids.length;
  for (let i = 0; i < count; i++) for (let j = 0; j < dim; j++) sum[j] += hidden.data[i * dim + j];
  const length = Math.hypot(...sum);
  return sum.map((x) => Number((x / length).toFixed(5)));
}
