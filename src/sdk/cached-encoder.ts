import { AttuneError } from '../errors.js';
import type { EmbeddingCache, EmbeddingMatrix } from '../domain/ports.js';
import { readAs } from '../domain/prompts.js';
import type { EncoderChoice, OpenEncoder } from './model.js';
import type { ResolvedOptions } from './options.js';
import { placeOf, type Standing } from './standing.js';

/** Encoders that cost more than reading what they once made. Loaded where there is one. */

/** How long a row that was made is at hand here too, ms: somebody who asked for it meanwhile may still be reading what is kept. */
const AT_HAND_MS = 1000;

/** Texts encoded between two writes: a page that is left in between keeps the ones before. Judgement: 2 s of MiniLM. */
const TEXTS_A_WRITE = 256;

/**
 * An encoder that is asked for those texts only whose embeddings are not kept, and opened when there is one. What it
 * makes is kept beside the log while that lies on disk, in nobody's way; a cache that fails is told of once and left
 * alone by this page. Nothing is kept of texts that the log may not hold, nor where some items are to be left alone:
 * here a text is known, and not whose it is.
 */
export function openCached<T>(
  modelVersion: string,
  open: EncoderChoice['open'],
  { keepText, offLimits, clock: { now } }: ResolvedOptions<T>,
  standing: () => Standing,
  onWarning: (warning: AttuneError) => void,
): OpenEncoder {
  const mayKeep = keepText === 'items' && offLimits.topics.length === 0 && offLimits.items === undefined;
  let failed = false;
  let opening: Promise<OpenEncoder> | undefined;
  let closed = false;
  /** Rows made lately, by how and what was read. */
  const atHand = new Map<string, Float32Array>();

  function find(): EmbeddingCache | undefined {
    const isThere = mayKeep && !failed && placeOf(standing()) === 'disk';
    return isThere ? standing().log.embeddings : undefined;
  }

  function fail(error: unknown): void {
    if (failed || (error instanceof AttuneError && error.code === 'closed')) return;
    failed = true;
    const code = error instanceof AttuneError ? error.code : 'storage/unavailable';
    const what = 'Embeddings can’t be kept by this page; the next one will make them again.';
    onWarning(new AttuneError(code, what, { cause: error }));
  }

  async function openNow(): Promise<OpenEncoder> {
    if (closed) throw new AttuneError('closed', 'This encoder was closed.');
    return (opening ??= open());
  }

  /** Encodes and keeps, a part at a time; nothing beside another log than the one that was there at first. */
  async function make(texts: readonly string[], options: EncodeOptions, logId: string): Promise<EmbeddingMatrix> {
    const parts: EmbeddingMatrix[] = [];
    for (let from = 0; from < texts.length; from += TEXTS_A_WRITE) {
      const some = texts.slice(from, from + TEXTS_A_WRITE);
      const passing = new Set(some.filter((text) => standing().passing.has(text)));
      const part = await (await openNow()).encode(some, options);
      parts.push(part);
      const cache = find();
      if (cache?.logId !== logId) continue;
      const { data, dim } = part;
      const rows = new Map(some.map((text, i) => [text, data.subarray(i * dim, (i + 1) * dim)]));
      for (const [text, row] of rows) atHand.set(keyOf(text, options), row);
      setTimeout(() => some.forEach((text) => atHand.delete(keyOf(text, options))), AT_HAND_MS);
      for (const text of passing) rows.delete(text);
      if (rows.size > 0) cache.write(modelVersion, rows, now(), roleOf(options)).catch(fail);
    }
    return joined(parts);
  }

  return {
    modelVersion,
    async encode(texts, options) {
      const cache = texts.every((text) => standing().passing.has(text)) ? undefined : find();
      if (cache === undefined) return (await openNow()).encode(texts, options);
      const { logId } = cache;
      const found = await cache.read(modelVersion, texts, now(), roleOf(options)).catch(fail);
      const kept = new Map(found ?? []);
      options?.signal?.throwIfAborted();
      for (const text of texts) {
        const row = kept.get(text) ?? atHand.get(keyOf(text, options));
        if (row !== undefined) kept.set(text, row);
      }
      const missing = texts.filter((text) => !kept.has(text));
      if (missing.length === texts.length) return make(texts, options, logId);
      const made = missing.length > 0 ? await make(missing, options, logId) : undefined;
      return filledIn(texts, kept, missing, made) ?? make(texts, options, logId);
    },
    close() {
      closed = true;
      opening?.then(
        (encoder) => encoder.close(),
        () => undefined,
      );
    },
  };
}

type EncodeOptions = Parameters<OpenEncoder['encode']>[1];

const roleOf = ({ role = 'content', prompt = '' }: NonNullable<EncodeOptions> = {}): string => readAs({ role, prompt });

const keyOf = (text: string, options: EncodeOptions): string => `${roleOf(options)}/${text}`;

/** The matrices below each other. */
function joined(parts: readonly EmbeddingMatrix[]): EmbeddingMatrix {
  if (parts.length === 1) return parts[0]!;
  const { dim } = parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const data = new Float32Array(rows * dim);
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, rows, dim, truncated: parts.reduce((sum, part) => sum + part.truncated, 0) };
}

/** What was kept and what was made, in the texts' order; undefined when rows differ in length, as one model's never do. */
function filledIn(
  texts: readonly string[],
  kept: ReadonlyMap<string, Float32Array>,
  missing: readonly string[],
  made: EmbeddingMatrix | undefined,
): EmbeddingMatrix | undefined {
  const dim = made?.dim ?? kept.values().next().value!.length;
  if ([...kept.values()].some((row) => row.length !== dim)) return undefined;
  const data = new Float32Array(texts.length * dim);
  const places = new Map(missing.map((text, i) => [text, i]));
  texts.forEach((text, i) => {
    const place = places.get(text);
    data.set(place === undefined ? kept.get(text)! : made!.data.subarray(place * dim, (place + 1) * dim), i * dim);
  });
  return { data, rows: texts.length, dim, truncated: made?.truncated ?? 0 };
}
