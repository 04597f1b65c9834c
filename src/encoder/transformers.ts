import { AutoModel, AutoTokenizer, env, LogLevel, type PreTrainedTokenizer, Tensor } from '@huggingface/transformers';
import { addScaled, normalize } from '../core/vector.js';
import { AttuneError } from '../errors.js';
import { MODEL_CACHE } from './lite-release.js';
import type { EncoderConfig, LoadedModel, OnProgress } from './protocol.js';

type TransformerConfig = Extract<EncoderConfig, { kind: 'transformers' }>;

/** Tokens read of one text at most, whatever the model says: attention takes `tokens²` memory, and WASM ends at 4 GB. */
const MAX_TOKENS = 2048;

/** Characters looked at for each token that may be read, so that a huge text costs little. Judgement. */
const CHARACTERS_PER_TOKEN = 32;

/** A text with a visible character; any other has no meaning to encode. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}]/u;

/**
 * A sentence encoder in a model hub's layout, in WASM on this thread: its token embeddings' mean, or the first one, to
 * unit length; all zeros for an empty text. A text past the model's length loses its end but not the closing special
 * token, as in Hugging Face's Python.
 *
 * Each text runs alone. On one thread a padded batch is no faster (64 short texts through MiniLM's shape in q8: 1.7 s
 * together, 1.4 s alone), and q8 scales its numbers by the whole batch, so that a text's row would depend on its
 * neighbours (cosine down to 0.9998).
 *
 * One failed session or run spoils every later one on the same thread: after a rejection, end the Worker. `client.ts`
 * does, and for that reason `encode` rejects with `encoder/crashed`.
 *
 * @throws AttuneError `encoder/unavailable` when a file can't be had or the runtime doesn't start, `model/corrupt` when
 *   the files are no model; kept copies are then dropped, so that the next try fetches them again
 */
export async function openTransformer(config: TransformerConfig, onProgress: OnProgress): Promise<LoadedModel> {
  const { id, dtype, pooling, prefix, modelVersion } = config;
  configure(config, onProgress);
  try {
    const [tokenizer, model] = await Promise.all([
      AutoTokenizer.from_pretrained('model'),
      AutoModel.from_pretrained('model', { device: 'wasm', dtype }),
    ]);
    const { model_type, max_position_embeddings: positions = MAX_TOKENS } = model.config;
    const reserved = /roberta|mpnet/.test(model_type ?? '') ? 2 : 0; // they count positions from behind the padding's
    const maxTokens = Math.min(tokenizer.model_max_length, positions - reserved, MAX_TOKENS);

    async function embed(ids: readonly number[]): Promise<Float32Array> {
      const dims = [1, ids.length];
      const output: Record<string, Tensor> = await model({
        input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), dims),
        attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), dims),
      });
      const hidden = output['last_hidden_state'] ?? output['token_embeddings'];
      if (hidden?.dims.length !== 3) throw new TypeError(`it answers with ${Object.keys(output).join()} only`);
      const tokens = hidden.to('float32').data as Float32Array;
      const sum = new Float64Array(hidden.dims[2]!);
      const end = pooling === 'cls' ? sum.length : tokens.length;
      for (let at = 0; at < end; at += sum.length) addScaled(sum, tokens.subarray(at, at + sum.length), 1);
      return Float32Array.from(normalize(sum));
    }

    const dim = (await embed(tokenize(tokenizer, 'a', maxTokens).ids)).length; // also proves that the model runs
    return {
      modelVersion,
      dim,
      async encode(texts) {
        const data = new Float32Array(texts.length * dim);
        let truncated = 0;
        try {
          for (const [i, text] of texts.entries()) {
            if (!VISIBLE.test(text)) continue;
            const tokens = tokenize(tokenizer, prefix + text, maxTokens);
            if (tokens.truncated) truncated++;
            data.set(await embed(tokens.ids), i * dim);
          }
        } catch (cause) {
          throw new AttuneError('encoder/crashed', `${id} failed on a text (${String(cause)}).`, { cause });
        }
        return { data, rows: texts.length, dim, truncated };
      },
    };
  } catch (error) {
    throw await asLoadError(error, config);
  }
}

function tokenize(
  tokenizer: PreTrainedTokenizer,
  text: string,
  maxTokens: number,
): { ids: number[]; truncated: boolean } {
  const maxCharacters = maxTokens * CHARACTERS_PER_TOKEN;
  const ids = tokenizer.encode(text.slice(0, maxCharacters));
  const last = ids.at(-1)!;
  const truncated = ids.length > maxTokens || text.length > maxCharacters;
  if (ids.length > maxTokens) {
    ids.length = maxTokens; // the tokenizer's own truncation would cut the closing token off
    if (tokenizer.all_special_ids.includes(last)) ids[maxTokens - 1] = last;
  }
  return { ids, truncated };
}

/** Points transformers.js at the configured places and at nothing else. */
function configure(config: TransformerConfig, onProgress: OnProgress): void {
  const { id, host, revision, runtimeUrl, cache } = config;
  env.allowLocalModels = false;
  env.remoteHost = `${host.replace(/\/+$/, '')}/${id}/resolve`; // as a model's name it would refuse deeper folders,
  env.remotePathTemplate = encodeURIComponent(revision); // and as an option it isn't asked for the tokenizer's list
  env.useBrowserCache = cache && 'caches' in globalThis;
  env.cacheKey = MODEL_CACHE;
  env.useWasmCache = false; // runs the runtime from a blob: URL, which a strict CSP forbids
  env.logLevel = LogLevel.NONE; // its error log shows what people wrote
  // Its own progress requests files twice. Its question whether there is a tokenizer, a range, needs no request at all.
  env.fetch = (url, init) =>
    new Headers(init?.headers).has('range') ? Promise.resolve(new Response()) : fetchFile(String(url), onProgress);
  const [mjs, wasm] = ['mjs', 'wasm'].map((ending) => `${runtimeUrl}ort-wasm-simd-threaded.${ending}`);
  Object.assign(env.backends.onnx.wasm!, { numThreads: 1, wasmPaths: { mjs, wasm } });
}

async function fetchFile(url: string, onProgress: OnProgress): Promise<Response> {
  try {
    const { ok, status, headers, body } = await fetch(url);
    if (!ok || body === null) throw new Error(`HTTP ${status}`);
    if (headers.get('content-type')?.startsWith('text/html')) throw new Error('a web page came instead');
    const totalBytes = headers.has('content-encoding') ? 0 : Number(headers.get('content-length') ?? 0);
    let loadedBytes = 0;
    const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(part, next) {
        loadedBytes += part.byteLength;
        onProgress({ file: url, loadedBytes, totalBytes });
        next.enqueue(part);
      },
    });
    return new Response(await new Response(body.pipeThrough(counter)).arrayBuffer(), { headers });
  } catch (cause) {
    const wayOut = "Check the model's id, host, revision and dtype, and the page's CSP.";
    throw new AttuneError('encoder/unavailable', `${url} can't be fetched (${String(cause)}). ${wayOut}`, { cause });
  }
}

async function asLoadError(cause: unknown, { id, runtimeUrl, cache }: TransformerConfig): Promise<AttuneError> {
  if (cause instanceof AttuneError) return cause;
  if (/no available backend|out of memory|bad_alloc|allocation/i.test(String(cause))) {
    const wayOut = `Serve its two files below ${runtimeUrl}, allow 'wasm-unsafe-eval' in the CSP, or take a smaller model.`;
    return new AttuneError('encoder/unavailable', `ONNX Runtime failed (${String(cause)}). ${wayOut}`, { cause });
  }
  const kept = cache ? await globalThis.caches?.open(MODEL_CACHE).catch(() => undefined) : undefined;
  for (const { url } of (await kept?.keys()) ?? []) if (url.startsWith(`${env.remoteHost}/`)) await kept?.delete(url);
  return new AttuneError('model/corrupt', `${id} can't be run (${String(cause)}). Serve its files unchanged.`, {
    cause,
  });
}
