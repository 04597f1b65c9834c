import { AttuneError, asAttuneError, type AttuneErrorCode } from '../errors.js';
import type { EmbeddingMatrix } from '../domain/ports.js';

/**
 * What crosses between page and encoder Worker. Comlink drops an error's class and code, so both sides speak in
 * replies: a value, or a code with a message.
 */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: AttuneErrorCode; readonly message: string };

/** Which model to load, whole: a fresh Worker needs nothing else. */
export type EncoderConfig =
  | { readonly kind: 'lexical' }
  | {
      readonly kind: 'lite';
      readonly url: string;
      readonly sha256: string;
      readonly modelVersion: string;
      /** Keep the file in the Cache API. */
      readonly cache: boolean;
    }
  | {
      readonly kind: 'transformers';
      readonly modelVersion: string;
      readonly id: string;
      readonly host: string;
      readonly revision: string;
      readonly dtype: 'fp32' | 'fp16' | 'q8';
      readonly pooling: 'mean' | 'cls';
      readonly prefix: string;
      /** Folder that holds ONNX Runtime's two files. */
      readonly runtimeUrl: string;
      readonly cache: boolean;
    };

/** A model in memory, on whichever thread loaded it. */
export interface LoadedModel {
  readonly modelVersion: string;
  readonly dim: number;
  encode(texts: readonly string[]): Promise<EmbeddingMatrix>;
}

/** Bytes of one file so far. */
export type OnProgress = (progress: { file: string; loadedBytes: number; totalBytes: number }) => void;

/** What the Worker exposes. */
export interface EncoderWorkerApi {
  load(config: EncoderConfig, onProgress: OnProgress): Promise<Reply<{ modelVersion: string; dim: number }>>;
  encode(texts: readonly string[]): Promise<Reply<EmbeddingMatrix>>;
}

/** Runs `task` and wraps its outcome, whatever it throws, as a reply. */
export async function replyTo<T>(task: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await task() };
  } catch (error) {
    const { code, message } = asAttuneError(error, 'encoder/unavailable', 'The encoder failed');
    return { ok: false, code, message };
  }
}

/** The value of a reply, or its error with class and code restored. */
export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw new AttuneError(reply.code, reply.message);
}
