import { AttuneError, invalid } from '../errors.js';
import {
  addEmbedding,
  createEmbeddingTable,
  embeddingOf,
  type EmbeddingTable,
  makeRoom,
} from '../domain/embedding-table.js';
import type { EmbeddingMatrix, Encoder, Priority } from '../domain/ports.js';
import { raceAbort } from '../encoder/abort.js';

/** One encoder to try: its version, known before it is loaded, and how to open it. */
export interface EncoderChoice {
  readonly modelVersion: string;
  readonly open: () => Promise<OpenEncoder>;
  readonly said?: Said;
}

/** What a text is encoded as when it was acted on: see `behaviourText`. Undefined where it is encoded as the content it is. */
type Said = ((kind: string, text: string) => string) | undefined;

/** Some know their dimension only with the first row. */
export interface OpenEncoder extends Pick<Encoder, 'modelVersion' | 'close'> {
  readonly said?: Said;
  encode(
    texts: readonly string[],
    options?: Parameters<Encoder['encode']>[1] & {
      /** What is put before each text, behind what their role puts there; only where there are prompts. */
      readonly prompt?: string;
    },
  ): Promise<EmbeddingMatrix>;
}

/** What encoders of one version have made so far. */
export interface Embeddings {
  readonly modelVersion: string;
  /** Undefined until something was embedded. */
  readonly table: EmbeddingTable | undefined;
  readonly said?: Said;
  /** The row of a text, if it is resident. */
  get(text: string): Float32Array | undefined;
}

/** The encoder in use with its embeddings: `modelVersion` is the first choice's until something had to give way. */
export interface Model extends Embeddings {
  /**
   * Makes all texts resident; those in the background after those that a person waits for. Rejects with
   * `signal.reason`, or when no encoder at all is left.
   */
  ensure(texts: Iterable<string>, signal?: AbortSignal, priority?: Priority): Promise<void>;
  /** The table of what encoders of this version make; with room for `missing` rows beside those of `wanted`, if given. */
  room(dim: number, wanted?: ReadonlySet<string>, missing?: number): EmbeddingTable;
  /** The encoder in use, opened now if it was not: for what is kept nowhere. */
  opened(): Promise<OpenEncoder>;
  /** Has these tried before all others; for as long as no text was asked for. */
  prefer(better: readonly EncoderChoice[]): void;
  /** Goes over to an open encoder and what it has made, in this task; when it fails, the choices follow from the first. */
  swapTo(encoder: OpenEncoder, table: EmbeddingTable): void;
  close(): void;
}

/**
 * Opens the first choice when a text first needs it, and the next one whenever an encoder can't go on; each step is
 * a warning. `onSwap` runs before the first embedding of another version can be seen, with what is left behind.
 */
export function createModel(
  given: readonly EncoderChoice[],
  onWarning: (warning: AttuneError) => void,
  onSwap: (before: Embeddings, prepared: boolean) => void,
): Model {
  let choices = given;
  let current = 0;
  let opening: Promise<OpenEncoder> | undefined;
  let open: OpenEncoder | undefined;
  let embeddings = emptyEmbeddings(choices[0]!);
  let closed = false;
  let reportedTruncation = false;

  async function openFrom(index: number): Promise<OpenEncoder> {
    const choice = choices[index];
    if (choice === undefined) throw new AttuneError('encoder/unavailable', 'No encoder is left to try.');
    try {
      const encoder = await choice.open();
      if (closed) {
        encoder.close();
        throw new AttuneError('closed', 'This Attune was closed.');
      }
      current = index;
      open = encoder;
      const before = embeddings;
      embeddings = emptyEmbeddings(encoder);
      if (before.modelVersion !== encoder.modelVersion) onSwap(before, false);
      return encoder;
    } catch (error) {
      if (closed || !(error instanceof AttuneError) || index + 1 >= choices.length) throw error;
      onWarning(degraded(error, choices[index + 1]!.modelVersion));
      return openFrom(index + 1);
    }
  }

  function giveWay(error: AttuneError, from: OpenEncoder): void {
    if (open !== from || closed) return; // somebody has already moved on
    onWarning(degraded(error, choices[current + 1]?.modelVersion));
    from.close();
    open = undefined;
    opening = openFrom(current + 1);
    opening.catch(() => undefined); // the next ensure awaits it and sees why
  }

  function room(dim: number, wanted?: ReadonlySet<string>, missing = 0): EmbeddingTable {
    const table = embeddings.table ?? createEmbeddingTable(dim);
    return (embeddings.table = wanted === undefined ? table : makeRoom(table, wanted, missing));
  }

  const opened = (): Promise<OpenEncoder> => (opening ??= openFrom(0));

  async function encode(texts: readonly string[], signal?: AbortSignal, priority?: Priority): Promise<void> {
    const encoder = await opened();
    try {
      const { data, dim, truncated } = await encoder.encode(texts, { signal, priority });
      if (open !== encoder) return encode(texts, signal, priority); // swapped meanwhile: two versions never share a table
      if (truncated > 0 && !reportedTruncation) {
        reportedTruncation = true;
        const what = `${truncated} longer than ${embeddings.modelVersion} reads`;
        onWarning(invalid('text', what, 'Put what matters first.'));
      }
      const table = room(dim);
      texts.forEach((text, i) => addEmbedding(table, text, data.subarray(i * dim, (i + 1) * dim)));
    } catch (error) {
      if (closed || signal?.aborted || !(error instanceof AttuneError)) throw error;
      giveWay(error, encoder);
      return encode(texts, signal, priority);
    }
  }

  return {
    get modelVersion() {
      return embeddings.modelVersion;
    },
    get table() {
      return embeddings.table;
    },
    get said() {
      return embeddings.said;
    },
    get: (text) => embeddings.get(text),
    async ensure(texts, signal, priority) {
      signal?.throwIfAborted();
      const wanted = [...texts];
      for (let under: string | undefined; under !== embeddings.modelVersion;) {
        under = embeddings.modelVersion; // another one while encoding knows none of these texts
        const { table } = embeddings;
        const missing = [...new Set(wanted.filter((text) => !table?.offsets.has(text)))];
        if (missing.length === 0) return;
        if (table !== undefined) room(0, new Set(wanted), missing.length);
        await raceAbort(encode(missing, signal, priority), signal);
      }
    },
    room,
    opened,
    prefer(better) {
      choices = [...better, ...choices];
      embeddings = emptyEmbeddings(choices[0]!);
    },
    swapTo(encoder, table) {
      const [before, old] = [embeddings, open];
      open = encoder;
      opening = Promise.resolve(encoder);
      current = -1;
      embeddings = { ...emptyEmbeddings(encoder), table };
      onSwap(before, true);
      old?.close();
    },
    close() {
      closed = true;
      open?.close();
    },
  };
}

function emptyEmbeddings({
  modelVersion,
  said,
}: Pick<Embeddings, 'modelVersion' | 'said'>): Embeddings & { table: EmbeddingTable | undefined } {
  return {
    modelVersion,
    said,
    table: undefined,
    get(text) {
      return this.table === undefined ? undefined : embeddingOf(this.table, text);
    },
  };
}

function degraded(error: AttuneError, next: string | undefined): AttuneError {
  const way = next === undefined ? 'No other encoder is left.' : `Going on with ${next}.`;
  return new AttuneError(error.code, `${error.message} ${way}`, { cause: error });
}
