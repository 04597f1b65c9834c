import { AutoModel, AutoTokenizer, env, type PreTrainedModel, Tensor } from '@huggingface/transformers';
import { addScaled } from '../core/vector.js';
import { AttuneError } from '../errors.js';
import { GOLDEN_TEXTS, judge, readVerdict, wrongBackend } from './backend-check.js';
import { mendBertNormalizer } from './bert-normalizer.js';
import { type BucketLimits, buckets } from './buckets.js';
import { type Device, probeGpu } from './device.js';
import { dropFiles, openModelCache } from './kept-file.js';
import type { LoadedModel, OnProgress, TransformerConfig } from './protocol.js';
import { buildFor, readyRuntime } from './runtime.js';
import { RUNTIME } from './runtime-release.js';
import { shapeEmbedding } from './shape-embedding.js';
import { maxTokensOf, type Tokens, tokenize } from './tokenize.js';
import { serveFiles } from './transformer-files.js';
import { mendUnigram } from './unigram.js';

/** One text a run. */
const ALONE: BucketLimits = { texts: 1, tokens: Infinity };

/** Texts in one run on a GPU, where each run costs dozens of dispatches however small it is. Judgement: no real GPU was at hand. */
const ON_GPU: BucketLimits = { texts: 16, tokens: 2048 };

/** A text with a visible character; any other has no meaning to encode, and BERT would read nothing in it. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Mn}\ufffd]/u;

/** Tokens of some texts → an embedding of unit length for each, in order. */
type Embed = (batch: readonly (readonly number[])[]) => Promise<Float32Array[]>;

/**
 * A sentence encoder in a model hub's layout, in WASM on this thread or on the GPU: its token embeddings' mean, or the
 * first one, shaped as the model was trained, to unit length; all zeros for a text with nothing to see. A GPU is
 * believed once it agreed on the golden texts.
 *
 * On WASM each text runs alone. On one thread a padded batch is no faster (64 short texts through MiniLM's shape in q8:
 * 1.7 s together, 1.4 s alone), and q8 scales its numbers by the whole batch, so that a text's row would depend on its
 * neighbours (cosine down to 0.9998). In fp32 rows are equal, but padding eats the gain: CPU a text for 4 to 60 tokens
 * 54 ms alone, 65 in fours, 77 in eights; for 18 to 24 tokens 56, 47 and 56 (`npm run bench:encoder`, a busy machine).
 * On a GPU, texts of like length run together, except in q8.
 *
 * One failed session or run spoils every later one on the same thread: after a rejection, end the Worker. `client.ts`
 * does, and for that reason `encode` rejects with `encoder/crashed`.
 *
 * @throws AttuneError `encoder/unavailable` when a file can't be had, the runtime doesn't start, or the GPU is missing,
 *   fails or is wrong; `model/corrupt` when the files are no model; kept copies are then dropped, so that the next try
 *   fetches them again
 */
export async function openTransformer(config: TransformerConfig, onProgress: OnProgress): Promise<LoadedModel> {
  const { id, folder, device, prefix, modelVersion, runtimeUrl, golden } = config;
  const cache = config.cache ? await openModelCache() : undefined;
  const backend = device === 'webgpu' ? await describeGpu(config) : undefined;
  const verdict = backend && (await readVerdict(cache, folder, backend));
  if (verdict === 'wrong') throw wrongBackend(backend!, 'as found on an earlier visit');
  const files = serveFiles(config, cache, onProgress);
  let areFilesGood = backend !== undefined && (verdict === 'right' || golden !== undefined);
  try {
    const [tokenizer] = await Promise.all([
      AutoTokenizer.from_pretrained('model'),
      readyRuntime(device, runtimeUrl, cache, onProgress),
    ]);
    mendBertNormalizer(tokenizer._tokenizer);
    mendUnigram(tokenizer._tokenizer);
    const tokensOf = (text: string, maxTokens: number): Tokens => tokenize(tokenizer, text, maxTokens);
    let reference = golden;
    if (backend !== undefined && verdict === undefined && reference === undefined) {
      const wasm = await openModel(config, 'wasm');
      reference = await embedGolden(wasm, config, (text) => tokensOf(text, maxTokensOf(tokenizer, wasm.config)));
      areFilesGood = true;
      await wasm.dispose();
    }
    const model = await openModel(config, device);
    files.release();
    const maxTokens = maxTokensOf(tokenizer, model.config);
    const embed = await embedderOf(model, config);
    const together = bucketLimits(config);
    const dim = (await embed([tokensOf('a', maxTokens).ids]))[0]!.length; // also proves that the model runs
    if (backend !== undefined && verdict === undefined) {
      const alone = await embedGolden(model, config, (text) => tokensOf(text, maxTokens));
      const answered = [...alone];
      if (together.texts > 1) {
        answered.push(...(await embedGolden(model, config, (text) => tokensOf(text, maxTokens), together)));
      }
      const expected = answered.map((_, i) => reference![i % alone.length]!);
      await judge(expected, answered, cache, folder, backend);
    }
    return {
      modelVersion,
      dim,
      async encode(texts, role = 'content') {
        const data = new Float32Array(texts.length * dim);
        let truncated = 0;
        try {
          const seen = texts.flatMap((text, row) =>
            VISIBLE.test(text) ? [{ row, ...tokensOf(prefix[role] + text, maxTokens) }] : [],
          );
          truncated = seen.filter((each) => each.truncated).length;
          const lengths = seen.map(({ ids }) => ids.length);
          for (const bucket of buckets(lengths, together)) {
            const embeddings = await embed(bucket.map((i) => seen[i]!.ids));
            for (const [k, i] of bucket.entries()) data.set(embeddings[k]!, seen[i]!.row * dim);
          }
        } catch (cause) {
          throw new AttuneError('encoder/crashed', `${id} failed on a text (${String(cause)}).`, { cause });
        }
        return { data, rows: texts.length, dim, truncated };
      },
    };
  } catch (cause) {
    files.release();
    if (cause instanceof AttuneError) throw cause;
    throw await asLoadError(cause, config, areFilesGood, cache);
  }
}

/** All that may change what the GPU answers. */
async function describeGpu({ id, dtype }: TransformerConfig): Promise<string> {
  const gpu = await probeGpu();
  if (gpu === undefined) throw new AttuneError('encoder/unavailable', `${id}: no GPU can be had through WebGPU here.`);
  const build = RUNTIME[buildFor('webgpu')];
  const browser = navigator.userAgent.match(/\w+\/\d+/g)?.join(' ');
  return ['webgpu', gpu.name, dtype, build.name, build.sha256.slice(0, 8), browser].join(' ');
}

function openModel({ dtype }: TransformerConfig, device: Device): Promise<PreTrainedModel> {
  return AutoModel.from_pretrained('model', { device, dtype });
}

async function embedderOf(model: PreTrainedModel, config: TransformerConfig): Promise<Embed> {
  const { device } = env.backends.onnx.webgpu ?? {};
  const { lost } = ((await device) ?? {}) as { lost?: Promise<{ message: string }> };
  const loss = lost?.then(({ message }) => Promise.reject(new Error(`the GPU was lost: ${message}`)));
  loss?.catch(() => undefined); // lost while nobody waits: the next text finds out
  return async (batch) => {
    const run: Promise<Record<string, Tensor>> = model(padded(batch));
    const output = await (loss === undefined ? run : Promise.race([run, loss]));
    const hidden = output['last_hidden_state'] ?? output['token_embeddings'];
    if (hidden?.dims.length !== 3) throw new TypeError(`it answers with ${Object.keys(output).join()} only`);
    const tokens = hidden.to('float32').data as Float32Array;
    const [, length, width] = hidden.dims as [number, number, number];
    return batch.map((ids, i) => {
      const own = tokens.subarray(
        i * length * width,
        (i * length + (config.pooling === 'cls' ? 1 : ids.length)) * width,
      );
      const sum = new Float64Array(width);
      for (let at = 0; at < own.length; at += width) addScaled(sum, own.subarray(at, at + width), 1);
      return shapeEmbedding(sum, config);
    });
  };
}

/** What may run together: see `openTransformer`. */
function bucketLimits({ device, dtype }: TransformerConfig): BucketLimits {
  return device === 'webgpu' && dtype !== 'q8' ? ON_GPU : ALONE;
}

/** A batch as tensors, each text padded at its end to the longest; the mask leaves the padding out. */
function padded(batch: readonly (readonly number[])[]): Record<'input_ids' | 'attention_mask', Tensor> {
  const length = Math.max(...batch.map((ids) => ids.length));
  const dims = [batch.length, length];
  const ids = new BigInt64Array(batch.length * length);
  const mask = new BigInt64Array(ids.length);
  for (const [i, tokens] of batch.entries()) {
    ids.set(BigInt64Array.from(tokens, BigInt), i * length);
    mask.fill(1n, i * length, i * length + tokens.length);
  }
  return { input_ids: new Tensor('int64', ids, dims), attention_mask: new Tensor('int64', mask, dims) };
}

async function embedGolden(
  model: PreTrainedModel,
  config: TransformerConfig,
  tokensOf: (text: string) => Tokens,
  most: BucketLimits = ALONE,
): Promise<number[][]> {
  const embed = await embedderOf(model, config);
  const batch = GOLDEN_TEXTS.map((text) => tokensOf(config.prefix.content + text).ids);
  const rows: number[][] = [];
  for (const bucket of buckets(
    batch.map(({ length }) => length),
    most,
  )) {
    const embeddings = await embed(bucket.map((i) => batch[i]!));
    for (const [k, i] of bucket.entries()) rows[i] = Array.from(embeddings[k]!);
  }
  return rows;
}

async function asLoadError(
  cause: unknown,
  { id, device, folder, runtimeUrl }: TransformerConfig,
  areFilesGood: boolean,
  cache: Cache | undefined,
): Promise<AttuneError> {
  if (areFilesGood) {
    const wayOut = "Name `device: 'wasm'` to leave the GPU alone.";
    return new AttuneError('encoder/unavailable', `${id} failed on ${device} (${String(cause)}). ${wayOut}`, { cause });
  }
  if (/no available backend|out of memory|bad_alloc|allocat/i.test(String(cause))) {
    const wayOut = `Serve its files below ${runtimeUrl}, allow 'wasm-unsafe-eval' in the CSP, or take a smaller model.`;
    return new AttuneError('encoder/unavailable', `ONNX Runtime failed (${String(cause)}). ${wayOut}`, { cause });
  }
  await dropFiles(cache, folder);
  return new AttuneError('model/corrupt', `${id} can't be run (${String(cause)}). Serve its files unchanged.`, {
    cause,
  });
}
