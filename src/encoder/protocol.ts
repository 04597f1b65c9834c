import type { EmbeddingMatrix, TextRole } from '../domain/ports.js';
import type { Reply } from '../workers/reply.js';
import type { Device, Dtype } from './device.js';

/** What crosses between page and encoder Worker, in replies (workers/reply.ts). */

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
  | TransformerConfig;

/** What can also run on the page's own thread. */
export type LocalConfig = Exclude<EncoderConfig, TransformerConfig>;

/** A transformer on one device. */
export interface TransformerConfig {
  readonly kind: 'transformers';
  readonly modelVersion: string;
  /** For messages. */
  readonly id: string;
  /** URL that `config.json` and `onnx/…` lie below; ends in a slash. */
  readonly folder: string;
  readonly device: Device;
  readonly dtype: Dtype;
  readonly pooling: 'mean' | 'cls';
  /** Layer normalization, without weights, of what was pooled. */
  readonly layerNorm: boolean;
  /** How many of the first numbers are kept; undefined: all. */
  readonly dims: number | undefined;
  /** Put before every text, by what the text is. */
  readonly prefix: Readonly<Record<TextRole, string>>;
  /** SHA-256 in hex by path below `folder`; a file without one is trusted when first seen. */
  readonly sha256: Readonly<Record<string, string>>;
  /** What the model is known to answer to the golden texts; undefined: another backend is compared with WASM. */
  readonly golden: readonly (readonly number[])[] | undefined;
  /** Folder that holds ONNX Runtime's files; ends in a slash. */
  readonly runtimeUrl: string;
  /** Keep files in the Cache API. */
  readonly cache: boolean;
}

/** A model in memory, on whichever thread loaded it. */
export interface LoadedModel {
  readonly modelVersion: string;
  readonly dim: number;
  /** @param role default 'content' */
  encode(texts: readonly string[], role?: TextRole): Promise<EmbeddingMatrix>;
}

/** Bytes of one file so far. */
export type OnProgress = (progress: { file: string; loadedBytes: number; totalBytes: number }) => void;

/** What the Worker exposes. */
export interface EncoderWorkerApi {
  load(config: EncoderConfig, onProgress: OnProgress): Promise<Reply<{ modelVersion: string; dim: number }>>;
  encode(texts: readonly string[], role: TextRole): Promise<Reply<EmbeddingMatrix>>;
}
